import type { PlaybackBeat, WindowReport } from '@xuejian/protocol';

/** A beat before it is numbered: `seq` and `nonce` are set when it leaves. */
export type BeatDraft = Omit<PlaybackBeat, 'seq' | 'nonce'>;

export type OutboxEntry =
  | { readonly kind: 'beat'; readonly beat: BeatDraft }
  | { readonly kind: 'report'; readonly report: WindowReport };

/** Why an entry never reached the server. */
export type DropReason =
  /** The outbox was full; the oldest made room. */
  | 'OVERFLOW'
  /** The server would not take it. */
  | 'REFUSED'
  /** Another place holds the lease. */
  | 'PLACE_LOST'
  /** The session is closed. */
  | 'CLOSED';

export type DropCounts = Readonly<Record<DropReason, number>>;

/**
 * What waits for an acknowledgement, in order, across reconnects. Bounded: when it is full the oldest entry that is not
 * on its way gives place, for the newest says where the lesson stands. Nothing is lost without being counted.
 */
export class Outbox {
  readonly #entries: OutboxEntry[] = [];
  readonly #dropped: Record<DropReason, number> = { OVERFLOW: 0, REFUSED: 0, PLACE_LOST: 0, CLOSED: 0 };
  #isHeadSent = false;

  constructor(private readonly capacity = 256) {}

  get size(): number {
    return this.#entries.length;
  }

  get dropped(): DropCounts {
    return { ...this.#dropped };
  }

  push(entry: OutboxEntry): void {
    if (this.#entries.length >= this.capacity) {
      this.#entries.splice(this.#isHeadSent ? 1 : 0, 1);
      this.#dropped.OVERFLOW += 1;
    }
    this.#entries.push(entry);
  }

  /** The entry to send next; it keeps its place until `settle`. */
  take(): OutboxEntry | null {
    const head = this.#entries[0] ?? null;
    this.#isHeadSent = head !== null;
    return head;
  }

  /** The head was acknowledged, or found among what the server already holds. */
  settle(): void {
    this.#entries.shift();
    this.#isHeadSent = false;
  }

  /** The head will never be taken by the server. */
  refuse(): void {
    if (this.#entries.shift()) this.#dropped.REFUSED += 1;
    this.#isHeadSent = false;
  }

  clear(reason: DropReason): void {
    this.#dropped[reason] += this.#entries.length;
    this.#entries.length = 0;
    this.#isHeadSent = false;
  }
}
