import type { BeatAck, Joined, PlaybackBeat } from '@xuejian/protocol';
import type { BeatDraft } from './outbox.js';

/**
 * The nonce chain: every beat carries the nonce of the last acknowledgement and the next sequence number, so at most one
 * beat is on its way. Numbers are given at sending, not at capture: a beat dropped before it left makes no gap.
 */
export class BeatChain {
  #nonce: string | null = null;
  #lastSeq = 0;
  #sentSeq: number | null = null;

  get lastSeq(): number {
    return this.#lastSeq;
  }

  /**
   * Takes up the chain where the server holds it.
   * @returns true when the beat that was on its way before the drop is already in the journal.
   */
  joined(joined: Pick<Joined, 'nonce' | 'lastSeq'>): boolean {
    const isStored = this.#sentSeq !== null && this.#sentSeq <= joined.lastSeq;
    this.#nonce = joined.nonce;
    this.#lastSeq = joined.lastSeq;
    this.#sentSeq = null;
    return isStored;
  }

  seal(draft: BeatDraft): PlaybackBeat {
    if (this.#nonce === null) throw new Error('a beat needs the nonce of a join');
    this.#sentSeq = this.#lastSeq + 1;
    return { ...draft, seq: this.#sentSeq, nonce: this.#nonce };
  }

  acknowledged(ack: Pick<BeatAck, 'seq' | 'nonce'>): void {
    this.#nonce = ack.nonce;
    this.#lastSeq = ack.seq;
    this.#sentSeq = null;
  }
}
