import { createHmac } from 'node:crypto';

/** How far a buffered beat's nonce may lie behind the last acknowledgement (one offline grace of beats and more). */
const WINDOW = 64;

/**
 * The nonces of a session's beats. Each acknowledgement hands out the next; a beat has to carry one that was handed
 * out, and never an older one than the beat before it. Derived from the seed, so that a restart loses nothing.
 */
export class NonceChain {
  private readonly key: Buffer;
  private lastCarried = 0;

  constructor(seed: Buffer, private readonly sessionId: string) {
    this.key = createHmac('sha256', seed).update('otss/v1/nonce').digest();
  }

  /** The nonce handed out with the acknowledgement of beat `seq` (0: with the join). */
  after(seq: number): string {
    return createHmac('sha256', this.key).update(`${this.sessionId}:${seq}`).digest('hex').slice(0, 32);
  }

  /** Whether `nonce` was handed out with one of the acknowledgements up to `lastSeq`, not before the one carried last. */
  accepts(nonce: string, lastSeq: number): boolean {
    for (let seq = lastSeq; seq >= Math.max(this.lastCarried, lastSeq - WINDOW); seq -= 1) {
      if (this.after(seq) === nonce) {
        this.lastCarried = seq;
        return true;
      }
    }
    return false;
  }
}
