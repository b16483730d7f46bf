import { SetMetadata } from '@nestjs/common';
import type { JobMap, JobName } from './jobs.js';

/** Metadata key under which a provider names its job. */
export const JOB_HANDLER = Symbol('JOB_HANDLER');

/** Marks the provider that does one job: `@JobHandler('snapshot.judge')`. */
export const JobHandler = (name: JobName): ClassDecorator => SetMetadata(JOB_HANDLER, name);

/**
 * Does one kind of job. Idempotent: a job may come again after a crash. What it throws is tried again as often as the
 * job's settings say.
 */
export interface HandlesJob<N extends JobName> {
  handle(data: JobMap[N]['data']): Promise<JobMap[N]['result']>;
}
