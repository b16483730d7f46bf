import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { MemorySignalBus } from '../../src/realtime/memory-signal-bus.js';
import { RedisSignalBus } from '../../src/realtime/redis-signal-bus.js';
import type { SignalBus } from '../../src/realtime/signal-bus.js';
import { startTestRedis, type TestRedis } from '../support/redis.js';

// What is lost or fails here on purpose is logged.
beforeAll(() => Logger.overrideLogger(false));

describe.each(['one process', 'Redis'])('signals over %s', (kind) => {
  let redis: TestRedis | null = null;
  let here: SignalBus;
  let there: SignalBus;

  beforeAll(async () => {
    if (kind === 'Redis') redis = await startTestRedis();
    here = redis === null ? new MemorySignalBus() : new RedisSignalBus(redis.url);
    there = redis === null ? here : new RedisSignalBus(redis.url);
  }, 20_000);
  afterAll(async () => {
    await here.close();
    await there.close();
    await redis?.stop();
  });

  it('reach every listener of their channel and nobody else', async () => {
    const heard: unknown[] = [];
    const done = new Promise<void>((resolve) => {
      const hear = (who: string) => (payload: unknown) => {
        heard.push([who, payload]);
        if (heard.length === 2) resolve();
      };
      here.subscribe('places', hear('here'));
      there.subscribe('places', hear('there'));
      there.subscribe('others', () => heard.push('wrong channel'));
    });
    await Promise.all([here.ready(), there.ready()]);
    await here.publish('places', { epoch: 2, at: undefined });
    await done;
    expect(heard).toEqual(expect.arrayContaining([['here', { epoch: 2 }], ['there', { epoch: 2 }]]));
    expect(heard).toHaveLength(2);
  });

  it('go on to the other listeners when one throws, and stop when unsubscribed', async () => {
    const heard: unknown[] = [];
    const hear: { first?: () => void } = {};
    const first = new Promise<void>((resolve) => (hear.first = resolve));
    const stop = there.subscribe('checks', (payload) => {
      heard.push(payload);
      hear.first?.();
    });
    there.subscribe('checks', () => {
      throw new Error('mine alone');
    });
    const second = new Promise<unknown>((resolve) => there.subscribe('checks', (payload) => (payload as { n: number }).n === 2 && resolve(payload)));
    await there.ready();
    await here.publish('checks', { n: 1 });
    await first;
    stop();
    await there.ready();
    await here.publish('checks', { n: 2 });
    await second;
    expect(heard).toEqual([{ n: 1 }]);
  });
});

describe('a lost Redis', () => {
  it('costs the signal and nothing else', async () => {
    const redis = await startTestRedis();
    const bus = new RedisSignalBus(redis.url);
    bus.subscribe('places', () => undefined);
    await bus.ready();
    await redis.stop();
    await expect(bus.publish('places', { epoch: 1 })).resolves.toBeUndefined();
    await bus.close();
  }, 20_000);
});
