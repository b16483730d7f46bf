import { Global, Injectable, Module, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { CONFIG, type Config } from '../config/config.js';
import { MemorySignalBus } from './memory-signal-bus.js';
import { RedisSignalBus } from './redis-signal-bus.js';
import { SignalBus } from './signal-bus.js';

/** Opens the ears before the first request and closes the connections last. */
@Injectable()
class SignalBusLifetime implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(private readonly bus: SignalBus) {}

  onApplicationBootstrap(): Promise<void> {
    return this.bus.ready();
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
