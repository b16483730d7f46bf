import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { CONFIG, type Config } from '../config/config.js';
import { QueueService } from '../queues/queue.service.js';

const SWEEP_EVERY_MS = 60_000;

/** Puts the recurring jobs of the evidence into the queue; all workers share them. */
@Injectable()
export class EvidenceSchedule implements OnApplicationBootstrap {
  private readonly logger = new Logger(EvidenceSchedule.name);

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly queue: QueueService,
  ) {}

  /** A queue that is away for the moment does not keep the worker from its other work. */
  async onApplicationBootstrap(): Promise<void> {
    try {
      await this.queue.schedule('evidence.sweep', {}, SWEEP_EVERY_MS);
      await this.queue.schedule('log.seal', {}, this.config.logSealSeconds * 1_000);
    } catch (error) {
      this.logger.error({ err: error }, 'recurring jobs are not scheduled');
    }
  }
}
