import { describe, expect, it } from '@jest/globals';
import { readProfiles } from '../policies/profiles.js';
import { accountOf } from './account.js';
import { controlsOff } from './controls.js';
import type { FindingCode } from './finding.js';
import type { Policy } from './policy.js';
import { anOpening, aPolicy, minutes, type PolicyChanges } from './testing/opening.js';
import { aSession, type Story } from './testing/story.js';
import { failureOf } from './verdict.js';

const profiles = await readProfiles();

const offIn = (policy: Policy, courseType: 'PROFESSIONAL' | 'GENERAL' = 'PROFESSIONAL') =>
  controlsOff(anOpening({ policy, courseType })).map(({ code, detail }) => [code, detail['parameter'], detail['value']]);

const SWITCHES: readonly (readonly [parameter: string, changes: PolicyChanges, code: FindingCode, value: string | number | boolean])[] = [
  ['playback.forwardSeek', { playback: { forwardSeek: 'ALLOW' } }, 'R1_FF_ENABLED', 'ALLOW'],
  ['playback.maxRate', { playback: { maxRate: 1.5 } }, 'R1_FF_ENABLED', 1.5],
  ['window.maxConcurrent', { window: { maxConcurrent: 2 } }, 'R2_MULTI_OPEN_ALLOWED', 2],
  ['visibility.onHidden', { visibility: { onHidden: 'RECORD' } }, 'R2_MULTI_OPEN_ALLOWED', 'RECORD'],
  ['visibility.pip', { visibility: { pip: 'ALLOW' } }, 'R2_MULTI_OPEN_ALLOWED', 'ALLOW'],
  ['popup.required', { popup: { required: false } }, 'R3_POPUP_DISABLED', false],
  ['popup.pausePlayback', { popup: { pausePlayback: false } }, 'R3_POPUP_DISABLED', false],
  ['popup.onTimeout', { popup: { onTimeout: 'RECORD' } }, 'R3_POPUP_DISABLED', 'RECORD'],
  ['face.required', { face: { required: false } }, 'R4_NOT_REQUIRED', false],
  ['face.when', { face: { when: ['RANDOM_PER_PART'] } }, 'R4_NOT_REQUIRED', 'RANDOM_PER_PART'],
  ['face.when', { face: { when: ['SESSION_START'], randomPerPart: 0 } }, 'R4_NOT_REQUIRED', 'SESSION_START'],
  ['camera.allowVirtual', { camera: { allowVirtual: true } }, 'R4_NOT_REQUIRED', true],
  ['sequence.scope', { sequence: { scope: 'NONE' } }, 'R5_NO_ORDER_POLICY', 'NONE'],
  ['snapshot.minPerPart', { snapshot: { minPerPart: 0 } }, 'R6_DISABLED', 0],
  ['snapshot.randomness', { snapshot: { randomness: 'FIXED_INTERVAL', intervalMs: minutes(15) } }, 'R6_NOT_RANDOM', 'FIXED_INTERVAL'],
  ['snapshot.cue', { snapshot: { cue: 'SOUND' } }, 'R6_NOT_RANDOM', 'SOUND'],
];

describe('a control that the policy switches off', () => {
  it.each(SWITCHES)('%s is found from the opening, lets the trainee study on, and leaves nothing valid', (parameter, changes, code, value) => {
    const policy = aPolicy(changes);
    expect(offIn(policy)).toEqual([[code, parameter, value]]);
    const story = aSession({ policy, durationMs: minutes(6) });
    expect(story.state.findings).toMatchObject([{ code, effect: 'REFER_PLATFORM', attribution: 'PLATFORM_CONTROL', seq: 1, at: story.state.opened.at, creditedMs: 0 }]);
    story.studiesTheLesson();
    expect(story.state).toMatchObject({ status: 'closed', isFinished: true, verdict: 'INVALID' });
    expect(failureOf(story.state)?.code).toBe(code);
    expect(accountOf(story.state).findings.find((found) => found.code === code)?.voids).toEqual([[0, story.creditedMs]]);
  });

  it('is not one where the notice asks for none: general courses may be taken in any order', () => {
    expect(offIn(aPolicy({ sequence: { scope: 'NONE' } }), 'GENERAL')).toEqual([]);
  });

  it('is not one where an interval gives every class hour its face check', () => {
    const face = { when: ['SESSION_START'], randomPerPart: 0 } as const;
    expect(offIn(aPolicy({ face: { ...face, maxIntervalMs: minutes(40) } }))).toEqual([]);
    expect(offIn(aPolicy({ face: { ...face, maxIntervalMs: minutes(40) + 1 } }))).toHaveLength(1);
  });

  it('is not one where only a number is tighter or milder', () => {
    expect(offIn(aPolicy({ popup: { maxMissed: 5 }, face: { attempts: 1, resumePauseMs: 1_000 }, visibility: { toleranceMs: 0 } }))).toEqual([]);
  });

  it('that the profile’s own law demands is recorded and held against nobody', () => {
    const departures = [{ parameter: 'snapshot.cue', provision: '某地规定' }];
    const story = (extra: PolicyChanges): Story => aSession({ policy: aPolicy({ snapshot: { cue: 'VISUAL' }, ...extra }), durationMs: minutes(6) }).studiesTheLesson();
    const lawful = story({ departures });
    expect(lawful.verdict).toBe('VALID');
    expect(lawful.state.findings).toMatchObject([{ code: 'R6_NOT_RANDOM', effect: 'RECORD_ONLY' }]);
    expect(accountOf(lawful.state).findings[0]?.voids).toEqual([]);
    expect(story({ departures: [{ parameter: 'snapshot.randomness', provision: '某地规定' }] }).verdict).toBe('INVALID');
  });
});

describe('the shipped profiles', () => {
  it('are the seven of the spec and the demonstration', () => {
    expect([...profiles.keys()]).toEqual([
      'cn-driver-theory-remote', 'cn-henan-nanyang-2022', 'cn-hubei-constructor-live', 'cn-jiangxi-safety-2024', 'cn-liaoning-2023',
      'cn-police-points-reduction', 'cn-work-safety-aq8011-like', 'demo',
    ]);
  });

  it.each([...profiles.values()].map(({ policy }) => [policy.id, policy] as const))('%s: an honest session is valid', (id, policy) => {
    const story = aSession({ policy, durationMs: id === 'demo' ? 90_000 : minutes(12) }).studiesTheLesson();
    expect(story.verdict).toBe('VALID');
    const isDriver = id === 'cn-driver-theory-remote';
    expect(offIn(policy)).toEqual(isDriver ? [['R6_NOT_RANDOM', 'snapshot.randomness', 'FIXED_INTERVAL']] : []);
    expect(story.state.findings.every(({ effect }) => effect === 'RECORD_ONLY')).toBe(true);
  });
});
