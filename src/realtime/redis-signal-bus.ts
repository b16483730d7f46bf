import { Logger } from '@nestjs/common';
import { OwnedRedis } from '../common/owned-redis.js';
import { ChannelListeners } from './channel-listeners.js';
import { SignalBus, type SignalListener } from './signal-bus.js';

const PREFIX = 'xuejian:signal:';

/** Signals between nodes over Redis pub/sub; subscriptions come back by themselves after a lost connection. */
export class RedisSignalBus extends SignalBus {
  private readonly logger = new Logger(RedisSignalBus.name);
  private readonly listeners = new ChannelListeners();
  private readonly publisher: OwnedRedis;
  private readonly subscriber: OwnedRedis;
  private readonly pending = new Set<Promise<void>>();

  constructor(url: string) {
    super();
    // A signal that cannot leave at once is worth nothing: never queue it for a Redis that is away.
    this.publisher = new OwnedRedis(url, { enableAutoPipelining: true, maxRetriesPerRequest: 1 });
    this.subscriber = new OwnedRedis(url);
    for (const client of [this.publisher, this.subscriber]) {
      client.on('error', (error: Error) => this.logger.warn({ err: error }, 'Redis connection'));
    }
    this.subscriber.on('message', (key: string, message: string) => this.listeners.deliver(key.slice(PREFIX.length), message));
  }

  override async publish(channel: string, payload: object): Promise<void> {
    try {
      await this.publisher.publish(PREFIX + channel, JSON.stringify(payload));
    } catch (error) {
      this.logger.warn({ err: error, channel }, 'signal lost');
    }
  }

  override subscribe(channel: string, listener: SignalListener): () => void {
    if (this.listeners.add(channel, listener)) this.track(this.subscriber.subscribe(PREFIX + channel));
    return () => {
      if (this.listeners.remove(channel, listener)) this.track(this.subscriber.unsubscribe(PREFIX + channel));
    };
  }

  override async ready(): Promise<void> {
    await Promise.all(this.pending);
  }

  override async close(): Promise<void> {
    this.publisher.release();
    this.subscriber.release();
  }

  private track(command: Promise<unknown>): void {
    const settled: Promise<void> = command.then(
      () => void this.pending.delete(settled),
      (error: unknown) => {
        this.pending.delete(settled);
        this.logger.warn({ err: error }, 'subscription');
      },
    );
    this.pending.add(settled);
  }
}
