import { Controller, Get, HttpCode, Post, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiAnswer, ApiProblems, PathId, ValidBody } from '../common/openapi.js';
import { CurrentPlatform, PlatformGuard } from '../identity/platform.guard.js';
import type { Platform } from '../identity/platforms.service.js';
import { type OpenedSession, openedSessionSchema, type OpenSession, openSessionSchema, type SessionAnswer, sessionAnswerSchema } from './sessions.schemas.js';
import { SessionsService } from './sessions.service.js';

@ApiTags('学习 sessions')
@ApiBearerAuth()
@Controller('v1/sessions')
@UseGuards(PlatformGuard)
export class SessionsController {
  constructor(private readonly sessions: SessionsService) {}

  @Post()
  @HttpCode(201)
  @ApiOperation({ summary: '打开一节课的学习 / Open a lesson, or go on with an unfinished session of it' })
  @ApiAnswer(201, 'The session and the token for its socket', openedSessionSchema)
  @ApiProblems(400, 401, 403, 404, 409)
  open(@CurrentPlatform() platform: Platform, @ValidBody(openSessionSchema) body: OpenSession): Promise<OpenedSession> {
    return this.sessions.open(platform.id, body.enrolmentId, body.lessonId, body.alternative ?? null);
  }

  @Get(':id')
  @ApiOperation({ summary: '查询一次学习 / One session as it stands' })
  @ApiAnswer(200, 'The session', sessionAnswerSchema)
  @ApiProblems(400, 401, 403, 404)
  get(@CurrentPlatform() platform: Platform, @PathId() sessionId: string): Promise<SessionAnswer> {
    return this.sessions.get(platform.id, sessionId);
  }
}
