import { Controller, Delete, Get, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiAnswer, ApiProblems, PathId, ValidBody } from '../common/openapi.js';
import { ZodPipe } from '../common/zod.pipe.js';
import type { ConsentPurpose } from '../identity/consent.entity.js';
import {
  consentPurposeSchema,
  consentsAnswerSchema,
  giveConsentsSchema,
  type ConsentsAnswer,
  type GiveConsents,
} from '../identity/consent.schemas.js';
import { ConsentService } from '../identity/consent.service.js';
import { CurrentPlatform, PlatformGuard } from '../identity/platform.guard.js';
import type { Platform } from '../identity/platforms.service.js';
import { PersonData } from './person-data.service.js';

const purposeParam = { schema: consentPurposeSchema, pipes: [new ZodPipe(consentPurposeSchema)] };

@ApiTags('学员 trainees')
@ApiBearerAuth()
@Controller('v1/trainees/:id/consents')
@UseGuards(PlatformGuard)
export class ConsentsController {
  constructor(
    private readonly consents: ConsentService,
    private readonly people: PersonData,
  ) {}

  @Post()
  @ApiOperation({ summary: '记录单独同意 / Record separate consents of a trainee' })
  @ApiAnswer(201, 'The consents as recorded', consentsAnswerSchema)
  @ApiProblems(400, 401, 403, 404, 409, 413)
  give(
    @CurrentPlatform() platform: Platform,
    @PathId() traineeId: string,
    @ValidBody(giveConsentsSchema) body: GiveConsents,
  ): Promise<ConsentsAnswer> {
    return this.people.give(platform.id, traineeId, body);
  }

  @Get()
  @ApiOperation({ summary: '查询同意记录 / Every consent of a trainee, withdrawn ones too' })
  @ApiAnswer(200, 'The consents, oldest first', consentsAnswerSchema)
  @ApiProblems(400, 401, 403, 404)
  list(@CurrentPlatform() platform: Platform, @PathId() traineeId: string): Promise<ConsentsAnswer> {
    return this.consents.list(platform.id, traineeId);
  }

  @Delete(':purpose')
  @HttpCode(204)
  @ApiOperation({ summary: '撤回同意 / Withdraw the consent to one purpose; what rested on it is erased at once' })
  @ApiNoContentResponse({ description: 'No consent to this purpose is active any more' })
  @ApiProblems(400, 401, 403, 404)
  withdraw(
    @CurrentPlatform() platform: Platform,
    @PathId() traineeId: string,
    @Param('purpose', purposeParam) purpose: ConsentPurpose,
  ): Promise<void> {
    return this.people.withdraw(platform.id, traineeId, purpose);
  }
}
