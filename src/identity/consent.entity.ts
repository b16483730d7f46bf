import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { TraineeEntity } from '../training/trainee.entity.js';

/** What is separately agreed to (个人信息保护法 art. 29); GUARDIAN: the guardian of a minor agrees to the training's checks (art. 31). */
export const CONSENT_PURPOSES = ['FACE_VERIFICATION', 'SNAPSHOT_RETENTION', 'SUPERVISION_TRANSFER', 'GUARDIAN'] as const;
export type ConsentPurpose = (typeof CONSENT_PURPOSES)[number];

/** Where the trainee agreed. */
export const CONSENT_CHANNELS = ['WEB', 'APP', 'MINI_PROGRAM', 'PAPER'] as const;
export type ConsentChannel = (typeof CONSENT_CHANNELS)[number];

/** One separate consent: who, to what, by which text, when, and until when. Kept after its withdrawal. */
@Entity('consent')
@Index('ix_consent_trainee_purpose', ['traineeId', 'purpose'])
@Index('ix_consent_withdrawn', ['withdrawnAt'], { where: 'withdrawn_at IS NOT NULL' })
@Check('ck_consent_purpose', `purpose IN ('FACE_VERIFICATION', 'SNAPSHOT_RETENTION', 'SUPERVISION_TRANSFER', 'GUARDIAN')`)
export class ConsentEntity {
  @PrimaryColumn('uuid', { name: 'id', primaryKeyConstraintName: 'pk_consent' })
  id: string;

  @ForeignKey(() => TraineeEntity, { name: 'fk_consent_trainee' })
  @Column('uuid', { name: 'trainee_id' })
  traineeId: string;

  @Column('text', { name: 'purpose' })
  purpose: ConsentPurpose;

  /** SHA-256 of the text as it was shown, hex. */
  @Column('text', { name: 'text_hash' })
  textHash: string;

  @Column('text', { name: 'text_version' })
  textVersion: string;

  /** Language of the text, BCP 47. */
  @Column('text', { name: 'locale' })
  locale: string;

  @Column('text', { name: 'channel' })
  channel: ConsentChannel;

  /** Server time. */
  @Column('timestamptz', { name: 'at' })
  at: Date;

  @Column('timestamptz', { name: 'withdrawn_at', nullable: true })
  withdrawnAt: Date | null;

  /** Name and relation of the guardian who agreed, sealed; null for what trainees agree to themselves. */
  @Column('bytea', { name: 'guardian_sealed', nullable: true })
  guardianSealed: Buffer | null;
}
