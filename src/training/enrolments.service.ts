import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { Problem } from '../common/problem.js';
import { PoliciesService } from '../policies/policies.service.js';
import type { PriorTraining } from '../rules/programme/eligibility.js';
import { CoursesService } from './courses.service.js';
import { EnrolmentEntity } from './enrolment.entity.js';
import type { Cohort, Programme, Settlement } from './programme.schemas.js';
import { TraineeEntity } from './trainee.entity.js';
import { TraineesService } from './trainees.service.js';
import type { CreateEnrolment, EnrolmentAnswer } from './training.schemas.js';

/** Trainees in courses, each under the policy and the syllabus of its day. */
@Injectable()
export class EnrolmentsService {
  constructor(
    @InjectRepository(EnrolmentEntity) private readonly enrolments: Repository<EnrolmentEntity>,
    private readonly trainees: TraineesService,
    private readonly courses: CoursesService,
    private readonly policies: PoliciesService,
  ) {}

  /** Enrols the trainee, or returns the enrolment there is, with the policy it began under. */
  async create(platformId: string, { traineeId, courseId, cohort, programme, isTwinDeclared = false }: CreateEnrolment): Promise<EnrolmentAnswer> {
    await this.trainees.require(platformId, traineeId);
    const course = await this.courses.require(platformId, courseId);
    if (programme !== undefined) await this.requireLessons(course.id, course.syllabusVersion, programme, 'programme.');
    const { policy } = await this.policies.get(course.policyId);
    await this.enrolments
      .createQueryBuilder()
      .insert()
      .values({
        id: uuidv7(),
        platformId,
        traineeId,
        courseId,
        syllabusVersion: course.syllabusVersion,
        policyId: policy.id,
        policyVersion: policy.version,
        cohort: cohort ?? null,
        programme: programme ?? null,
        isTwinDeclared,
        settlement: null,
        createdAt: new Date(),
      })
      .orIgnore()
      .execute();
    return this.answerOf(await this.enrolments.findOneByOrFail({ traineeId, courseId }));
  }

  async get(platformId: string, enrolmentId: string): Promise<EnrolmentAnswer> {
    return this.answerOf(await this.require(platformId, enrolmentId));
  }

  /** Replaces what the platform declares of the enrolment. @throws Problem 404 `NOT_FOUND`; 400 for a consent to no lesson of it */
  async declare(platformId: string, enrolmentId: string, facts: { readonly cohort: Cohort } | { readonly programme: Programme } | { readonly settlement: Settlement }): Promise<EnrolmentAnswer> {
    const { courseId, syllabusVersion } = await this.require(platformId, enrolmentId);
    if ('programme' in facts) await this.requireLessons(courseId, syllabusVersion, facts.programme);
    await this.enrolments.update({ id: enrolmentId, platformId }, facts);
    return this.get(platformId, enrolmentId);
  }

  /**
   * Other subsidised trainings of the same person, on any platform, that opened before this one: clause C-03 is about
   * the person. Those of another platform are not named.
   */
  async priorsOf({ id, platformId, programme, createdAt }: EnrolmentEntity, personKey: string): Promise<readonly PriorTraining[]> {
    const openOn = programme?.openOn ?? null;
    if (openOn === null) return [];
    const others = await this.enrolments
      .createQueryBuilder('enrolment')
      .innerJoin(TraineeEntity, 'trainee', 'trainee.id = enrolment.traineeId')
      .where('trainee.personKey = :personKey and enrolment.id <> :id', { personKey, id })
      .andWhere(`(enrolment.programme ->> 'openOn', enrolment.createdAt) < (:openOn, :createdAt)`, { openOn, createdAt })
      .orderBy('enrolment.createdAt')
      .getMany();
    return others.flatMap((other) =>
      other.programme === null
        ? []
        : [{ ref: other.platformId === platformId ? other.id : '其他平台 / another platform', assessmentEndedOn: other.programme.assessmentEndedOn, isClosed: other.programme.isClosed }],
    );
  }

  /** @throws Problem 404 `NOT_FOUND` */
  async require(platformId: string, enrolmentId: string): Promise<EnrolmentEntity> {
    const enrolment = await this.enrolments.findOneBy({ id: enrolmentId, platformId });
    if (!enrolment) throw new Problem(404, 'NOT_FOUND', '没有这个报名 / There is no such enrolment');
    return enrolment;
  }

  /** A consent to making up a lesson that does not exist would silently count for nothing. */
  private async requireLessons(courseId: string, syllabusVersion: number, { makeupConsents }: Programme, prefix = ''): Promise<void> {
    if (makeupConsents.length === 0) return;
    const known = new Set((await this.courses.lessonsOf(courseId, syllabusVersion)).map(({ id }) => id));
    const errors = makeupConsents.flatMap(({ lessonId }, index) =>
      known.has(lessonId) ? [] : [{ path: `${prefix}makeupConsents.${index}.lessonId`, message: '课程没有这个课节 / no lesson of the course' }],
    );
    if (errors.length > 0) throw new Problem(400, 'VALIDATION_FAILED', '补课同意所指的课节不在课程中 / A consent names no lesson of the course', { errors });
  }

  private async answerOf(enrolment: EnrolmentEntity): Promise<EnrolmentAnswer> {
    const { policy, hash } = await this.policies.get(enrolment.policyId, enrolment.policyVersion);
    return {
      enrolmentId: enrolment.id,
      traineeId: enrolment.traineeId,
      courseId: enrolment.courseId,
      syllabusVersion: enrolment.syllabusVersion,
      policy: { id: policy.id, version: policy.version, hash },
      cohort: enrolment.cohort,
      programme: enrolment.programme,
      isTwinDeclared: enrolment.isTwinDeclared,
      settlement: enrolment.settlement,
      createdAt: enrolment.createdAt.toISOString(),
    };
  }
}
