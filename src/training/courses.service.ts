import { Injectable } from '@nestjs/common';
import { InjectDataSource, InjectRepository } from '@nestjs/typeorm';
import { DataSource, Repository } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { Problem } from '../common/problem.js';
import { PoliciesService } from '../policies/policies.service.js';
import { CourseEntity, LessonEntity } from './course.entity.js';
import type { CourseAnswer, CreateCourse } from './training.schemas.js';

const FIRST_SYLLABUS_VERSION = 1;

/** Courses of a platform with their lessons in content order. */
@Injectable()
export class CoursesService {
  constructor(
    @InjectRepository(CourseEntity) private readonly courses: Repository<CourseEntity>,
    @InjectRepository(LessonEntity) private readonly lessons: Repository<LessonEntity>,
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly policies: PoliciesService,
  ) {}

  /** @throws Problem 400 `VALIDATION_FAILED` for a policy that does not exist. */
  async create(platformId: string, request: CreateCourse): Promise<CourseAnswer> {
    this.checkPolicy(request.policyId);
    const course: CourseEntity = {
      id: uuidv7(),
      platformId,
      title: request.title,
      courseType: request.courseType,
      policyId: request.policyId,
      syllabusVersion: FIRST_SYLLABUS_VERSION,
      createdAt: new Date(),
    };
    const lessons = request.lessons.map((lesson, index): LessonEntity => ({
      id: uuidv7(),
      courseId: course.id,
      syllabusVersion: course.syllabusVersion,
      position: index + 1,
      ...lesson,
      isNewVideo: lesson.isNewVideo ?? lesson.videoApproval !== undefined,
      videoApproval: lesson.videoApproval ?? null,
    }));
    await this.dataSource.transaction(async (manager) => {
      await manager.insert(CourseEntity, course);
      await manager.insert(LessonEntity, lessons);
    });
    return courseAnswerOf(course, lessons);
  }

  async get(platformId: string, courseId: string): Promise<CourseAnswer> {
    const course = await this.require(platformId, courseId);
    return courseAnswerOf(course, await this.lessonsOf(course.id, course.syllabusVersion));
  }

  /** @throws Problem 404 `NOT_FOUND` */
  async require(platformId: string, courseId: string): Promise<CourseEntity> {
    const course = await this.courses.findOneBy({ id: courseId, platformId });
    if (!course) throw new Problem(404, 'NOT_FOUND', '没有这个课程 / There is no such course');
    return course;
  }

  /** The lessons of one syllabus version in content order. */
  lessonsOf(courseId: string, syllabusVersion: number): Promise<LessonEntity[]> {
    return this.lessons.find({ where: { courseId, syllabusVersion }, order: { position: 'ASC' } });
  }

  private checkPolicy(policyId: string): void {
    if (this.policies.list().some(({ policy }) => policy.id === policyId)) return;
    throw new Problem(400, 'VALIDATION_FAILED', '没有这个监管策略:policyId / There is no such policy', {
      errors: [{ path: 'policyId', message: '没有这个监管策略 / no such policy' }],
    });
  }
}

function courseAnswerOf(course: CourseEntity, lessons: readonly LessonEntity[]): CourseAnswer {
  const { id, title, courseType, policyId, syllabusVersion, createdAt } = course;
  return {
    courseId: id,
    title,
    courseType,
    policyId,
    syllabusVersion,
    lessons: lessons.map((lesson) => ({
      lessonId: lesson.id,
      position: lesson.position,
      title: lesson.title,
      durationMs: lesson.durationMs,
      videoUrl: lesson.videoUrl,
      videoSha256: lesson.videoSha256,
      isNewVideo: lesson.isNewVideo,
      videoApproval: lesson.videoApproval,
    })),
    createdAt: createdAt.toISOString(),
  };
}
