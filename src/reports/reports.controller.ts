import { Controller, Get, Query, Req, Res, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiProduces, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { ApiAnswer, ApiProblems, PathId } from '../common/openapi.js';
import { ZodPipe } from '../common/zod.pipe.js';
import { CurrentPlatform, PlatformGuard } from '../identity/platform.guard.js';
import type { Platform } from '../identity/platforms.service.js';
import { PAGE_CSP } from './page/page-style.js';
import { sessionReportSchema, type SessionReport } from './report.schema.js';
import { type ListQuery, listQuerySchema, NO_QUERY, type ReportQuery, reportQuerySchema, type SessionList, sessionListSchema } from './reports.schemas.js';
import { ReportsService } from './reports.service.js';
import { SessionListing } from './session-list.js';

@ApiTags('报告 reports')
@ApiBearerAuth()
@Controller('v1')
@UseGuards(PlatformGuard)
export class ReportsController {
  constructor(
    private readonly reports: ReportsService,
    private readonly listing: SessionListing,
  ) {}

  @Get('sessions/:id/report')
  @ApiOperation({ summary: '学习过程有效性报告 / The session validity report, signed; as JSON or as a page to read and print' })
  @ApiQuery({ name: 'format', required: false, enum: ['json', 'html'], description: 'Otherwise the Accept header decides' })
  @ApiQuery({ name: 'viewer', required: false, description: 'Of the page: who looks, printed across its pictures; otherwise `platform`' })
  @ApiQuery({ name: 'reason', required: false, description: 'Of the page: without one it shows no pictures of a minor' })
  @ApiProduces('application/json', 'text/html')
  @ApiAnswer(200, 'The report', sessionReportSchema)
  @ApiProblems(400, 401, 403, 404)
  async report(
    @CurrentPlatform() platform: Platform,
    @PathId() sessionId: string,
    @Query(new ZodPipe(reportQuerySchema)) query: ReportQuery,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<SessionReport | string> {
    const format = query.format ?? request.accepts(['json', 'html']);
    response.vary('Accept').setHeader('Cache-Control', 'private, no-store');
    if (format !== 'html') return this.reports.report(platform, sessionId);
    const page = await this.reports.page(platform, sessionId, { viewer: query.viewer, reason: query.reason ?? null, origin: request.ip ?? '' });
    response.type('html').setHeader('Content-Security-Policy', `${PAGE_CSP}; frame-ancestors 'self'`);
    return page;
  }

  @Get('sessions/:id/journal')
  @ApiOperation({ summary: '已结束学习的日志 / The journal of a closed session, one JSON object a line: seq, hash, body' })
  @ApiProduces('application/x-ndjson')
  @ApiOkResponse({ description: 'hash = SHA-256(hash before, newline, body); the first stands behind 64 zeros', schema: { type: 'string' } })
  @ApiProblems(400, 401, 403, 404, 409)
  async journal(
    @CurrentPlatform() platform: Platform,
    @PathId() sessionId: string,
    @Query(new ZodPipe(NO_QUERY)) _query: object,
    @Res({ passthrough: true }) response: Response,
  ): Promise<string> {
    const lines = await this.reports.journalLines(platform, sessionId);
    response.type('application/x-ndjson').setHeader('Cache-Control', 'private, no-store');
    return lines;
  }

  @Get('reports/sessions')
  @ApiOperation({ summary: '学习记录列表 / The sessions of the platform, newest first' })
  @ApiQuery({ name: 'from', required: false, description: 'Opened at or after: a day in Asia/Shanghai (2026-03-02) or an instant' })
  @ApiQuery({ name: 'to', required: false, description: 'Opened before an instant, or up to the end of a day' })
  @ApiQuery({ name: 'verdict', required: false, enum: ['VALID', 'INVALID', 'NOT_RECOGNISED', 'INCOMPLETE', 'PENDING_REVIEW'] })
  @ApiQuery({ name: 'rule', required: false, description: 'The rule that failed, e.g. R3' })
  @ApiQuery({ name: 'cursor', required: false, description: 'nextCursor of the page before' })
  @ApiQuery({ name: 'limit', required: false, schema: { type: 'integer', minimum: 1, maximum: 200, default: 50 } })
  @ApiAnswer(200, 'One page', sessionListSchema)
  @ApiProblems(400, 401, 403)
  list(@CurrentPlatform() platform: Platform, @Query(new ZodPipe(listQuerySchema)) query: ListQuery): Promise<SessionList> {
    return this.listing.page(platform.id, query);
  }
}
