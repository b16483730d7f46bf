import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { SessionVerdict } from '../../rules/types.js';

/** One bundle written for a closed session: the first at its end, a longer one for whatever was added later. */
@Entity('evidence_bundle')
@Index('ix_evidence_bundle_unlogged', ['createdAt', 'sessionId'], { where: 'leaf_index IS NULL' })
export class EvidenceBundleEntity {
  @PrimaryColumn('uuid', { name: 'session_id', primaryKeyConstraintName: 'pk_evidence_bundle' })
  sessionId: string;

  /** Journal entries in it, from the first on. */
  @PrimaryColumn('integer', { name: 'entries', primaryKeyConstraintName: 'pk_evidence_bundle' })
  entries: number;

  /** SHA-256 of its first line, hex. */
  @Column('text', { name: 'manifest_hash' })
  manifestHash: string;

  /** Of the file in the evidence store. */
  @Column('text', { name: 'path' })
  path: string;

  /** Length of the file, compressed. */
  @Column('integer', { name: 'bytes' })
  bytes: number;

  @Column('text', { name: 'verdict' })
  verdict: SessionVerdict;

  @Column('timestamptz', { name: 'closed_at' })
  closedAt: Date;

  /** Its leaf in the public log, once it has one. */
  @Column('integer', { name: 'leaf_index', nullable: true })
  leafIndex: number | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;
}
