/**
 * Committed randomness (commit–reveal with HMAC-SHA-256), on bytes: server, SDK and offline verifier build on these same
 * functions. Neither side can steer a draw: the commitment binds the server before the client's nonce exists, and
 * whoever holds the revealed seed recomputes every instant.
 */
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, hexToBytes } from '@noble/hashes/utils.js';

/** What the commitment C binds. */
export interface CommitmentInput {
  /** S: 32 random bytes of the server, secret until the session is closed. */
  readonly seed: Uint8Array;
  readonly sessionId: string;
  /** `policyIdHash(…)`, 32 bytes. */
  readonly policyIdHash: Uint8Array;
}

/** What the key of a schedule is made from. */
export interface ScheduleKeyInput {
  readonly seed: Uint8Array;
  readonly sessionId: string;
  /** N: 16 random bytes of the SDK, drawn once it has C; hex. */
  readonly clientNonce: string;
  /** B: the regulator's beacon of the day, 32 bytes as hex, zeros where there is none. */
  readonly beacon: string;
}

const utf8 = new TextEncoder();

/** What a policy is named by in the commitment: its SHA-256 counts. */
export const policyName = (id: string, version: number): Uint8Array => utf8.encode(`${id}@${version}`);
/** 32 bytes. */
export const policyIdHash = (id: string, version: number): Uint8Array => sha256(policyName(id, version));

/** The bytes whose SHA-256 is C: the SDK hashes them with the browser's own SHA-256, which costs it no code. */
export const commitmentMessage = ({ seed, sessionId, policyIdHash: policy }: CommitmentInput): Uint8Array =>
  Uint8Array.of(...utf8.encode('otss/v1/commit\0'), ...seed, ...utf8.encode(`\0${sessionId}\0`), ...policy);

/** C, published before the SDK names its nonce. 64 hex digits. */
export const commitmentOf = (input: CommitmentInput): string => bytesToHex(sha256(commitmentMessage(input)));

/** K, the key all instants are drawn from. 32 bytes. @throws Error when nonce or beacon is not hex. */
export const scheduleKey = ({ seed, sessionId, clientNonce, beacon }: ScheduleKeyInput): Uint8Array =>
  hmac(sha256, seed, concatBytes(utf8.encode(`otss/v1/schedule\0${sessionId}\0`), hexToBytes(clientNonce), hexToBytes(beacon)));

/** Number `index` of the series `label`, scaled to whole milliseconds in [lo, hi). */
export function drawMs(key: Uint8Array, label: string, index: number, lo: number, hi: number): number {
  const message = new Uint8Array(label.length + 5);
  message.set(utf8.encode(label));
  new DataView(message.buffer).setUint32(label.length + 1, index);
  const mac = hmac(sha256, key, message);
  const drawn = new DataView(mac.buffer, mac.byteOffset).getBigUint64(0);
  return lo + Number((drawn * BigInt(hi - lo)) >> 64n);
}
