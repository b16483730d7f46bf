import { ChannelListeners } from './channel-listeners.js';
import { SignalBus, type SignalListener } from './signal-bus.js';

/** Signals within one process: for an installation with a single API process. */
export class MemorySignalBus extends SignalBus {
  private readonly listeners = new ChannelListeners();

  /** Through JSON and on a later turn, so that nothing works here that would not work between nodes. */
  override async publish(channel: string, payload: object): Promise<void> {
    const message = JSON.stringify(payload);
    setImmediate(() => this.listeners.deliver(channel, message));
  }

  override subscribe(channel: string, listener: SignalListener): () => void {
    this.listeners.add(channel, listener);
    return () => void this.listeners.remove(channel, listener);
  }

  override async ready(): Promise<void> {}

  override async close(): Promise<void> {}
}
