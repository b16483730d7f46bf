import { Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { PlatformEntity } from '../identity/platform.entity.js';
import { PolicyVersionEntity } from '../policies/policy-version.entity.js';
import { CourseEntity } from './course.entity.js';
import type { Cohort, Programme, Settlement } from './programme.schemas.js';
import { TraineeEntity } from './trainee.entity.js';

/** A trainee in a course, bound to the syllabus and the policy of the day of enrolment. */
@Entity('enrolment')
@Unique('uq_enrolment_trainee_course', ['traineeId', 'courseId'])
@Index('ix_enrolment_course', ['courseId'])
@Index('ix_enrolment_platform', ['platformId'])
@ForeignKey(() => PolicyVersionEntity, ['policyId', 'policyVersion'], ['policyId', 'version'], { name: 'fk_enrolment_policy_version' })
export class EnrolmentEntity {
  @PrimaryColumn('uuid', { name: 'id', primaryKeyConstraintName: 'pk_enrolment' })
  id: string;

  @ForeignKey(() => PlatformEntity, { name: 'fk_enrolment_platform' })
  @Column('uuid', { name: 'platform_id' })
  platformId: string;

  @ForeignKey(() => TraineeEntity, { name: 'fk_enrolment_trainee' })
  @Column('uuid', { name: 'trainee_id' })
  traineeId: string;

  @ForeignKey(() => CourseEntity, { name: 'fk_enrolment_course' })
  @Column('uuid', { name: 'course_id' })
  courseId: string;

  @Column('integer', { name: 'syllabus_version' })
  syllabusVersion: number;

  @Column('text', { name: 'policy_id' })
  policyId: string;

  @Column('integer', { name: 'policy_version' })
  policyVersion: number;

  /** The class as the authority's system has it; null until the platform declared it. */
  @Column('jsonb', { name: 'cohort', nullable: true })
  cohort: Cohort | null;

  /** What the platform declared about the programme the enrolment belongs to; null until it did. */
  @Column('jsonb', { name: 'programme', nullable: true })
  programme: Programme | null;

  /** What became of the subsidy: how long pictures are kept is counted from it. Null until the platform declared it. */
  @Column('jsonb', { name: 'settlement', nullable: true })
  settlement: Settlement | null;

  /** A twin was declared at enrolment (R4). */
  @Column('boolean', { name: 'is_twin_declared' })
  isTwinDeclared: boolean;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;
}
