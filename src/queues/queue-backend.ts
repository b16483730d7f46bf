import { createPostgresBackend, Queue, QueueEvents, Worker, type Processor } from 'bullmq';
import { OwnedRedis } from '../common/owned-redis.js';
import type { Config } from '../config/config.js';

/** All jobs share one queue, so that priorities hold between them. */
export const QUEUE_NAME = 'checks';

/** Connections each queue object may take from PostgreSQL, beside its one for notifications. */
const POOL_SIZE = 3;

/** How a worker takes jobs. */
export interface WorkerSettings {
  readonly concurrency: number;
  /** A job whose worker has not been heard of for this long is given to another. */
  readonly lockMs: number;
  readonly stalledCheckMs: number;
}

/** Where the queue lives. Jobs carry ids and may be lost: PostgreSQL rows say what is due. */
export interface QueueBackend {
  createQueue(): Queue;
  createEvents(): QueueEvents;
  createWorker(process: Processor, settings: WorkerSettings): Worker;
  /** Lets go of what is shared between them; after all of them are closed. */
  release(): void;
}

/** Redis when one is configured, otherwise the database that is there anyway. */
export function queueBackendOf(config: Pick<Config, 'databaseUrl' | 'redisUrl'>): QueueBackend {
  return config.redisUrl === null ? onPostgres(config.databaseUrl) : onRedis(config.redisUrl);
}

/** Its tables come from `migrate()`; here they are only checked. */
function onPostgres(connectionString: string): QueueBackend {
  const connection = { connectionString, max: POOL_SIZE, application_name: 'xuejian-queue' };
  return {
    createQueue: () => new Queue(QUEUE_NAME, { connection }, createPostgresBackend) as unknown as Queue,
    createEvents: () => new QueueEvents(QUEUE_NAME, { connection }, createPostgresBackend) as unknown as QueueEvents,
    createWorker: (process, settings) =>
      new Worker(QUEUE_NAME, process, { connection, ...workerOptions(settings) }, createPostgresBackend) as unknown as Worker,
    release: () => undefined,
  };
}

function onRedis(url: string): QueueBackend {
  const connection = new OwnedRedis(url);
  return {
    createQueue: () => new Queue(QUEUE_NAME, { connection }),
    createEvents: () => new QueueEvents(QUEUE_NAME, { connection }),
    createWorker: (process, settings) => new Worker(QUEUE_NAME, process, { connection, ...workerOptions(settings) }),
    release: () => connection.release(),
  };
}

const workerOptions = (settings: WorkerSettings) => ({
  autorun: false,
  concurrency: settings.concurrency,
  lockDuration: settings.lockMs,
  stalledInterval: settings.stalledCheckMs,
  maxStalledCount: 3,
});
