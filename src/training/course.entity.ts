import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { PlatformEntity } from '../identity/platform.entity.js';
import type { VideoApprovalFacts } from './programme.schemas.js';

/** Professional courses are studied in content order (R5); general ones need not be. */
export const COURSE_TYPES = ['PROFESSIONAL', 'GENERAL'] as const;
export type CourseType = (typeof COURSE_TYPES)[number];

@Entity('course')
@Index('ix_course_platform', ['platformId'])
@Check('ck_course_type', `course_type IN ('PROFESSIONAL', 'GENERAL')`)
export class CourseEntity {
  @PrimaryColumn('uuid', { name: 'id', primaryKeyConstraintName: 'pk_course' })
  id: string;

  @ForeignKey(() => PlatformEntity, { name: 'fk_course_platform' })
  @Column('uuid', { name: 'platform_id' })
  platformId: string;

  @Column('text', { name: 'title' })
  title: string;

  @Column('text', { name: 'course_type' })
  courseType: CourseType;

  /** New enrolments run under the version of this policy that is in force on their day. */
  @Column('text', { name: 'policy_id' })
  policyId: string;

  /** Version of the ordered list of lessons that new enrolments get. */
  @Column('integer', { name: 'syllabus_version' })
  syllabusVersion: number;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;
}

/** One lesson at its place in one version of a course's syllabus. */
@Entity('lesson')
@Unique('uq_lesson_course_syllabus_position', ['courseId', 'syllabusVersion', 'position'])
@Check('ck_lesson_position', 'position >= 1')
@Check('ck_lesson_duration', 'duration_ms > 0')
export class LessonEntity {
  @PrimaryColumn('uuid', { name: 'id', primaryKeyConstraintName: 'pk_lesson' })
  id: string;

  @ForeignKey(() => CourseEntity, { name: 'fk_lesson_course' })
  @Column('uuid', { name: 'course_id' })
  courseId: string;

  @Column('integer', { name: 'syllabus_version' })
  syllabusVersion: number;

  /** From 1. */
  @Column('integer', { name: 'position' })
  position: number;

  @Column('text', { name: 'title' })
  title: string;

  @Column('integer', { name: 'duration_ms' })
  durationMs: number;

  @Column('text', { name: 'video_url' })
  videoUrl: string;

  /** SHA-256 of the video's bytes, hex. */
  @Column('text', { name: 'video_sha256' })
  videoSha256: string;

  /** Added after the platform was listed (新增): clause C-11 asks for an approval. */
  @Column('boolean', { name: 'is_new_video' })
  isNewVideo: boolean;

  @Column('jsonb', { name: 'video_approval', nullable: true })
  videoApproval: VideoApprovalFacts | null;
}
