import { Controller, Get, Query, Req, Res, StreamableFile, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiProduces, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { ApiProblems, PathId } from '../common/openapi.js';
import { ZodPipe } from '../common/zod.pipe.js';
import { CurrentPlatform, PlatformGuard } from '../identity/platform.guard.js';
import type { Platform } from '../identity/platforms.service.js';
import { DataExport } from './data-export.service.js';
import { type ExportQuery, exportQuerySchema } from './privacy.schemas.js';

@ApiTags('隐私 privacy')
@ApiBearerAuth()
@Controller('v1/trainees/:id/data-export')
@UseGuards(PlatformGuard)
export class DataExportController {
  constructor(private readonly exports: DataExport) {}

  @Get()
  @ApiOperation({ summary: '导出个人资料 / Everything that is stored about one person, for that person' })
  @ApiQuery({ name: 'viewer', required: true, description: 'Account that hands it over' })
  @ApiQuery({ name: 'reason', required: false, description: 'Required for a minor' })
  @ApiProduces('application/zip')
  @ApiOkResponse({ description: 'JSON, journals and pictures; `manifest.json` lists every file with its SHA-256', schema: { type: 'string', format: 'binary' } })
  @ApiProblems(400, 401, 403, 404, 422)
  async export(
    @CurrentPlatform() platform: Platform,
    @PathId() traineeId: string,
    @Query(new ZodPipe(exportQuerySchema)) { viewer, reason }: ExportQuery,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<StreamableFile> {
    const archive = await this.exports.of(platform.id, traineeId, { viewer, reason: reason ?? null, origin: request.ip ?? '' });
    response.setHeader('Cache-Control', 'private, no-store');
    return new StreamableFile(archive, { type: 'application/zip', disposition: `attachment; filename="person-${traineeId}.zip"` });
  }
}
