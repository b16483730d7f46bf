import type { Clock } from '../clock.js';
import type { ConnectionState } from './study-connection.js';

/** Lets play go on through a short drop and says when the grace is over, counted from the last word of the server. */
export class OfflineWatch {
  #cancel: (() => void) | null = null;

  constructor(
    private readonly clock: Clock,
    private readonly onOffline: (isOffline: boolean) => void,
  ) {}

  changed(state: ConnectionState, lastContactAt: number, graceMs: number): void {
    if (state !== 'OFFLINE') {
      this.stop();
      if (state === 'ONLINE' || state === 'BLOCKED') this.onOffline(false);
      return;
    }
    this.#cancel ??= this.clock.after(Math.max(0, lastContactAt + graceMs - this.clock.mono()), () => this.onOffline(true));
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }
}
