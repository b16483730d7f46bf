import { Controller, Get, Header, Query, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiAnswer, ApiProblems, PathId } from '../../common/openapi.js';
import { ZodPipe } from '../../common/zod.pipe.js';
import { CurrentPlatform, PlatformGuard } from '../../identity/platform.guard.js';
import type { Platform } from '../../identity/platforms.service.js';
import { NO_QUERY } from '../reports.schemas.js';
import { type ClassHours, classHoursSchema } from './class-hours.schema.js';
import { ClassHoursService } from './class-hours.service.js';

@ApiTags('报告 reports')
@ApiBearerAuth()
@Controller('v1/enrolments')
@UseGuards(PlatformGuard)
export class ClassHoursController {
  constructor(private readonly service: ClassHoursService) {}

  @Get(':id/class-hours')
  @Header('Cache-Control', 'private, no-store')
  @ApiOperation({ summary: '课时台账与培训结论 / Class hours of an enrolment, its verdict in every reading, and what is to be made up; signed' })
  @ApiAnswer(200, 'The ledger', classHoursSchema)
  @ApiProblems(400, 401, 403, 404)
  classHours(@CurrentPlatform() platform: Platform, @PathId() enrolmentId: string, @Query(new ZodPipe(NO_QUERY)) _query: object): Promise<ClassHours> {
    return this.service.classHours(platform, enrolmentId);
  }
}
