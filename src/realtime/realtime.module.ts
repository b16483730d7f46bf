import { Global, Injectable, Logger, Module, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { withTimeout } from '../common/with-timeout.js';
import { CONFIG, type Config } from '../config/config.js';
import { MemorySignalBus } from './memory-signal-bus.js';
import { RedisSignalBus } from './redis-signal-bus.js';
import { SignalBus } from './signal-bus.js';

/** Without Redis the process starts all the same: signals only make others look sooner. */
const WAIT_MS = 5000;

/** Opens the ears before the first request and closes the connections last. */
@Injectable()
class SignalBusLifetime implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('SignalBus');

  constructor(private readonly bus: SignalBus) {}

  async onApplicationBootstrap(): Promise<void> {
    await withTimeout(this.bus.ready(), WAIT_MS).catch((error: unknown) => this.logger.warn({ err: error }, 'no signals yet'));
  }

  onApplicationShutdown(): Promise<void> {
    return this.bus.close();
  }
}

/** Signals between nodes: over Redis when there is one, otherwise within the process. */
@Global()
@Module({
  providers: [
    {
      provide: SignalBus,
      inject: [CONFIG],
      useFactory: ({ redisUrl }: Config): SignalBus => (redisUrl === null ? new MemorySignalBus() : new RedisSignalBus(redisUrl)),
    },
    SignalBusLifetime,
  ],
  exports: [SignalBus],
})
export class RealtimeModule {}
