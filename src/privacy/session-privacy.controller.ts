import { Controller, Delete, HttpCode, Post, Put, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiAnswer, ApiProblems, PathId, ValidBody } from '../common/openapi.js';
import { CurrentPlatform, PlatformGuard } from '../identity/platform.guard.js';
import type { Platform } from '../identity/platforms.service.js';
import { HoldDesk } from './hold-desk.service.js';
import { type ByWhom, byWhomSchema, type Dispute, disputeSchema, type LegalHold, legalHoldSchema, type PlaceHold, placeHoldSchema } from './privacy.schemas.js';

@ApiTags('隐私 privacy')
@ApiBearerAuth()
@Controller('v1/sessions/:id')
@UseGuards(PlatformGuard)
export class SessionPrivacyController {
  constructor(private readonly holds: HoldDesk) {}

  @Put('legal-hold')
  @ApiOperation({ summary: '保全一次学习的资料 / Hold what is kept of one session: nothing of it is erased' })
  @ApiAnswer(200, 'The hold that stands', legalHoldSchema)
  @ApiProblems(400, 401, 403, 404)
  hold(@CurrentPlatform() platform: Platform, @PathId() sessionId: string, @ValidBody(placeHoldSchema) body: PlaceHold): Promise<LegalHold> {
    return this.holds.placeOnSession(platform.id, sessionId, body);
  }

  @Delete('legal-hold')
  @ApiOperation({ summary: '解除保全 / Lift the hold; erasures that waited are carried out' })
  @ApiAnswer(200, 'The hold as lifted', legalHoldSchema)
  @ApiProblems(400, 401, 403, 404)
  release(@CurrentPlatform() platform: Platform, @PathId() sessionId: string, @ValidBody(byWhomSchema) { by }: ByWhom): Promise<LegalHold> {
    return this.holds.liftFromSession(platform.id, sessionId, by);
  }

  @Post('dispute')
  @HttpCode(201)
  @ApiOperation({ summary: '标记争议 / Face checks of the session are disputed: frames of those that fail from now on are kept for a while' })
  @ApiAnswer(201, 'The dispute', disputeSchema)
  @ApiProblems(400, 401, 403, 404)
  dispute(@CurrentPlatform() platform: Platform, @PathId() sessionId: string, @ValidBody(placeHoldSchema) body: PlaceHold): Promise<Dispute> {
    return this.holds.dispute(platform.id, sessionId, body);
  }
}
