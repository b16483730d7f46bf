import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Policy } from '../rules/policy.js';

/** A policy as it once was in force. Never changed and never deleted: sessions and enrolments refer to it. */
@Entity('policy_version')
export class PolicyVersionEntity {
  @PrimaryColumn('text', { name: 'policy_id', primaryKeyConstraintName: 'pk_policy_version' })
  policyId: string;

  @PrimaryColumn('integer', { name: 'version', primaryKeyConstraintName: 'pk_policy_version' })
  version: number;

  /** SHA-256 of the body's canonical JSON, hex. */
  @Column('text', { name: 'hash' })
  hash: string;

  @Column('jsonb', { name: 'body' })
  body: Policy;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;
}
