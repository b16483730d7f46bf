import { Controller, Get, Header } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiAnswer } from '../common/openapi.js';
import { type ConsentTextsAnswer, consentTextsAnswerSchema } from './consent.schemas.js';
import { CONSENT_TEXT_VERSION, CONSENT_TEXTS } from './consent-texts.js';

/** Open to everyone: whoever is to agree may read first. */
@ApiTags('隐私 privacy')
@Controller('v1/consent-texts')
export class ConsentTextsController {
  @Get()
  @Header('Cache-Control', 'public, max-age=300')
  @Header('Access-Control-Allow-Origin', '*')
  @ApiOperation({ summary: '单独同意书全文，含旧版 / The texts of the separate consents, older versions too' })
  @ApiAnswer(200, 'The texts, newest version first', consentTextsAnswerSchema)
  list(): ConsentTextsAnswer {
    return { versionInForce: CONSENT_TEXT_VERSION, texts: [...CONSENT_TEXTS] };
  }
}
