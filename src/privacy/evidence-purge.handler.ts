import { Injectable, Logger } from '@nestjs/common';
import { type HandlesJob, JobHandler } from '../queues/job-handler.js';
import type { JobOutcome } from '../queues/jobs.js';
import { QueueService } from '../queues/queue.service.js';
import { FaceGauge } from './face-gauge.service.js';
import { type PurgePosition, RetentionPurge } from './retention-purge.service.js';

/** Face checks share the worker: a purge gives way to them so often, ms. */
const SLICE_MS = 2_000;

/** The daily purge, a slice at a time. */
@Injectable()
@JobHandler('evidence.purge')
export class EvidencePurgeHandler implements HandlesJob<'evidence.purge'> {
  private readonly logger = new Logger(EvidencePurgeHandler.name);

  constructor(
    private readonly purge: RetentionPurge,
    private readonly gauge: FaceGauge,
    private readonly queue: QueueService,
  ) {}

  async handle({ from }: { readonly from: PurgePosition | null }): Promise<JobOutcome> {
    if (from === null) await this.purge.carryOn();
    const { counts, next } = await this.purge.run({ from, now: new Date(), budgetMs: SLICE_MS, isDryRun: false });
    const hasPurged = Object.values(counts).some((count) => count > 0);
    if (hasPurged) this.logger.log({ ...counts }, 'purged');
    if (next !== null) await this.queue.add('evidence.purge', { from: next });
    else await this.gauge.measure();
    return hasPurged ? 'done' : 'skipped';
  }
}
