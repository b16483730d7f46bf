import { Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';
import type { SessionAccount } from '../rules/account.js';
import type { SessionVerdict } from '../rules/types.js';

/** One trainee's one attempt at one lesson. The journal is the truth; verdict and credit here follow it for lists. */
@Entity({ name: 'study_session' })
@Unique('uq_study_session_attempt', ['enrolmentId', 'lessonId', 'attempt'])
@Index('ix_study_session_platform_opened', ['platformId', 'openedAt', 'id'])
@Index('ix_study_session_person', ['personKey'])
@Index('ix_study_session_unbundled', ['closedAt'], { where: 'closed_at IS NOT NULL AND bundled_at IS NULL' })
@Index('ix_study_session_unlogged', ['openedAt', 'id'], { where: 'opened_leaf_index IS NULL' })
export class StudySessionEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'pk_study_session' })
  readonly id: string;

  @Column({ name: 'platform_id', type: 'uuid' })
  readonly platformId: string;

  @Column({ name: 'enrolment_id', type: 'uuid' })
  readonly enrolmentId: string;

  @Column({ name: 'lesson_id', type: 'uuid' })
  readonly lessonId: string;

  @Column({ name: 'trainee_id', type: 'uuid' })
  readonly traineeId: string;

  @Column({ name: 'person_key', type: 'text' })
  readonly personKey: string;

  @Column({ type: 'integer' })
  readonly attempt: number;

  /** Day of opening (UTC), the partition of the journal this session lies in. */
  @Column({ name: 'opened_day', type: 'date' })
  readonly openedDay: string;

  @Column({ name: 'opened_at', type: 'timestamptz' })
  readonly openedAt: Date;

  @Column({ name: 'closed_at', type: 'timestamptz', nullable: true })
  readonly closedAt: Date | null;

  @Column({ type: 'text' })
  readonly verdict: SessionVerdict;

  @Column({ name: 'failed_rule', type: 'text', nullable: true })
  readonly failedRule: string | null;

  @Column({ name: 'reason_code', type: 'text', nullable: true })
  readonly reasonCode: string | null;

  @Column({ name: 'credited_ms', type: 'integer' })
  readonly creditedMs: number;

  /** What the session brings to class hours, as of when it last rested; null before that. */
  @Column({ type: 'jsonb', nullable: true })
  readonly account: SessionAccount | null;

  /** Popup clock at the end, carried over to the trainee's next session of the enrolment, ms. */
  @Column({ name: 'popup_clock_ms', type: 'integer' })
  readonly popupClockMs: number;

  @Column({ type: 'text' })
  readonly commitment: string;

  /** S under the key `schedule-seed`: revealed in the journal when the session is sealed. */
  @Column({ name: 'seed_sealed', type: 'bytea' })
  readonly seedSealed: Buffer;

  /** Rises with each opening; tokens of an earlier one no longer open the socket. */
  @Column({ name: 'token_generation', type: 'integer' })
  readonly tokenGeneration: number;

  /** When its last evidence bundle was recorded; null again once an entry follows. Written by `src/evidence` alone. */
  @Column({ name: 'bundled_at', type: 'timestamptz', nullable: true, insert: false, update: false })
  readonly bundledAt?: Date | null;

  /** Number of the leaf that lists its commitment in the public log. Written by `src/evidence` alone. */
  @Column({ name: 'opened_leaf_index', type: 'integer', nullable: true, insert: false, update: false })
  readonly openedLeafIndex?: number | null;
}
