import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { PlatformEntity } from '../identity/platform.entity.js';
import type { AlternativeKind } from '../rules/outside-event.js';
import { TraineeEntity } from '../training/trainee.entity.js';
import type { Decision, Reviewer } from './review.schemas.js';

/**
 * ALTERNATIVE: who is studying, where the face check cannot say. SESSION: a closed session's findings. REFERENCE_FACE: a
 * change of the face that everything is compared with.
 */
export type ReviewKind = 'ALTERNATIVE' | 'SESSION' | 'REFERENCE_FACE';

/** MOOT: overtaken by events before anybody decided. */
export type ReviewState = 'OPEN' | 'CLAIMED' | 'DECIDED' | 'MOOT';

/** Something that a person has to decide, and how it stands. What was done to it is in `review_act`. */
@Entity('review_case')
@Unique('uq_review_case_subject', ['kind', 'subjectId', 'openedAt'])
@Index('uq_review_case_pending', ['kind', 'subjectId'], { unique: true, where: `state IN ('OPEN', 'CLAIMED')` })
@Index('ix_review_case_queue', ['platformId', 'kind', 'openedAt', 'id'], { where: `state IN ('OPEN', 'CLAIMED')` })
@Index('ix_review_case_trainee', ['traineeId'])
@Check('ck_review_case_kind', `kind IN ('ALTERNATIVE', 'SESSION', 'REFERENCE_FACE')`)
@Check('ck_review_case_state', `state IN ('OPEN', 'CLAIMED', 'DECIDED', 'MOOT')`)
export class ReviewCaseEntity {
  @PrimaryColumn('uuid', { name: 'id', primaryKeyConstraintName: 'pk_review_case' })
  id: string;

  @ForeignKey(() => PlatformEntity, { name: 'fk_review_case_platform' })
  @Column('uuid', { name: 'platform_id' })
  platformId: string;

  @Column('text', { name: 'kind' })
  kind: ReviewKind;

  /** The session, or the version of the reference face. */
  @Column('uuid', { name: 'subject_id' })
  subjectId: string;

  @ForeignKey(() => TraineeEntity, { name: 'fk_review_case_trainee' })
  @Column('uuid', { name: 'trainee_id' })
  traineeId: string;

  /** Codes of what led to it. */
  @Column('jsonb', { name: 'reasons' })
  reasons: readonly string[];

  /** Ways in which staff may see who is studying, by the session's policy; empty for other kinds. */
  @Column('jsonb', { name: 'ways' })
  ways: readonly AlternativeKind[];

  @Column('timestamptz', { name: 'opened_at' })
  openedAt: Date;

  @Column('timestamptz', { name: 'due_at' })
  dueAt: Date;

  @Column('text', { name: 'state' })
  state: ReviewState;

  @Column('jsonb', { name: 'claimed_by', nullable: true })
  claimedBy: Reviewer | null;

  @Column('timestamptz', { name: 'claimed_at', nullable: true })
  claimedAt: Date | null;

  /** The way that was begun with the first claim. */
  @Column('text', { name: 'way', nullable: true })
  way: AlternativeKind | null;

  @Column('jsonb', { name: 'decision', nullable: true })
  decision: Decision | null;

  @Column('timestamptz', { name: 'decided_at', nullable: true })
  decidedAt: Date | null;
}

/** One thing done to a case; appended, never changed. */
@Entity('review_act')
export class ReviewActEntity {
  @ForeignKey(() => ReviewCaseEntity, { name: 'fk_review_act_case' })
  @PrimaryColumn('uuid', { name: 'case_id', primaryKeyConstraintName: 'pk_review_act' })
  caseId: string;

  @PrimaryColumn('integer', { name: 'seq', primaryKeyConstraintName: 'pk_review_act' })
  seq: number;

  @Column('timestamptz', { name: 'at' })
  at: Date;

  @Column('text', { name: 'act' })
  act: 'OPENED' | 'CLAIMED' | 'DECIDED' | 'MOOTED';

  @Column('jsonb', { name: 'reviewer', nullable: true })
  reviewer: Reviewer | null;

  @Column('jsonb', { name: 'detail' })
  detail: object;
}
