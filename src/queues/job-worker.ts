import { type BeforeApplicationShutdown, Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { Job, Worker } from 'bullmq';
import { CONFIG, type Config } from '../config/config.js';
import { JOB_HANDLER, type HandlesJob } from './job-handler.js';
import { JOB_SETTINGS, type JobMap, type JobName } from './jobs.js';
import { queueBackendOf, type QueueBackend } from './queue-backend.js';
import type { FinishedJob } from './queue.service.js';

type AnyHandler = HandlesJob<JobName>;

const LOCK_MS = 20_000;
const STALLED_CHECK_MS = 5000;

/** Takes jobs off the queue and gives each to its handler. Belongs to the worker process alone. */
@Injectable()
export class JobWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(JobWorker.name);
  private readonly backend: QueueBackend;
  private readonly faceWorkers: number;
  private worker: Worker | null = null;

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly discovery: DiscoveryService,
  ) {
    this.backend = queueBackendOf(config);
    this.faceWorkers = config.faceWorkers;
  }

  /** @throws Error when a job has no handler or two: such a worker must not start. */
  async onApplicationBootstrap(): Promise<void> {
    const handlers = handlersByJob(this.discovery.getProviders().map((wrapper) => wrapper.instance as unknown));
    const worker = this.backend.createWorker((job) => this.process(job, handlers), {
      // One queue, so its most careful job sets the pace: face jobs are bound by the processor, one for each face process.
      concurrency: Math.max(1, this.faceWorkers) * Math.min(...Object.values(JOB_SETTINGS).map((settings) => settings.concurrency)),
      lockMs: LOCK_MS,
      stalledCheckMs: STALLED_CHECK_MS,
    });
    this.worker = worker;
    worker.on('error', (error) => this.logger.error({ err: error }, 'worker connection'));
    worker.on('failed', (job, error) =>
      this.logger.error({ err: error, job: job?.name, jobId: job?.id, data: job?.data as unknown, attempt: job?.attemptsMade }, 'job failed'),
    );
    await worker.waitUntilReady();
    worker.run().catch((error: unknown) => this.logger.fatal({ err: error }, 'worker ended'));
    this.logger.log(`jobs: ${[...handlers.keys()].join(', ')}`);
  }

  /** Finishes the jobs at hand before the process ends, while the database and the face processes are still there. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.worker?.close();
    await this.backend.release();
  }

  private async process(job: Job, handlers: ReadonlyMap<JobName, AnyHandler>): Promise<FinishedJob> {
    const name = job.name as JobName;
    const handler = handlers.get(name);
    if (handler === undefined) throw new Error(`no handler for ${name}`);
    const data = job.data as JobMap[JobName]['data'] & Parameters<AnyHandler['handle']>[0];
    const startedAt = performance.now();
    const result = await handler.handle(data);
    this.logger.debug({ job: name, jobId: job.id, result, tookMs: Math.round(performance.now() - startedAt) }, 'job done');
    return { name, data, result };
  }
}

/** Every job of the map with its one handler. @throws Error naming what is missing or doubled. */
export function handlersByJob(instances: readonly unknown[]): ReadonlyMap<JobName, AnyHandler> {
  const found = new Map<JobName, AnyHandler[]>();
  for (const instance of instances) {
    const name = instance instanceof Object ? (Reflect.getMetadata(JOB_HANDLER, instance.constructor) as JobName | undefined) : undefined;
    if (name === undefined) continue;
    const same = found.get(name) ?? [];
    // A provider exported to several modules is one instance seen several times.
    if (!same.includes(instance as AnyHandler)) found.set(name, [...same, instance as AnyHandler]);
  }
  const problems = (Object.keys(JOB_SETTINGS) as JobName[]).flatMap((name) => {
    const handlers = found.get(name) ?? [];
    if (handlers.length === 1) return [];
    const names = handlers.map((handler) => handler.constructor.name).join(', ');
    return [handlers.length === 0 ? `${name} has no handler` : `${name} has ${handlers.length} handlers (${names})`];
  });
  if (problems.length > 0) throw new Error(`任务处理器配置有误 / Job handlers do not fit: ${problems.join('; ')}`);
  return new Map([...found].map(([name, [handler]]) => [name, handler as AnyHandler]));
}
