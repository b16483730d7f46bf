import { Controller, Get, Post, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiAnswer, ApiProblems, PathId, ValidBody } from '../common/openapi.js';
import { CurrentPlatform, PlatformGuard } from '../identity/platform.guard.js';
import type { Platform } from '../identity/platforms.service.js';
import { createCourseSchema, courseAnswerSchema, type CreateCourse, type CourseAnswer } from './training.schemas.js';
import { CoursesService } from './courses.service.js';

@ApiTags('课程 courses')
@ApiBearerAuth()
@Controller('v1/courses')
@UseGuards(PlatformGuard)
export class CoursesController {
  constructor(private readonly courses: CoursesService) {}

  @Post()
  @ApiOperation({ summary: '登记课程 / Create a course with its lessons in content order' })
  @ApiAnswer(201, 'The course', courseAnswerSchema)
  @ApiProblems(400, 401, 403, 413)
  create(@CurrentPlatform() platform: Platform, @ValidBody(createCourseSchema) body: CreateCourse): Promise<CourseAnswer> {
    return this.courses.create(platform.id, body);
  }

  @Get(':id')
  @ApiOperation({ summary: '查询课程 / One course' })
  @ApiAnswer(200, 'The course', courseAnswerSchema)
  @ApiProblems(400, 401, 403, 404)
  get(@CurrentPlatform() platform: Platform, @PathId() courseId: string): Promise<CourseAnswer> {
    return this.courses.get(platform.id, courseId);
  }
}
