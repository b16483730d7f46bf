import { Controller, Get, HttpCode, Post, Query, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { ApiAnswer, ApiProblems, PathId, ValidBody } from '../common/openapi.js';
import { ZodPipe } from '../common/zod.pipe.js';
import { CurrentPlatform, ReviewerGuard } from '../identity/platform.guard.js';
import type { Platform } from '../identity/platforms.service.js';
import { AlternativesService } from './alternatives.service.js';
import { ReferenceReviewsService } from './reference-reviews.service.js';
import { ReviewCases } from './review-cases.js';
import {
  type CaseAnswer, caseSchema, type Claim, type ClaimAlternative, claimAlternativeSchema, claimSchema, type DecideAlternative, decideAlternativeSchema,
  type DecideReference, decideReferenceSchema, type DecideSession, decideSessionSchema, type QueueAnswer, type QueueQuery, queueQuerySchema, queueSchema,
} from './review.schemas.js';
import { SessionReviewsService } from './session-reviews.service.js';

const ValidQuery = (): ParameterDecorator => Query(new ZodPipe(queueQuerySchema));

@ApiTags('人工复核 reviews')
@ApiBearerAuth()
@Controller('v1/reviews')
@UseGuards(ReviewerGuard)
export class ReviewsController {
  constructor(
    private readonly cases: ReviewCases,
    private readonly alternatives: AlternativesService,
    private readonly sessions: SessionReviewsService,
    private readonly references: ReferenceReviewsService,
  ) {}

  @Get('alternatives')
  @ApiOperation({ summary: '等待人工核验的学员，先到先办 / Trainees who wait for a check by a person, oldest first' })
  @ApiQuery({ name: 'cursor', required: false, description: 'nextCursor of the page before' })
  @ApiQuery({ name: 'limit', required: false, schema: { type: 'integer', minimum: 1, maximum: 100, default: 50 } })
  @ApiAnswer(200, 'The queue', queueSchema)
  @ApiProblems(400, 401, 403)
  waitingAlternatives(@CurrentPlatform() platform: Platform, @ValidQuery() query: QueueQuery): Promise<QueueAnswer> {
    return this.cases.queue(platform.id, 'ALTERNATIVE', query);
  }

  @Get('sessions')
  @ApiOperation({ summary: '等待复核的学习 / Sessions whose findings wait for a reviewer, oldest first' })
  @ApiQuery({ name: 'cursor', required: false, description: 'nextCursor of the page before' })
  @ApiQuery({ name: 'limit', required: false, schema: { type: 'integer', minimum: 1, maximum: 100, default: 50 } })
  @ApiAnswer(200, 'The queue', queueSchema)
  @ApiProblems(400, 401, 403)
  waitingSessions(@CurrentPlatform() platform: Platform, @ValidQuery() query: QueueQuery): Promise<QueueAnswer> {
    return this.cases.queue(platform.id, 'SESSION', query);
  }

  @Get('reference-faces')
  @ApiOperation({ summary: '等待复核的基准人脸变更 / Changes of reference faces that wait for a reviewer, oldest first' })
  @ApiQuery({ name: 'cursor', required: false, description: 'nextCursor of the page before' })
  @ApiQuery({ name: 'limit', required: false, schema: { type: 'integer', minimum: 1, maximum: 100, default: 50 } })
  @ApiAnswer(200, 'The queue', queueSchema)
  @ApiProblems(400, 401, 403)
  waitingReferences(@CurrentPlatform() platform: Platform, @ValidQuery() query: QueueQuery): Promise<QueueAnswer> {
    return this.cases.queue(platform.id, 'REFERENCE_FACE', query);
  }

  @Get(':id')
  @ApiOperation({ summary: '一个复核事项及全部经过 / One case with everything done to it' })
  @ApiAnswer(200, 'The case', caseSchema)
  @ApiProblems(400, 401, 403, 404)
  get(@CurrentPlatform() platform: Platform, @PathId() id: string): Promise<CaseAnswer> {
    return this.cases.get(platform.id, id);
  }

  @Post('alternatives/:id/claim')
  @HttpCode(200)
  @ApiOperation({ summary: '受理人工核验 / Take a check of who is studying; the session is told' })
  @ApiAnswer(200, 'The case', caseSchema)
  @ApiProblems(400, 401, 403, 404, 409, 422)
  claimAlternative(@CurrentPlatform() platform: Platform, @PathId() id: string, @ValidBody(claimAlternativeSchema) body: ClaimAlternative): Promise<CaseAnswer> {
    return this.alternatives.claim(platform.id, id, body);
  }

  @Post('alternatives/:id/decision')
  @HttpCode(200)
  @ApiOperation({ summary: '记录人工核验结果 / Record who the trainee was found to be' })
  @ApiAnswer(200, 'The case', caseSchema)
  @ApiProblems(400, 401, 403, 404, 409, 422)
  decideAlternative(@CurrentPlatform() platform: Platform, @PathId() id: string, @ValidBody(decideAlternativeSchema) body: DecideAlternative): Promise<CaseAnswer> {
    return this.alternatives.decide(platform.id, id, body);
  }

  @Post('sessions/:id/claim')
  @HttpCode(200)
  @ApiOperation({ summary: '受理学习复核 / Take the review of a session' })
  @ApiAnswer(200, 'The case', caseSchema)
  @ApiProblems(400, 401, 403, 404, 409)
  claimSession(@CurrentPlatform() platform: Platform, @PathId() id: string, @ValidBody(claimSchema) { reviewer }: Claim): Promise<CaseAnswer> {
    return this.sessions.claim(platform.id, id, reviewer);
  }

  @Post('sessions/:id/decision')
  @HttpCode(200)
  @ApiOperation({ summary: '作出复核决定 / Decide what the findings of a session are worth' })
  @ApiAnswer(200, 'The case', caseSchema)
  @ApiProblems(400, 401, 403, 404, 409)
  decideSession(@CurrentPlatform() platform: Platform, @PathId() id: string, @ValidBody(decideSessionSchema) body: DecideSession): Promise<CaseAnswer> {
    return this.sessions.decide(platform.id, id, body);
  }

  @Post('reference-faces/:id/claim')
  @HttpCode(200)
  @ApiOperation({ summary: '受理基准人脸变更 / Take the review of a change of reference face' })
  @ApiAnswer(200, 'The case', caseSchema)
  @ApiProblems(400, 401, 403, 404, 409)
  claimReference(@CurrentPlatform() platform: Platform, @PathId() id: string, @ValidBody(claimSchema) { reviewer }: Claim): Promise<CaseAnswer> {
    return this.references.claim(platform.id, id, reviewer);
  }

  @Post('reference-faces/:id/decision')
  @HttpCode(200)
  @ApiOperation({ summary: '同意或拒绝基准人脸变更 / Approve or refuse a change of reference face' })
  @ApiAnswer(200, 'The case', caseSchema)
  @ApiProblems(400, 401, 403, 404, 409)
  decideReference(@CurrentPlatform() platform: Platform, @PathId() id: string, @ValidBody(decideReferenceSchema) body: DecideReference): Promise<CaseAnswer> {
    return this.references.decide(platform.id, id, body);
  }
}
