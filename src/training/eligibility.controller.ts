import { Controller, HttpCode, Post, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiAnswer, ApiProblems, ValidBody } from '../common/openapi.js';
import { PlatformGuard } from '../identity/platform.guard.js';
import { EligibilityService } from './eligibility.service.js';
import { type OpeningAnswer, openingAnswerSchema, openingFactsSchema, type OpeningRequest } from './programme.schemas.js';

@ApiTags('开班 eligibility')
@ApiBearerAuth()
@Controller('v1/eligibility')
@UseGuards(PlatformGuard)
export class EligibilityController {
  constructor(private readonly eligibility: EligibilityService) {}

  @Post('checks')
  @HttpCode(200)
  @ApiOperation({ summary: '开班前核对 / What stands against opening a class; nothing is stored, what is left out is not checked' })
  @ApiAnswer(200, 'Each check with its findings', openingAnswerSchema)
  @ApiProblems(400, 401, 403, 404, 413)
  check(@ValidBody(openingFactsSchema) body: OpeningRequest): Promise<OpeningAnswer> {
    return this.eligibility.check(body);
  }
}
