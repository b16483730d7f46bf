import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { commitmentOf, policyIdHash, scheduleKey } from '@xuejian/protocol';
import type { Policy } from '../rules/policy.js';
import { drawSchedule, NO_BEACON } from './schedule.js';

const policy = JSON.parse(readFileSync(new URL('../policies/profiles/cn-henan-nanyang-2022.json', import.meta.url), 'utf8')) as Policy;
const seed = Buffer.from(Array.from({ length: 32 }, (_, index) => index));
const sessionId = '01J0SESSION0000000000000001';
const clientNonce = 'a0a1a2a3a4a5a6a7a8a9aaabacadaeaf';
const HOUR_MS = 2_400_000;

describe('the committed schedule', () => {
  it('agrees with the published test vector', () => {
    const commitment = commitmentOf({ seed, sessionId, policyIdHash: policyIdHash('cn-henan-nanyang-2022', 1) });
    expect(commitment).toBe('26805177c2b834aacc380be057903a248683c31a13da5bdabb9ce8bf618f1114');
    const input = { seed, sessionId, clientNonce, beacon: NO_BEACON };
    expect(Buffer.from(scheduleKey(input)).toString('hex')).toBe('aa4fccbe8e6c5800c0c30efb972f7b8f93c64480904cd14871afe1799e50e75d');

    const { popupGaps, snapshots } = drawSchedule({ ...input, durationMs: 2 * HOUR_MS, policy });
    let sum = 0;
    expect(popupGaps.slice(0, 12).map((gap) => (sum += gap))).toEqual([
      264843, 483618, 684166, 834230, 994171, 1154666, 1355514, 1586426, 1836370, 2030669, 2227529, 2404636,
    ]);
    expect(snapshots).toEqual([
      { part: 0, atMs: 317488 }, { part: 0, atMs: 1864117 }, { part: 1, atMs: 3511633 }, { part: 1, atMs: 4615505 },
    ]);
  });

  it('changes wholly with the client’s nonce', () => {
    const draw = (nonce: string) => drawSchedule({ seed, sessionId, clientNonce: nonce, beacon: NO_BEACON, durationMs: HOUR_MS, policy });
    expect(draw('00'.repeat(16)).popupGaps).not.toEqual(draw(clientNonce).popupGaps);
  });

  it('gives a lesson of four minutes its snapshots and its face check, each within its stratum', () => {
    const { snapshots, faceChecks } = drawSchedule({ seed, sessionId, clientNonce, beacon: NO_BEACON, durationMs: 240_000, policy });
    expect(snapshots).toHaveLength(policy.snapshot.scheduledPerPart);
    expect(snapshots[0]?.atMs).toBeLessThan(120_000);
    expect(snapshots[1]?.atMs).toBeGreaterThanOrEqual(120_000);
    expect(snapshots[1]?.atMs).toBeLessThan(240_000);
    expect(faceChecks).toHaveLength(policy.face.randomPerPart);
  });
});
