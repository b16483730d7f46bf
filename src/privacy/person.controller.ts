import { Controller, Delete, Get, HttpCode, Post, Put, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiAnswer, ApiProblems, PathId, ValidBody } from '../common/openapi.js';
import { CurrentPlatform, PlatformGuard } from '../identity/platform.guard.js';
import type { Platform } from '../identity/platforms.service.js';
import { HoldDesk } from './hold-desk.service.js';
import { ImageAccess } from './image-access.service.js';
import { PersonData } from './person-data.service.js';
import {
  type ByWhom, byWhomSchema, type ErasureAnswer, erasureAnswerSchema, erasuresSchema, type ImageAccesses, imageAccessesSchema, type LegalHold,
  legalHoldSchema, legalHoldsSchema, type PlaceHold, placeHoldSchema,
} from './privacy.schemas.js';

@ApiTags('隐私 privacy')
@ApiBearerAuth()
@Controller('v1/trainees/:id')
@UseGuards(PlatformGuard)
export class PersonController {
  constructor(
    private readonly people: PersonData,
    private readonly holds: HoldDesk,
    private readonly access: ImageAccess,
  ) {}

  @Post('erasure')
  @HttpCode(201)
  @ApiOperation({ summary: '应个人请求删除 / Erase all face data and pictures of a person; records stay for their legal time' })
  @ApiAnswer(201, 'The erasure: nothing of it can be read any more; files and receipt follow', erasureAnswerSchema)
  @ApiProblems(400, 401, 403, 404, 409)
  erase(@CurrentPlatform() platform: Platform, @PathId() traineeId: string, @ValidBody(byWhomSchema) { by }: ByWhom): Promise<ErasureAnswer> {
    return this.people.erase(platform.id, traineeId, by);
  }

  @Get('erasures')
  @ApiOperation({ summary: '删除回执 / Every erasure of a person, with its signed receipts' })
  @ApiAnswer(200, 'The erasures, oldest first', erasuresSchema)
  @ApiProblems(400, 401, 403, 404)
  async erasures(@CurrentPlatform() platform: Platform, @PathId() traineeId: string): Promise<{ readonly erasures: readonly ErasureAnswer[] }> {
    return { erasures: await this.people.erasuresOf(platform.id, traineeId) };
  }

  @Get('image-accesses')
  @ApiOperation({ summary: '影像查看记录 / Who looked at pictures of a person, when, why, from where' })
  @ApiAnswer(200, 'The newest 1,000, newest first', imageAccessesSchema)
  @ApiProblems(400, 401, 403, 404)
  accesses(@CurrentPlatform() platform: Platform, @PathId() traineeId: string): Promise<ImageAccesses> {
    return this.access.listOf(platform.id, traineeId);
  }

  @Get('legal-holds')
  @ApiOperation({ summary: '依法保全记录 / Legal holds over a person and the person’s sessions, lifted ones too' })
  @ApiAnswer(200, 'The holds, oldest first', legalHoldsSchema)
  @ApiProblems(400, 401, 403, 404)
  async listHolds(@CurrentPlatform() platform: Platform, @PathId() traineeId: string): Promise<{ readonly holds: readonly LegalHold[] }> {
    return { holds: await this.holds.ofTrainee(platform.id, traineeId) };
  }

  @Put('legal-hold')
  @ApiOperation({ summary: '保全一名学员的全部资料 / Hold everything of a person: nothing of it is erased' })
  @ApiAnswer(200, 'The hold that stands', legalHoldSchema)
  @ApiProblems(400, 401, 403, 404)
  hold(@CurrentPlatform() platform: Platform, @PathId() traineeId: string, @ValidBody(placeHoldSchema) body: PlaceHold): Promise<LegalHold> {
    return this.holds.placeOnTrainee(platform.id, traineeId, body);
  }

  @Delete('legal-hold')
  @ApiOperation({ summary: '解除保全 / Lift the hold; erasures that waited are carried out' })
  @ApiAnswer(200, 'The hold as lifted', legalHoldSchema)
  @ApiProblems(400, 401, 403, 404)
  release(@CurrentPlatform() platform: Platform, @PathId() traineeId: string, @ValidBody(byWhomSchema) { by }: ByWhom): Promise<LegalHold> {
    return this.holds.liftFromTrainee(platform.id, traineeId, by);
  }
}
