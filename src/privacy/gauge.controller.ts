import { Controller, Get, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiAnswer, ApiProblems } from '../common/openapi.js';
import { PlatformGuard } from '../identity/platform.guard.js';
import { FaceGauge } from './face-gauge.service.js';
import { type Gauge, gaugeSchema } from './privacy.schemas.js';

@ApiTags('隐私 privacy')
@ApiBearerAuth()
@Controller('v1/privacy')
@UseGuards(PlatformGuard)
export class GaugeController {
  constructor(private readonly gauge: FaceGauge) {}

  @Get('gauge')
  @ApiOperation({ summary: '存储人脸信息的人数与备案提醒 / People whose face data is stored, and the duty to file' })
  @ApiAnswer(200, 'As last counted, within the hour', gaugeSchema)
  @ApiProblems(401, 403)
  read(): Promise<Gauge> {
    return this.gauge.read();
  }
}
