/** Messages between tabs of one browser. Comfort, not proof: the lease is the server's. */
type TabMessage =
  | { readonly kind: 'asking'; readonly from: string }
  | { readonly kind: 'occupied'; readonly from: string; readonly to: string }
  | { readonly kind: 'taking'; readonly from: string };

export interface SecondTabObserver {
  /** Another tab is at a lesson already. */
  onOccupied(): void;
  /** Another tab asked, and was told that this one is live. */
  onAsked(): void;
  /** The trainee chose to go on in another tab. */
  onTaken(): void;
}

/** Tells a second tab of the same browser at once, before the server has answered. */
export class SecondTab {
  readonly #channel: BroadcastChannel | null;
  #isLive = false;

  constructor(
    private readonly instanceId: string,
    private readonly observer: SecondTabObserver,
  ) {
    this.#channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('xuejian-lesson');
    if (this.#channel) this.#channel.onmessage = (event: MessageEvent<TabMessage>) => this.#receive(event.data);
  }

  ask(): void {
    this.#post({ kind: 'asking', from: this.instanceId });
  }

  /** This tab holds the place (or no longer does). */
  setLive(isLive: boolean): void {
    this.#isLive = isLive;
  }

  take(): void {
    this.#post({ kind: 'taking', from: this.instanceId });
  }

  close(): void {
    this.#channel?.close();
  }

  #receive(message: TabMessage): void {
    if (message.from === this.instanceId) return;
    if (message.kind === 'occupied') {
      if (message.to === this.instanceId && !this.#isLive) this.observer.onOccupied();
      return;
    }
    if (!this.#isLive) return;
    if (message.kind === 'taking') {
      this.#isLive = false;
      this.observer.onTaken();
      return;
    }
    this.#post({ kind: 'occupied', from: this.instanceId, to: message.from });
    this.observer.onAsked();
  }

  #post(message: TabMessage): void {
    this.#channel?.postMessage(message);
  }
}
