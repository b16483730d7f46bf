import { Controller, Get, UseFilters } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { HealthCheck, HealthCheckService, HealthIndicatorService, TypeOrmHealthIndicator, type HealthCheckResult, type HealthIndicatorResult } from '@nestjs/terminus';
import { QueueService } from '../../queues/queue.service.js';
import { HealthFilter } from './health.filter.js';

const DATABASE_TIMEOUT_MS = 2000;

/** For load balancers and supervisors; without credentials and without details of failures. */
@ApiTags('运行状况 health')
@Controller('health')
@UseFilters(HealthFilter)
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly database: TypeOrmHealthIndicator,
    private readonly queue: QueueService,
  ) {}

  /** The process runs: restart it when this does not answer. */
  @Get('live')
  @HealthCheck()
  live(): Promise<HealthCheckResult> {
    return this.health.check([]);
  }

  /** The process can do its work: send it traffic only then. */
  @Get('ready')
  @HealthCheck()
  ready(): Promise<HealthCheckResult> {
    return this.health.check([
      () => this.database.pingCheck('database', { timeout: DATABASE_TIMEOUT_MS }),
      () => this.queueCheck(),
    ]);
  }

  private async queueCheck(): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check('queue');
    try {
      await this.queue.ping();
      return indicator.up();
    } catch {
      return indicator.down();
    }
  }
}
