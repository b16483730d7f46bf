import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { commitmentOf, policyIdHash, scheduleKey } from '@xuejian/protocol';
import { readProfiles } from '../policies/profiles.js';
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

  it('is fixed where a regime wants photographs at an interval, and still drawn in everything else', async () => {
    const profiles = await readProfiles();
    const draw = (id: string) => drawSchedule({ seed, sessionId, clientNonce, beacon: NO_BEACON, durationMs: HOUR_MS, policy: profiles.get(id)!.policy });
    const driver = draw('cn-driver-theory-remote');
    expect(driver.snapshots).toEqual([1_000, 900_000, 1_800_000, HOUR_MS].map((atMs) => ({ part: 0, atMs })));
    expect(driver.popupGaps).toEqual(draw('cn-henan-nanyang-2022').popupGaps);
    expect(driver.faceChecks).toEqual(draw('cn-henan-nanyang-2022').faceChecks);
  });

  it('holds as many random face checks as a day of study asks for, and none where none are required', () => {
    const draw = (face: Partial<Policy['face']>) => drawSchedule({ seed, sessionId, clientNonce, beacon: NO_BEACON, durationMs: HOUR_MS, policy: { ...policy, face: { ...policy.face, ...face } } });
    expect(draw({ randomPerDay: 13 }).faceChecks).toHaveLength(2);
    expect(draw({ required: false }).faceChecks).toEqual([]);
  });

  it('is the same under a policy of the first shape', () => {
    const { departures: _departures, ...rest } = policy;
    const { intervalMs: _interval, randomness: _randomness, ...snapshot } = policy.snapshot;
    const first = { ...rest, snapshot } as unknown as Policy;
    const draw = (of: Policy) => drawSchedule({ seed, sessionId, clientNonce, beacon: NO_BEACON, durationMs: HOUR_MS, policy: of });
    expect(draw(first)).toEqual(draw(policy));
  });
});
