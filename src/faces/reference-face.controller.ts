import { Body, Controller, Get, Headers, HttpCode, Post, Put, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiConsumes, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiAnswer, ApiProblems, PathId } from '../common/openapi.js';
import { Problem } from '../common/problem.js';
import { CurrentPlatform, PlatformGuard } from '../identity/platform.guard.js';
import type { Platform } from '../identity/platforms.service.js';
import { ReferenceFaceHistories } from './reference-face-history.js';
import { type ReferenceFaceAnswer, referenceFaceAnswerSchema, type ReferenceFaceHistory, referenceFaceHistorySchema } from './reference-face.schemas.js';
import { ReferenceFaceUploads } from './reference-face-uploads.js';

const ACCEPTED = ['image/jpeg', 'image/png', 'image/webp'] as const;

@ApiTags('学员 trainees')
@ApiBearerAuth()
@Controller('v1/trainees')
@UseGuards(PlatformGuard)
export class ReferenceFaceController {
  constructor(
    private readonly uploads: ReferenceFaceUploads,
    private readonly histories: ReferenceFaceHistories,
  ) {}

  @Put(':id/reference-face')
  @ApiOperation({ summary: '采集基准人脸 / Set the reference face; the body is the picture itself' })
  @ApiConsumes(...ACCEPTED)
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiAnswer(200, 'The reference face in force, or the change that waits for a reviewer', referenceFaceAnswerSchema)
  @ApiProblems(400, 401, 403, 404, 409, 413, 415, 422, 503)
  put(
    @CurrentPlatform() platform: Platform,
    @PathId() traineeId: string,
    @Headers('content-type') contentType: string | undefined,
    @Body() body: unknown,
  ): Promise<ReferenceFaceAnswer> {
    return this.uploads.upload(platform.id, traineeId, photoOf(contentType, body), 'REPLACE');
  }

  @Post(':id/reference-face/photos')
  @HttpCode(200)
  @ApiOperation({ summary: '为基准人脸补充照片，最多三张 / Add a photo to the reference face, up to three; the body is the picture itself' })
  @ApiConsumes(...ACCEPTED)
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiAnswer(200, 'The reference face in force', referenceFaceAnswerSchema)
  @ApiProblems(400, 401, 403, 404, 409, 413, 415, 422, 503)
  add(
    @CurrentPlatform() platform: Platform,
    @PathId() traineeId: string,
    @Headers('content-type') contentType: string | undefined,
    @Body() body: unknown,
  ): Promise<ReferenceFaceAnswer> {
    return this.uploads.upload(platform.id, traineeId, photoOf(contentType, body), 'ADD');
  }

  @Get(':id/reference-face/history')
  @ApiOperation({ summary: '基准人脸的各个版本及变更经过 / Every version of the reference face, with who decided about it' })
  @ApiAnswer(200, 'Newest first', referenceFaceHistorySchema)
  @ApiProblems(400, 401, 403, 404)
  history(@CurrentPlatform() platform: Platform, @PathId() traineeId: string): Promise<ReferenceFaceHistory> {
    return this.histories.of(platform.id, traineeId);
  }
}

/** The body parser leaves an empty body as something else than bytes. */
function photoOf(contentType: string | undefined, body: unknown): Buffer {
  const type = contentType?.split(';')[0]?.trim().toLowerCase();
  if (!ACCEPTED.some((accepted) => accepted === type)) {
    throw new Problem(415, 'VALIDATION_FAILED', '请直接发送 JPEG、PNG 或 WebP 图片 / Send the JPEG, PNG or WebP picture itself', { accepted: ACCEPTED });
  }
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
}
