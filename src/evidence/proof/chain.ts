/** The journal's hash chain: each entry's hash covers its body and, through the hash before, every entry before it. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { canonicalJson } from './canonical.js';

/** Hash that stands before the first entry. */
export const GENESIS_HASH = '0'.repeat(64);

export interface ChainedEntry<E> {
  /** 1 for the first entry. */
  readonly seq: number;
  readonly event: E;
  /** The event as RFC 8785 canonical JSON: the same bytes everywhere, so anyone can recompute the chain. */
  readonly body: string;
  /** SHA-256 of (hash before ‖ LF ‖ canonical body), hex. */
  readonly hash: string;
}

/** The hash a body gets behind `previousHash`. Hex. */
export const chainHash = (previousHash: string, body: string): string => bytesToHex(sha256(utf8ToBytes(`${previousHash}\n${body}`)));

/** Chains events behind entry number `seq` with hash `previousHash`. */
export function chainEntries<E>(seq: number, previousHash: string, events: readonly E[]): readonly ChainedEntry<E>[] {
  let hash = previousHash;
  return events.map((event, index) => {
    const body = canonicalJson(event);
    hash = chainHash(hash, body);
    return { seq: seq + index + 1, event, body, hash };
  });
}

/** Number of the first entry that is out of order, not canonical, or not what its hash says; null when the chain holds. */
export function firstBrokenSeq(entries: readonly ChainedEntry<unknown>[]): number | null {
  let previousHash = GENESIS_HASH;
  for (const [index, { seq, event, body, hash }] of entries.entries()) {
    if (seq !== index + 1 || canonicalJson(event) !== body || chainHash(previousHash, body) !== hash) return index + 1;
    previousHash = hash;
  }
  return null;
}
