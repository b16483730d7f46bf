import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import type { ErasureGround } from '../evidence/stored-image.entity.js';
import { TraineeEntity } from '../training/trainee.entity.js';
import type { ErasureCounts } from './erasure-receipt.js';

/** FACE: reference faces, templates, liveness frames. PICTURES: what is kept of sessions. ALL: both. EXPIRED: what its time was over for. */
export const ERASURE_SCOPES = ['FACE', 'PICTURES', 'ALL', 'EXPIRED'] as const;
export type ErasureScope = (typeof ERASURE_SCOPES)[number];

/** One order to erase, with what was done about it. Never deleted before the records of its person. */
@Entity('erasure')
@Index('ix_erasure_trainee', ['traineeId', 'orderedAt'])
@Index('ix_erasure_unfinished', ['orderedAt'], { where: 'finished_at IS NULL' })
@Check('ck_erasure_scope', `scope IN ('FACE', 'PICTURES', 'ALL', 'EXPIRED')`)
@Check('ck_erasure_ground', `ground IN ('REQUEST', 'CONSENT_WITHDRAWN', 'RETENTION')`)
export class ErasureEntity {
  @PrimaryColumn('uuid', { name: 'id', primaryKeyConstraintName: 'pk_erasure' })
  id: string;

  @Column('uuid', { name: 'platform_id' })
  platformId: string;

  @ForeignKey(() => TraineeEntity, { name: 'fk_erasure_trainee' })
  @Column('uuid', { name: 'trainee_id' })
  traineeId: string;

  @Column('text', { name: 'scope' })
  scope: ErasureScope;

  @Column('text', { name: 'ground' })
  ground: ErasureGround;

  /** For RETENTION: the parameter with its value. */
  @Column('text', { name: 'rule', nullable: true })
  rule: string | null;

  /** Who ordered it, in the platform's words; `retention` for the purge. */
  @Column('text', { name: 'ordered_by' })
  orderedBy: string;

  @Column('timestamptz', { name: 'ordered_at' })
  orderedAt: Date;

  /** Since then nothing of it can be read; null while a legal hold keeps it. */
  @Column('timestamptz', { name: 'shredded_at', nullable: true })
  shreddedAt: Date | null;

  /** Since then no file of it is left. */
  @Column('timestamptz', { name: 'finished_at', nullable: true })
  finishedAt: Date | null;

  @Column('jsonb', { name: 'counts', nullable: true })
  counts: ErasureCounts | null;

  /** Compact JWS, oldest first: one when the data became unreadable, one each time the rest changed. */
  @Column('jsonb', { name: 'receipts' })
  receipts: readonly string[];
}
