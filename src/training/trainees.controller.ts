import { Controller, Get, Post, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiAnswer, ApiProblems, PathId, ValidBody } from '../common/openapi.js';
import { CurrentPlatform, PlatformGuard } from '../identity/platform.guard.js';
import type { Platform } from '../identity/platforms.service.js';
import { createTraineeSchema, traineeAnswerSchema, type CreateTrainee, type TraineeAnswer } from './training.schemas.js';
import { TraineesService } from './trainees.service.js';

@ApiTags('学员 trainees')
@ApiBearerAuth()
@Controller('v1/trainees')
@UseGuards(PlatformGuard)
export class TraineesController {
  constructor(private readonly trainees: TraineesService) {}

  @Post()
  @ApiOperation({ summary: '登记学员 / Create a trainee; the same request again returns the same trainee' })
  @ApiAnswer(201, 'The trainee', traineeAnswerSchema)
  @ApiProblems(400, 401, 403, 409, 413, 422)
  create(@CurrentPlatform() platform: Platform, @ValidBody(createTraineeSchema) body: CreateTrainee): Promise<TraineeAnswer> {
    return this.trainees.create(platform.id, body);
  }

  @Get(':id')
  @ApiOperation({ summary: '查询学员 / One trainee' })
  @ApiAnswer(200, 'The trainee', traineeAnswerSchema)
  @ApiProblems(400, 401, 403, 404)
  get(@CurrentPlatform() platform: Platform, @PathId() traineeId: string): Promise<TraineeAnswer> {
    return this.trainees.get(platform.id, traineeId);
  }
}
