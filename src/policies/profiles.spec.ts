import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { deepMerge, ProfileError, readProfiles, resolveProfiles, withHashes } from './profiles.js';

const shipped = await readProfiles();
const nanyang = shipped.get('cn-henan-nanyang-2022')!.policy;

const file = (profile: Readonly<Record<string, unknown>>) => ({
  name: `${String(profile['id'])}.json`,
  text: JSON.stringify(profile),
});
const variant = (changes: Readonly<Record<string, unknown>>) =>
  resolveProfiles([file({ ...nanyang }), file({ id: 'variant', version: 1, source: 'test', extends: nanyang.id, ...changes })]);

describe('policy profiles', () => {
  it('ships the Nanyang defaults of the notice', () => {
    expect(nanyang).toMatchObject({
      id: 'cn-henan-nanyang-2022',
      classHour: { minMinutes: 40 },
      playback: { maxRate: 1, forwardSeek: 'DENY' },
      popup: { maxGapMs: 300_000, scheduleMinMs: 150_000, scheduleMaxMs: 270_000, maxMissed: 2 },
      snapshot: { minPerPart: 1, scheduledPerPart: 2 },
      invalidation: { scope: 'SESSION' },
    });
  });

  it('lets the demo change times only and inherit every rule', () => {
    const demo = shipped.get('demo')!.policy;
    expect(demo.popup.maxGapMs).toBe(45_000);
    expect(demo.popup.kinds).toEqual(nanyang.popup.kinds);
    expect(demo.popup.maxMissed).toBe(nanyang.popup.maxMissed);
    expect(demo.face.matchDistance).toBe(nanyang.face.matchDistance);
    expect(demo.playback).toEqual(nanyang.playback);
    expect(demo).not.toHaveProperty('extends');
  });

  it('keeps five minutes between popups in every shipped profile, whatever the line does', () => {
    for (const { policy } of shipped.values()) {
      expect(policy.popup.scheduleMaxMs + policy.network.offlineGraceMs).toBeLessThanOrEqual(policy.popup.maxGapMs);
      expect(policy.popup.maxGapMs).toBeLessThanOrEqual(300_000);
    }
  });

  it('names its content by canonical JSON, so the order of keys does not matter', () => {
    const reversed = Object.fromEntries(Object.entries(nanyang).reverse());
    expect(resolveProfiles([file(reversed)]).get(nanyang.id)!.hash).toBe(shipped.get(nanyang.id)!.hash);
    expect(variant({ popup: { maxMissed: 1 } }).get('variant')!.hash).not.toBe(variant({}).get('variant')!.hash);
  });

  it('gives the id hash that reproduces the published commitment', () => {
    const zero = Buffer.from([0]);
    const secret = Buffer.from(Array.from({ length: 32 }, (_, index) => index));
    const commitment = createHash('sha256')
      .update(Buffer.concat([Buffer.from('otss/v1/commit\0'), secret, zero, Buffer.from('01J0SESSION0000000000000001'), zero]))
      .update(Buffer.from(withHashes({ ...nanyang, version: 1 }).idHash, 'hex'))
      .digest('hex');
    expect(commitment).toBe('26805177c2b834aacc380be057903a248683c31a13da5bdabb9ce8bf618f1114');
  });

  it('merges objects and replaces lists', () => {
    expect(deepMerge({ a: { b: 1, c: [1, 2] } }, { a: { c: [3] }, d: 4 })).toEqual({ a: { b: 1, c: [3] }, d: 4 });
  });

  it('extends over more than one step', () => {
    const loaded = resolveProfiles([
      file({ ...nanyang }),
      file({ id: 'a', version: 1, source: 'a', extends: nanyang.id, popup: { maxMissed: 5 } }),
      file({ id: 'b', version: 3, source: 'b', extends: 'a', popup: { responseTimeoutMs: 30_000 } }),
    ]);
    expect(loaded.get('b')!.policy).toMatchObject({ id: 'b', version: 3, popup: { maxMissed: 5, responseTimeoutMs: 30_000 } });
  });
});

describe('a profile that cannot be used stops with a sentence', () => {
  it.each([
    ['an unknown key', { popup: { maxGapMinutes: 5 } }, /variant\.json.*\n.*popup: .*maxGapMinutes/s],
    ['a number out of range', { playback: { maxRate: 16 } }, /playback\.maxRate/],
    ['a fraction of a millisecond', { popup: { maxGapMs: 300_000.5 } }, /popup\.maxGapMs/],
    ['a gap that the schedule can exceed', { popup: { scheduleMaxMs: 290_000 } }, /scheduleMaxMs \+ network\.offlineGraceMs/],
    ['a minimum over its maximum', { popup: { scheduleMinMs: 280_000 } }, /scheduleMinMs must not exceed/],
    ['a burst larger than the wire takes', { face: { framesPerSecond: 10 } }, /60 frames/],
    ['crossed match distances', { face: { matchDistance: 0.7 } }, /face\.matchDistance must not exceed/],
    ['a retry that cannot arrive in time', { snapshot: { retryDelayMs: 55_000 } }, /retryWindowMs/],
    ['a beat slower than the grace', { network: { heartbeatMs: 30_000 } }, /heartbeatMs must be shorter/],
    ['no popup kind', { popup: { kinds: [] } }, /popup\.kinds/],
    ['a parent that does not exist', { extends: 'nowhere' }, /extends "nowhere", which does not exist/],
    ['itself as parent', { extends: 'variant' }, /extends itself: variant → variant/],
    ['a missing version', { version: undefined }, /version/],
  ])('%s', (_name, changes, sentence) => {
    expect(() => variant(changes)).toThrow(ProfileError);
    expect(() => variant(changes)).toThrow(sentence);
  });

  it('a file whose name is not its id', () => {
    expect(() => resolveProfiles([{ name: 'other.json', text: JSON.stringify(nanyang) }])).toThrow(/must be cn-henan-nanyang-2022\.json/);
  });

  it('a file that is not JSON', () => {
    expect(() => resolveProfiles([{ name: 'broken.json', text: '{' }])).toThrow(/broken\.json is not JSON/);
  });
});
