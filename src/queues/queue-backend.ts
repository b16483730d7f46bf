import { Logger } from '@nestjs/common';
import { createPostgresBackend, DEFAULT_SCHEMA, Queue, QueueEvents, Worker, type PgPool, type Processor } from 'bullmq';
import { Pool } from 'pg';
import { OwnedRedis } from '../common/owned-redis.js';
import type { Config } from '../config/config.js';

const logger = new Logger('QueueBackend');

/** All jobs share one queue, so that priorities hold between them. */
export const QUEUE_NAME = 'checks';

/** Connections a process takes from PostgreSQL for its queue at most, the one for notifications among them. */
const POOL_SIZE = 5;

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
  /** Lets go of the connections they share; after all of them are closed. */
  release(): Promise<void>;
}

/** Redis when one is configured, otherwise the database that is there anyway. */
export function queueBackendOf(config: Pick<Config, 'databaseUrl' | 'redisUrl'>): QueueBackend {
  return config.redisUrl === null ? onPostgres(config.databaseUrl) : onRedis(config.redisUrl);
}

/** Its tables come from `migrate()`; here they are only checked. */
function onPostgres(connectionString: string): QueueBackend {
  // A pool of our own: the one the library makes leaves its notification client without an error listener while it
  // closes, and a database that goes away in that moment would end the process.
  const pool = new Pool({
    connectionString,
    max: POOL_SIZE,
    keepAlive: true,
    application_name: 'xuejian-queue',
    options: `-c search_path=${DEFAULT_SCHEMA}`,
  });
  pool.on('error', (error) => logger.warn({ err: error }, 'queue connection'));
  // The library takes a `pg.Pool`, though its types do not agree with those of pg.
  const connection = pool as unknown as PgPool;
  return {
    createQueue: () => new Queue(QUEUE_NAME, { connection }, createPostgresBackend) as unknown as Queue,
    createEvents: () => new QueueEvents(QUEUE_NAME, { connection }, createPostgresBackend) as unknown as QueueEvents,
    createWorker: (process, settings) =>
      new Worker(QUEUE_NAME, process, { connection, ...workerOptions(settings) }, createPostgresBackend) as unknown as Worker,
    release: () => pool.end(),
  };
}

function onRedis(url: string): QueueBackend {
  const connection = new OwnedRedis(url);
  return {
    createQueue: () => new Queue(QUEUE_NAME, { connection }),
    createEvents: () => new QueueEvents(QUEUE_NAME, { connection }),
    createWorker: (process, settings) => new Worker(QUEUE_NAME, process, { connection, ...workerOptions(settings) }),
    release: async () => connection.release(),
  };
}

const workerOptions = (settings: WorkerSettings) => ({
  autorun: false,
  concurrency: settings.concurrency,
  lockDuration: settings.lockMs,
  stalledInterval: settings.stalledCheckMs,
  maxStalledCount: 3,
});
