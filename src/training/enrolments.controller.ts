import { Controller, Get, Post, Put, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiAnswer, ApiProblems, PathId, ValidBody } from '../common/openapi.js';
import { CurrentPlatform, PlatformGuard } from '../identity/platform.guard.js';
import type { Platform } from '../identity/platforms.service.js';
import { type Cohort, cohortSchema, type Programme, programmeSchema, type Settlement, settlementSchema } from './programme.schemas.js';
import { createEnrolmentSchema, enrolmentAnswerSchema, type CreateEnrolment, type EnrolmentAnswer } from './training.schemas.js';
import { EnrolmentsService } from './enrolments.service.js';

@ApiTags('报名 enrolments')
@ApiBearerAuth()
@Controller('v1/enrolments')
@UseGuards(PlatformGuard)
export class EnrolmentsController {
  constructor(private readonly enrolments: EnrolmentsService) {}

  @Post()
  @ApiOperation({ summary: '登记报名 / Create an enrolment; of one that exists already nothing is changed' })
  @ApiAnswer(201, 'The enrolment', enrolmentAnswerSchema)
  @ApiProblems(400, 401, 403, 404, 413)
  create(@CurrentPlatform() platform: Platform, @ValidBody(createEnrolmentSchema) body: CreateEnrolment): Promise<EnrolmentAnswer> {
    return this.enrolments.create(platform.id, body);
  }

  @Get(':id')
  @ApiOperation({ summary: '查询报名 / One enrolment' })
  @ApiAnswer(200, 'The enrolment', enrolmentAnswerSchema)
  @ApiProblems(400, 401, 403, 404)
  get(@CurrentPlatform() platform: Platform, @PathId() enrolmentId: string): Promise<EnrolmentAnswer> {
    return this.enrolments.get(platform.id, enrolmentId);
  }

  @Put(':id/cohort')
  @ApiOperation({ summary: '填报班级信息 / The class as the authority’s system has it; replaces what was declared before' })
  @ApiAnswer(200, 'The enrolment', enrolmentAnswerSchema)
  @ApiProblems(400, 401, 403, 404, 413)
  declareCohort(@CurrentPlatform() platform: Platform, @PathId() enrolmentId: string, @ValidBody(cohortSchema) cohort: Cohort): Promise<EnrolmentAnswer> {
    return this.enrolments.declare(platform.id, enrolmentId, { cohort });
  }

  @Put(':id/programme')
  @ApiOperation({ summary: '填报培训安排 / Plan, assessment, earlier trainings and consents to make-ups; replaces what was declared before' })
  @ApiAnswer(200, 'The enrolment', enrolmentAnswerSchema)
  @ApiProblems(400, 401, 403, 404, 413)
  declareProgramme(@CurrentPlatform() platform: Platform, @PathId() enrolmentId: string, @ValidBody(programmeSchema) programme: Programme): Promise<EnrolmentAnswer> {
    return this.enrolments.declare(platform.id, enrolmentId, { programme });
  }

  @Put(':id/settlement')
  @ApiOperation({ summary: '填报补贴结果 / What became of the subsidy: how long pictures and records are kept is counted from it' })
  @ApiAnswer(200, 'The enrolment', enrolmentAnswerSchema)
  @ApiProblems(400, 401, 403, 404, 413)
  declareSettlement(@CurrentPlatform() platform: Platform, @PathId() enrolmentId: string, @ValidBody(settlementSchema) settlement: Settlement): Promise<EnrolmentAnswer> {
    return this.enrolments.declare(platform.id, enrolmentId, { settlement });
  }
}
