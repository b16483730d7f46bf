import { Injectable } from '@nestjs/common';
import { Problem } from '../common/problem.js';
import type { CourseType } from './course.entity.js';
import type { PriorTraining } from '../rules/programme/eligibility.js';
import type { EnrolmentEntity } from './enrolment.entity.js';
import type { Cohort, VideoApprovalFacts } from './programme.schemas.js';
import { CoursesService } from './courses.service.js';
import { EnrolmentsService } from './enrolments.service.js';
import { TraineesService } from './trainees.service.js';

/** What a session has to know of the training it belongs to. */
export interface TrainingFacts {
  readonly enrolment: {
    readonly id: string;
    readonly policyId: string;
    readonly policyVersion: number;
    readonly syllabusVersion: number;
    readonly cohort: Cohort | null;
    readonly isTwinDeclared: boolean;
  };
  readonly trainee: {
    readonly id: string;
    readonly personKey: string;
    readonly nameMasked: string;
    readonly idNumberMasked: string;
    readonly isAccessible: boolean;
  };
  /** `syllabusVersion` is the course's present one; the enrolment may stand on an earlier one. */
  readonly course: {
    readonly id: string;
    readonly title: string;
    readonly courseType: CourseType;
    readonly syllabusVersion: number;
  };
  readonly lesson: {
    readonly id: string;
    readonly position: number;
    readonly title: string;
    readonly durationMs: number;
    readonly videoUrl: string;
    readonly videoSha256: string;
    readonly isNewVideo: boolean;
    readonly videoApproval: VideoApprovalFacts | null;
  };
  /** Every lesson of the enrolment's syllabus in content order. */
  readonly lessons: readonly { readonly id: string; readonly position: number; readonly title: string }[];
}

/** An enrolment as its class hours are judged by it. */
export interface EnrolmentTraining {
  readonly enrolment: EnrolmentEntity;
  readonly trainee: TrainingFacts['trainee'];
  readonly course: Pick<TrainingFacts['course'], 'id' | 'title' | 'courseType'>;
  /** Every lesson of the enrolment's syllabus in content order. */
  readonly lessons: readonly { readonly id: string; readonly position: number; readonly title: string; readonly durationMs: number }[];
  /** Other subsidised trainings of the person in this service that opened before. */
  readonly priors: readonly PriorTraining[];
}

/** The training domain as other features see it. */
@Injectable()
export class TrainingService {
  constructor(
    private readonly trainees: TraineesService,
    private readonly courses: CoursesService,
    private readonly enrolments: EnrolmentsService,
  ) {}

  /** @throws Problem 404 `NOT_FOUND` when the platform has no such enrolment, or its syllabus no such lesson. */
  async factsFor(platformId: string, enrolmentId: string, lessonId: string): Promise<TrainingFacts> {
    const enrolment = await this.enrolments.require(platformId, enrolmentId);
    const [trainee, course, lessons] = await Promise.all([
      this.trainees.require(platformId, enrolment.traineeId),
      this.courses.require(platformId, enrolment.courseId),
      this.courses.lessonsOf(enrolment.courseId, enrolment.syllabusVersion),
    ]);
    const lesson = lessons.find(({ id }) => id === lessonId);
    if (!lesson) throw new Problem(404, 'NOT_FOUND', '该课程没有这个课节 / The course has no such lesson');
    return {
      enrolment: {
        id: enrolment.id,
        policyId: enrolment.policyId,
        policyVersion: enrolment.policyVersion,
        syllabusVersion: enrolment.syllabusVersion,
        cohort: enrolment.cohort,
        isTwinDeclared: enrolment.isTwinDeclared,
      },
      trainee: {
        id: trainee.id,
        personKey: trainee.personKey,
        nameMasked: trainee.nameMasked,
        idNumberMasked: trainee.idNumberMasked,
        isAccessible: trainee.isAccessible,
      },
      course: {
        id: course.id,
        title: course.title,
        courseType: course.courseType,
        syllabusVersion: course.syllabusVersion,
      },
      lesson: {
        id: lesson.id,
        position: lesson.position,
        title: lesson.title,
        durationMs: lesson.durationMs,
        videoUrl: lesson.videoUrl,
        videoSha256: lesson.videoSha256,
        isNewVideo: lesson.isNewVideo,
        videoApproval: lesson.videoApproval,
      },
      lessons: lessons.map(({ id, position, title }) => ({ id, position, title })),
    };
  }

  /** @throws Problem 404 `NOT_FOUND` when the platform has no such enrolment */
  async enrolmentFor(platformId: string, enrolmentId: string): Promise<EnrolmentTraining> {
    const enrolment = await this.enrolments.require(platformId, enrolmentId);
    const trainee = await this.trainees.require(platformId, enrolment.traineeId);
    const [course, lessons, priors] = await Promise.all([
      this.courses.require(platformId, enrolment.courseId),
      this.courses.lessonsOf(enrolment.courseId, enrolment.syllabusVersion),
      this.enrolments.priorsOf(enrolment, trainee.personKey),
    ]);
    return { enrolment, trainee, course, lessons, priors };
  }
}
