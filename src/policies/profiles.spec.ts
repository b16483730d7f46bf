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

describe('the profiles of other regimes', () => {
  /** Sections that differ from Nanyang's, as far as they differ. */
  const differing = (id: string) =>
    Object.fromEntries(
      Object.entries(shipped.get(id)!.policy).flatMap(([section, values]: [string, unknown]) => {
        const base = (nanyang as unknown as Readonly<Record<string, unknown>>)[section];
        if (['id', 'version', 'source', 'unverified', 'departures', 'report'].includes(section) || JSON.stringify(values) === JSON.stringify(base)) return [];
        if (Array.isArray(values)) return [[section, values]];
        const changed = Object.entries(values as object).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify((base as Record<string, unknown>)[name]));
        return [[section, Object.fromEntries(changed)]];
      }),
    );

  it.each([
    ['cn-liaoning-2023', ['popup', 'snapshot', 'window'], { classHour: { minMinutes: 45 }, online: { maxShareOfTotal: 0.5, exemptOccupations: ['KNOWLEDGE_SKILL'] } }],
    ['cn-jiangxi-safety-2024', ['popup', 'face', 'classHour'], { retention: { specialOperationsYears: 6, managersYears: 3 }, support: { answerHours: 2, fixWorkdays: 3 } }],
    ['cn-hubei-constructor-live', [], {
      face: { randomPerDay: 8 }, invalidation: { scope: 'SEGMENT', maxMissedChecks: 9, ofChecks: 48 },
      makeup: { approval: 'NONE', deadline: 'WORKDAYS_AFTER_LIVE', deadlineWorkdaysAfterLive: 3 },
    }],
    ['cn-driver-theory-remote', ['daily'], {
      snapshot: { randomness: 'FIXED_INTERVAL', intervalMs: 900_000 }, face: { maxIntervalMs: 600_000, onFail: 'STOP_TIMING' }, daily: { maxClassHours: 4 }, retention: { archiveYears: 4 },
    }],
    ['cn-police-points-reduction', [], { session: { totalMinutes: 30, withinDays: 3 }, completion: { requireTest: true }, invalidation: { scope: 'STUDY_RECORD' } }],
    ['cn-work-safety-aq8011-like', ['all'], {
      exclude: ['BROWSING', 'TESTING', 'AFTER_FAILED_IDENTITY', 'OVER_DAILY_CAP'], daily: { maxHours: 8 }, completion: { requireTest: true }, retention: { archiveYears: 3 },
    }],
  ])('%s differs from Nanyang’s in what its source says, and names what was not verified', (id, unverified, changes) => {
    expect(differing(id)).toEqual(changes);
    expect(shipped.get(id)!.policy.unverified).toEqual(unverified);
  });
});

describe('a profile that cannot be used stops with a sentence', () => {
  it.each([
    ['an unknown key', { popup: { maxGapMinutes: 5 } }, /variant\.json.*\n.*popup: .*maxGapMinutes/s],
    ['a number out of range', { playback: { maxRate: 16 } }, /playback\.maxRate/],
    ['a fraction of a millisecond', { popup: { maxGapMs: 300_000.5 } }, /popup\.maxGapMs/],
    ['a gap that the schedule can exceed', { popup: { scheduleMaxMs: 290_000 } }, /scheduleMaxMs \+ network\.offlineGraceMs/],
    ['a minimum over its maximum', { popup: { scheduleMinMs: 280_000 } }, /scheduleMinMs must not exceed/],
    ['a burst larger than the wire takes', { face: { framesPerSecond: 11 } }, /40 frames/],
    ['crossed match distances', { face: { matchDistance: 0.7 } }, /face\.matchDistance must not exceed/],
    ['a retry that cannot arrive in time', { snapshot: { retryDelayMs: 55_000 } }, /retryWindowMs/],
    ['a beat slower than the grace', { network: { heartbeatMs: 30_000 } }, /heartbeatMs must be shorter/],
    ['no popup kind', { popup: { kinds: [] } }, /popup\.kinds/],
    ['a cap to be over that is not set', { exclude: ['OVER_DAILY_CAP'] }, /daily\.\* sets no cap/],
    ['an exclusion named twice', { exclude: ['TESTING', 'TESTING'] }, /exclude: names one thing twice/],
    ['an interval without fixed instants', { snapshot: { intervalMs: 600_000 } }, /exactly under snapshot\.randomness FIXED_INTERVAL/],
    ['fixed instants without an interval', { snapshot: { randomness: 'FIXED_INTERVAL' } }, /exactly under snapshot\.randomness FIXED_INTERVAL/],
    ['an interval that leaves a class hour empty', { snapshot: { randomness: 'FIXED_INTERVAL', intervalMs: 2_400_001 } }, /must not exceed a class hour/],
    ['random face checks on no occasion', { face: { when: ['SESSION_START'] } }, /RANDOM_PER_PART exactly when/],
    ['more tries at once than in all', { face: { lockoutAfter: 2 } }, /must not exceed face\.lockoutAfter/],
    ['an unverified parameter that does not exist', { unverified: ['popup.colour'] }, /unverified names a section or a parameter/],
    ['a departure of a parameter that does not exist', { departures: [{ parameter: 'popup.colour', provision: 'x' }] }, /departures names a parameter/],
    ['a departure without its provision', { departures: [{ parameter: 'popup.required' }] }, /departures\.0\.provision/],
    ['missed checks of nothing', { invalidation: { maxMissedChecks: 9 } }, /belongs to invalidation\.ofChecks/],
    ['minutes within no days', { session: { totalMinutes: 30 } }, /belong together/],
    ['working days without a deadline by them', { makeup: { deadlineWorkdaysAfterLive: 3 } }, /WORKDAYS_AFTER_LIVE/],
    ['a share over the whole', { online: { maxShareOfTotal: 1.01 } }, /online\.maxShareOfTotal/],
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
