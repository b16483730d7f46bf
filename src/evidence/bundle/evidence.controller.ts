import { Controller, Get, Query, Req, Res, StreamableFile, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { ApiProblems, PathId } from '../../common/openapi.js';
import { ZodPipe } from '../../common/zod.pipe.js';
import { CurrentPlatform, PlatformGuard } from '../../identity/platform.guard.js';
import type { Platform } from '../../identity/platforms.service.js';
import { SessionEvidence } from './session-evidence.js';

@ApiTags('证据 evidence')
@ApiBearerAuth()
@Controller('v1/sessions')
@UseGuards(PlatformGuard)
export class EvidenceController {
  constructor(private readonly evidence: SessionEvidence) {}

  @Get(':id/evidence')
  @ApiOperation({ summary: '已结束学习的证据包 / The evidence bundle of a closed session: manifest, journal, findings, signature; one canonical JSON object a line' })
  @ApiProduces('application/x-ndjson')
  @ApiOkResponse({ description: 'Format: docs/evidence.md. ETag: hash of the manifest', schema: { type: 'string' } })
  @ApiProblems(400, 401, 403, 404, 409)
  async bundle(
    @CurrentPlatform() platform: Platform,
    @PathId() sessionId: string,
    @Query(new ZodPipe(z.strictObject({}))) _query: object,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<StreamableFile | undefined> {
    const bundle = await this.evidence.require(platform.id, sessionId);
    const etag = `"${bundle.manifestHash}"`;
    response.setHeader('ETag', etag).setHeader('Cache-Control', 'private, no-cache');
    if (request.headers['if-none-match']?.includes(etag) === true) return void response.status(304);
    const disposition = `attachment; filename="evidence-${sessionId}.ndjson"`;
    return new StreamableFile(await this.evidence.stream(bundle), { type: 'application/x-ndjson', disposition });
  }
}
