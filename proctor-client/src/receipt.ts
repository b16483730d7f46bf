import { commitmentMessage, policyName, type Joined, type SessionClosed } from '@xuejian/protocol';

/** What the trainee holds in hand afterwards: the random instants were fixed before this page could influence them. */
export interface Receipt {
  readonly sessionId: string;
  /** C, as the page had it before it named its nonce; 64 hex digits. */
  readonly commitment: string;
  /** S, revealed at the end; 64 hex digits. */
  readonly seed: string;
  /** True when the revealed secret is the one that was committed to. */
  readonly kept: boolean;
}

/** Keeps the commitment of a session from before its nonce was sent, and holds the revealed secret against it. */
export class ReceiptKeeper {
  #joined: Pick<Joined, 'sessionId' | 'policy'> | null = null;

  constructor(private readonly commitment: string | undefined) {}

  joined(joined: Pick<Joined, 'sessionId' | 'policy'>): void {
    this.#joined ??= joined;
  }

  /** Null when there is nothing to check: no commitment was given, or the session is not over for good. */
  async closed({ sessionId, seed }: Pick<SessionClosed, 'sessionId' | 'seed'>): Promise<Receipt | null> {
    const { commitment } = this;
    if (commitment === undefined || seed === null || this.#joined?.sessionId !== sessionId) return null;
    const { id, version } = this.#joined.policy;
    const message = commitmentMessage({ seed: bytesOf(seed), sessionId, policyIdHash: bytesOf(await sha256Hex(policyName(id, version))) });
    return { sessionId, commitment, seed, kept: (await sha256Hex(message)) === commitment };
  }
}

/** A page with a camera is a secure context, so the browser's own SHA-256 is there. */
async function sha256Hex(data: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', Uint8Array.from(data));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(hex.match(/../g) ?? [], (byte) => parseInt(byte, 16));
