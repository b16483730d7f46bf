import { Injectable } from '@nestjs/common';
import { type HandlesJob, JobHandler } from '../queues/job-handler.js';
import type { JobOutcome } from '../queues/jobs.js';
import { Erasures } from './erasures.service.js';
import { FaceGauge } from './face-gauge.service.js';

/** What is left of an erasure once its data is unreadable. Files that resist fail the job, which comes again. */
@Injectable()
@JobHandler('privacy.erase')
export class PrivacyEraseHandler implements HandlesJob<'privacy.erase'> {
  constructor(private readonly erasures: Erasures) {}

  async handle({ erasureId }: { readonly erasureId: string }): Promise<JobOutcome> {
    const outcome = await this.erasures.carryOn(erasureId);
    if (outcome === 'FILES_LEFT') throw new Error(`files of erasure ${erasureId} are left`);
    return outcome === 'DONE' ? 'done' : 'skipped';
  }
}

@Injectable()
@JobHandler('privacy.measure')
export class PrivacyMeasureHandler implements HandlesJob<'privacy.measure'> {
  constructor(private readonly gauge: FaceGauge) {}

  async handle(): Promise<JobOutcome> {
    await this.gauge.measure();
    return 'done';
  }
}
