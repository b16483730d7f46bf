import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Queue, QueueEvents } from 'bullmq';
import { Problem } from '../common/problem.js';
import { withTimeout } from '../common/with-timeout.js';
import { CONFIG, type Config } from '../config/config.js';
import { JOB_SETTINGS, type JobMap, type JobName } from './jobs.js';
import { queueBackendOf, type QueueBackend } from './queue-backend.js';

/** What a worker reports of a finished job: enough to tell listeners without asking the queue again. */
export interface FinishedJob<N extends JobName = JobName> {
  readonly name: N;
  readonly data: JobMap[N]['data'];
  readonly result: JobMap[N]['result'];
}

type Listener<N extends JobName> = (data: JobMap[N]['data'], result: JobMap[N]['result']) => void | Promise<void>;

/** Finished jobs are kept this long so that a late `addAndWait` still finds the result. */
const KEPT_FINISHED = { age: 3600, count: 1000 } as const;

const PING_TIMEOUT_MS = 2000;
/** A queue that is away must neither keep this process from starting nor from ending. */
const WAIT_MS = 5000;

/** Hands jobs to the workers and tells of those that are done. */
@Injectable()
export class QueueService implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(QueueService.name);
  private readonly backend: QueueBackend;
  private readonly queue: Queue;
  private readonly listeners = new Map<JobName, Set<Listener<JobName>>>();
  private events: QueueEvents | null = null;

  constructor(@Inject(CONFIG) config: Config) {
    this.backend = queueBackendOf(config);
    this.queue = this.backend.createQueue();
    // Everyone who waits for a result listens for the end of the queue too.
    this.queue.setMaxListeners(0);
    this.queue.on('error', (error) => this.logger.error({ err: error }, 'queue connection'));
  }

  /**
   * Queues a job. With a `jobId` (no colons) a job that is waiting, running or lately done is not queued again; one
   * that failed for good is forgotten by the queue and may be added anew.
   * @throws Problem 503 `UNAVAILABLE` when the queue does not answer: the sweep over due checks adds it later.
   */
  async add<N extends JobName>(name: N, data: JobMap[N]['data'], options: { readonly jobId?: string } = {}): Promise<void> {
    await withTimeout(this.enqueue(name, data, options.jobId), WAIT_MS).catch((error: unknown) => this.refuse(name, error));
  }

  /** Queues a job again and again, from all processes together once per period. A new period takes the place of the old. */
  async schedule<N extends JobName>(name: N, data: JobMap[N]['data'], everyMs: number): Promise<void> {
    const template = { name, data, opts: optionsOf(name) };
    await withTimeout(this.queue.upsertJobScheduler(name, { every: everyMs }, template), WAIT_MS).catch((error: unknown) => this.refuse(name, error));
  }

  /**
   * Queues a job and waits for its result.
   * @throws Problem 503 `UNAVAILABLE` when it failed for good or took longer than `timeoutMs`.
   */
  async addAndWait<N extends JobName>(
    name: N,
    data: JobMap[N]['data'],
    timeoutMs: number,
    options: { readonly jobId?: string } = {},
  ): Promise<JobMap[N]['result']> {
    const events = this.listen();
    const startedAt = performance.now();
    try {
      await withTimeout(events.waitUntilReady(), timeoutMs);
      const job = await withTimeout(this.enqueue(name, data, options.jobId), timeoutMs);
      const leftMs = Math.max(1, timeoutMs - (performance.now() - startedAt));
      return ((await job.waitUntilFinished(events, leftMs)) as FinishedJob<N>).result;
    } catch (error) {
      return this.refuse(name, error);
    }
  }

  /** Calls back in this process for every job of a name that any worker has done; returns the unsubscription. */
  onCompleted<N extends JobName>(name: N, listener: Listener<N>): () => void {
    const listeners = this.listeners.get(name) ?? new Set();
    this.listeners.set(name, listeners);
    const general = listener as Listener<JobName>;
    listeners.add(general);
    this.listen();
    return () => void listeners.delete(general);
  }

  /** Whether the queue answers; @throws when not within two seconds. */
  async ping(): Promise<void> {
    await withTimeout(this.queue.getJobCountByTypes('waiting'), PING_TIMEOUT_MS);
  }

  /** Nothing may finish unheard between the start of this process and its subscription. */
  async onApplicationBootstrap(): Promise<void> {
    if (this.events === null) return;
    await withTimeout(this.events.waitUntilReady(), WAIT_MS).catch((error: unknown) => this.logger.warn({ err: error }, 'queue events'));
  }

  async onApplicationShutdown(): Promise<void> {
    const closing = Promise.allSettled([this.events?.close(), this.queue.close()]);
    await withTimeout(closing, WAIT_MS).catch(() => this.logger.warn('queue did not close'));
    await withTimeout(this.backend.release(), WAIT_MS).catch(() => this.logger.warn('queue connections did not close'));
  }

  private enqueue<N extends JobName>(name: N, data: JobMap[N]['data'], jobId: string | undefined) {
    return this.queue.add(name, data, { ...optionsOf(name), ...(jobId === undefined ? {} : { jobId }) });
  }

  private refuse(job: JobName, error: unknown): never {
    this.logger.warn({ err: error, job }, 'the queue did not do its work');
    throw new Problem(503, 'UNAVAILABLE', '处理暂时不可用，请稍后再试 / Not available now, try again later');
  }

  private listen(): QueueEvents {
    this.events ??= this.openEvents();
    return this.events;
  }

  private openEvents(): QueueEvents {
    const events = this.backend.createEvents();
    events.setMaxListeners(0);
    events.on('error', (error) => this.logger.error({ err: error }, 'queue events'));
    events.on('completed', ({ returnvalue }) => this.tell(returnvalue as unknown as FinishedJob));
    return events;
  }

  private tell(finished: FinishedJob): void {
    for (const listener of this.listeners.get(finished.name) ?? []) {
      Promise.resolve()
        .then(() => listener(finished.data, finished.result))
        .catch((error: unknown) => this.logger.error({ err: error, job: finished.name }, 'listener of a finished job'));
    }
  }
}

function optionsOf(name: JobName) {
  const { attempts, backoffMs, priority } = JOB_SETTINGS[name];
  return {
    attempts,
    priority,
    backoff: { type: 'exponential', delay: backoffMs },
    removeOnComplete: KEPT_FINISHED,
    // The row in PostgreSQL and the log remember it; kept here, its id would block another try.
    removeOnFail: true,
  };
}
