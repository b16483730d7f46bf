import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiAnswer } from '../common/openapi.js';
import { ReportSigner } from './report-signer.js';
import { type Keys, keysSchema } from './reports.schemas.js';

/** Open to everyone: whoever is shown a report can check it. */
@ApiTags('报告 reports')
@Controller('v1/keys')
export class KeysController {
  constructor(private readonly signer: ReportSigner) {}

  @Get()
  @ApiOperation({ summary: '核验报告签名的公钥 / Public keys that reports are signed with' })
  @ApiAnswer(200, 'The keys', keysSchema)
  keys(): Keys {
    return this.signer.published();
  }
}
