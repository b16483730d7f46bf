import { Logger } from '@nestjs/common';
import type { SignalListener } from './signal-bus.js';

/** Who listens to which channel in this process. One listener's error is its own. */
export class ChannelListeners {
  private readonly logger = new Logger('SignalBus');
  private readonly byChannel = new Map<string, Set<SignalListener>>();

  /** Returns true for the first listener of a channel. */
  add(channel: string, listener: SignalListener): boolean {
    const listeners = this.byChannel.get(channel);
    if (listeners === undefined) this.byChannel.set(channel, new Set([listener]));
    else listeners.add(listener);
    return listeners === undefined;
  }

  /** Returns true when nobody is left on the channel. */
  remove(channel: string, listener: SignalListener): boolean {
    const listeners = this.byChannel.get(channel);
    if (listeners === undefined || !listeners.delete(listener) || listeners.size > 0) return false;
    return this.byChannel.delete(channel);
  }

  deliver(channel: string, message: string): void {
    for (const listener of [...(this.byChannel.get(channel) ?? [])]) {
      try {
        listener(JSON.parse(message));
      } catch (error) {
        this.logger.error({ err: error, channel }, 'signal not taken');
      }
    }
  }
}
