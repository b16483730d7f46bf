import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { QueueService } from '../queues/queue.service.js';

const HOUR_MS = 3_600_000;

/** Puts the recurring jobs of privacy into the queue; all workers share them. */
@Injectable()
export class PrivacySchedule implements OnApplicationBootstrap {
  private readonly logger = new Logger(PrivacySchedule.name);

  constructor(private readonly queue: QueueService) {}

  /** A queue that is away for the moment does not keep the worker from its other work. */
  async onApplicationBootstrap(): Promise<void> {
    try {
      await this.queue.schedule('evidence.purge', { from: null }, 24 * HOUR_MS);
      await this.queue.schedule('privacy.measure', {}, HOUR_MS);
    } catch (error) {
      this.logger.error({ err: error }, 'recurring jobs are not scheduled');
    }
  }
}
