import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Global, Injectable, Module, type INestApplicationContext, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CONFIG, type Config } from '../../src/config/config.js';
import { JobHandler, type HandlesJob } from '../../src/queues/job-handler.js';
import type { JobName, JobOutcome } from '../../src/queues/jobs.js';
import { QueueService } from '../../src/queues/queue.service.js';
import { JobWorkerModule, QueuesModule } from '../../src/queues/queues.module.js';
import { aConfig } from '../support/config.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { startTestRedis, type TestRedis } from '../support/redis.js';

/** What the handlers saw, by check id. */
class Diary {
  readonly handled: string[] = [];
  running = 0;
  mostAtOnce = 0;
}

@Injectable()
@JobHandler('snapshot.judge')
class SnapshotHandler implements HandlesJob<'snapshot.judge'> {
  constructor(private readonly diary: Diary) {}

  async handle({ checkId }: { readonly checkId: string }): Promise<JobOutcome> {
    this.diary.running += 1;
    this.diary.mostAtOnce = Math.max(this.diary.mostAtOnce, this.diary.running);
    await new Promise((resolve) => setImmediate(resolve));
    this.diary.running -= 1;
    this.diary.handled.push(checkId);
    if (checkId === 'shaky' && this.diary.handled.filter((id) => id === checkId).length < 2) throw new Error('try again');
    return checkId === 'old' ? 'skipped' : 'done';
  }
}

@Injectable()
@JobHandler('liveness.judge')
class LivenessHandler implements HandlesJob<'liveness.judge'> {
  async handle(): Promise<JobOutcome> {
    return 'done';
  }
}

@Injectable()
@JobHandler('reference-face.judge')
class ReferenceFaceHandler implements HandlesJob<'reference-face.judge'> {
  async handle(): Promise<JobOutcome> {
    throw new Error('always');
  }
}

@Injectable()
@JobHandler('session.finalise')
class FinaliseHandler implements HandlesJob<'session.finalise'> {
  async handle(): Promise<JobOutcome> {
    return 'done';
  }
}

/** A handler that has nothing to do. */
function idle(name: JobName): Type {
  @Injectable()
  @JobHandler(name)
  class IdleHandler {
    async handle(): Promise<JobOutcome> {
      return 'done';
    }
  }
  return IdleHandler;
}

@Injectable()
@JobHandler('log.seal')
class SealHandler implements HandlesJob<'log.seal'> {
  constructor(private readonly diary: Diary) {}

  async handle(): Promise<JobOutcome> {
    this.diary.handled.push('log.seal');
    return 'done';
  }
}

const HANDLERS: readonly Type[] = [
  SnapshotHandler, LivenessHandler, ReferenceFaceHandler, FinaliseHandler, SealHandler,
  ...(['evidence.sweep', 'evidence.purge', 'privacy.erase', 'privacy.measure'] as const).map(idle),
];

function processOf(
  config: Config,
  handlers: readonly Type[],
  diary = new Diary(),
  modules: readonly Type[] = [QueuesModule, JobWorkerModule],
): Promise<INestApplicationContext> {
  @Global()
  @Module({ providers: [{ provide: CONFIG, useValue: config }], exports: [CONFIG] })
  class TestConfigModule {}

  @Module({
    imports: [TestConfigModule, ...modules],
    providers: [{ provide: Diary, useValue: diary }, ...handlers],
  })
  class TestModule {}

  return NestFactory.createApplicationContext(TestModule, { logger: false, abortOnError: false });
}

describe.each(['PostgreSQL', 'Redis'])('jobs on %s', (backend) => {
  const diary = new Diary();
  let database: TestDatabase;
  let redis: TestRedis | null = null;
  let config: Config;
  let api: INestApplicationContext;
  let secondApi: INestApplicationContext;
  let worker: INestApplicationContext;
  let queue: QueueService;

  beforeAll(async () => {
    database = await createTestDatabase();
    if (backend === 'Redis') redis = await startTestRedis();
    config = aConfig({ databaseUrl: database.url, redisUrl: redis?.url ?? null });
    api = await processOf(config, [], diary, [QueuesModule]);
    secondApi = await processOf(config, [], diary, [QueuesModule]);
    worker = await processOf(config, HANDLERS, diary);
    queue = api.get(QueueService);
  }, 60_000);

  afterAll(async () => {
    for (const context of [worker, api, secondApi]) await context?.close();
    await redis?.stop();
    await database.close();
  }, 60_000);

  it('come back with their result', async () => {
    await expect(queue.addAndWait('snapshot.judge', { checkId: 'first' }, 10_000)).resolves.toBe('done');
    await expect(queue.addAndWait('snapshot.judge', { checkId: 'old' }, 10_000)).resolves.toBe('skipped');
  });

  it('are told to every API process with what they carried', async () => {
    const told = [queue, secondApi.get(QueueService)].map(
      (service) => new Promise((resolve) => service.onCompleted('snapshot.judge', (data, result) => (data.checkId === 'told' ? resolve([data.checkId, result]) : undefined))),
    );
    await secondApi.get(QueueService).addAndWait('liveness.judge', { checkId: 'warm' }, 10_000);
    await queue.add('snapshot.judge', { checkId: 'told' });
    await expect(Promise.all(told)).resolves.toEqual([
      ['told', 'done'],
      ['told', 'done'],
    ]);
  });

  it('are tried again when they fail', async () => {
    await expect(queue.addAndWait('snapshot.judge', { checkId: 'shaky' }, 20_000)).resolves.toBe('done');
    expect(diary.handled.filter((id) => id === 'shaky')).toHaveLength(2);
  }, 30_000);

  it('run one at a time, and once for one id', async () => {
    const ids = Array.from({ length: 12 }, (_, index) => `many-${index % 6}`);
    await Promise.all(ids.map((checkId) => queue.addAndWait('snapshot.judge', { checkId }, 20_000, { jobId: checkId })));
    expect(diary.handled.filter((id) => id.startsWith('many-'))).toHaveLength(6);
    expect(diary.mostAtOnce).toBe(1);
  }, 30_000);

  it('that fail for good are refused to the one who waits, and may be added anew under their id', async () => {
    const wait = () => queue.addAndWait('reference-face.judge', { referenceFaceId: 'r' }, 20_000, { jobId: 'r' });
    await expect(wait()).rejects.toMatchObject({ status: 503, code: 'UNAVAILABLE' });
    await expect(wait()).rejects.toMatchObject({ status: 503, code: 'UNAVAILABLE' });
  }, 60_000);

  it('that recur come by themselves, from all processes together once per period', async () => {
    const before = diary.handled.length;
    const sealed = () => diary.handled.slice(before).filter((name) => name === 'log.seal').length;
    const twice = new Promise<void>((resolve) => queue.onCompleted('log.seal', () => (sealed() >= 2 ? resolve() : undefined)));
    const startedAt = performance.now();
    for (const service of [queue, secondApi.get(QueueService), queue]) await service.schedule('log.seal', {}, 300);
    await twice;
    // One run at once and one per period: three schedulers of their own would have come three times as often.
    expect(sealed()).toBeLessThanOrEqual(2 + Math.ceil((performance.now() - startedAt) / 300));
  });

  it('find the queue answering', async () => {
    await expect(queue.ping()).resolves.toBeUndefined();
  });
});

describe('a queue that is away', () => {
  it('is refused in time and lets the process end', async () => {
    const api = await processOf(aConfig({ databaseUrl: 'postgres://nobody@127.0.0.1:1/none', redisUrl: 'redis://127.0.0.1:1' }), [], new Diary(), [QueuesModule]);
    await expect(api.get(QueueService).add('snapshot.judge', { checkId: 'x' })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await expect(api.get(QueueService).addAndWait('snapshot.judge', { checkId: 'x' }, 300)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await api.close();
  }, 30_000);
});

describe('a worker', () => {
  it('does not start when a job has no handler, or two', async () => {
    @Injectable()
    @JobHandler('liveness.judge')
    class SecondLivenessHandler extends LivenessHandler {}

    const config = aConfig({ databaseUrl: 'postgres://nobody@127.0.0.1:1/none' });
    const boot = (handlers: readonly Type[]) => processOf(config, handlers, new Diary(), [JobWorkerModule]);
    await expect(boot([SnapshotHandler, LivenessHandler])).rejects.toThrow('reference-face.judge has no handler');
    await expect(boot([...HANDLERS, SecondLivenessHandler])).rejects.toThrow(/liveness\.judge has 2 handlers/);
  });
});
