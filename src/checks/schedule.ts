/**
 * The committed schedule (commit–reveal with HMAC): neither side can steer the instants of popups, snapshots and face
 * checks, and whoever holds the revealed seed recomputes every one of them.
 */
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { lessonParts } from '../rules/lesson-parts.js';
import type { Policy } from '../rules/policy.js';
import { popupGapsNeeded } from '../rules/popup-interval.js';

const NUL = Buffer.from([0]);
/** The regulator's daily beacon where none is configured. */
export const NO_BEACON = '00'.repeat(32);

export interface CommitInput {
  /** S: 32 random bytes of the server, secret until the session is sealed. */
  readonly seed: Buffer;
  readonly sessionId: string;
  /** SHA-256 of `policyId@version`, 32 bytes. */
  readonly policyIdHash: Buffer;
}

export interface DrawInput {
  readonly seed: Buffer;
  readonly sessionId: string;
  /** N: 16 random bytes of the SDK, as hex. */
  readonly clientNonce: string;
  /** B: 32 bytes, as hex. */
  readonly beacon: string;
  readonly durationMs: number;
  readonly policy: Policy;
}

export interface Schedule {
  readonly popupGaps: readonly number[];
  readonly snapshots: readonly { readonly part: number; readonly atMs: number }[];
  readonly faceChecks: readonly { readonly part: number; readonly atMs: number }[];
}

export const newSeed = (): Buffer => randomBytes(32);

/** C, published before the SDK names its nonce. Hex. */
export function commitmentOf({ seed, sessionId, policyIdHash }: CommitInput): string {
  return createHash('sha256')
    .update(Buffer.concat([Buffer.from('otss/v1/commit\0'), seed, NUL, Buffer.from(sessionId), NUL, policyIdHash]))
    .digest('hex');
}

/** K, the key all instants are drawn from. */
export function scheduleKey({ seed, sessionId, clientNonce, beacon }: Pick<DrawInput, 'seed' | 'sessionId' | 'clientNonce' | 'beacon'>): Buffer {
  return createHmac('sha256', seed)
    .update(Buffer.concat([Buffer.from('otss/v1/schedule\0'), Buffer.from(sessionId), NUL, Buffer.from(clientNonce, 'hex'), Buffer.from(beacon, 'hex')]))
    .digest();
}

/** Number `index` of the series `label`, scaled to whole milliseconds in [lo, hi). */
export function drawMs(key: Buffer, label: string, index: number, lo: number, hi: number): number {
  const counter = Buffer.alloc(4);
  counter.writeUInt32BE(index);
  const u = createHmac('sha256', key).update(Buffer.concat([Buffer.from(label), NUL, counter])).digest().readBigUInt64BE();
  return lo + Number((u * BigInt(hi - lo)) >> 64n);
}

/** Draws the whole schedule of a session: gaps on played time, instants on the credited timeline, per part of the lesson. */
export function drawSchedule(input: DrawInput): Schedule {
  const { durationMs, policy } = input;
  const key = scheduleKey(input);
  const { scheduleMinMs, scheduleMaxMs } = policy.popup;
  const perPart = policy.snapshot.scheduledPerPart;
  const parts = lessonParts(durationMs, policy);
  const strata = (count: number, label: string) =>
    parts.flatMap(({ index: part, fromMs, toMs }) =>
      Array.from({ length: count }, (_, k) => ({
        part,
        atMs: drawMs(key, label, count * part + k, fromMs + Math.floor(((toMs - fromMs) * k) / count), fromMs + Math.floor(((toMs - fromMs) * (k + 1)) / count)),
      })),
    );
  return {
    popupGaps: Array.from({ length: popupGapsNeeded(durationMs, policy) }, (_, index) => drawMs(key, 'popup', index, scheduleMinMs, scheduleMaxMs)),
    snapshots: strata(perPart, 'snapshot'),
    faceChecks: strata(policy.face.randomPerPart, 'face'),
  };
}
