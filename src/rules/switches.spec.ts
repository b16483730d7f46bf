import { describe, expect, it } from '@jest/globals';
import { readProfiles } from '../policies/profiles.js';
import type { SessionEvent } from './event.js';
import { fixedInstants, lessonParts } from './lesson-parts.js';
import type { Policy } from './policy.js';
import { randomFaceChecksPerPart } from './policy.js';
import { completePolicy } from './policy-history.js';
import { replay } from './step.js';
import { NANYANG } from './testing/nanyang-policy.js';
import { aPolicy, minutes, seconds, type PolicyChanges } from './testing/opening.js';
import { aSession, type SessionSetup, type Story } from './testing/story.js';
import { verdictOf } from './verdict.js';

const profiles = await readProfiles();
const FAR = minutes(200);

/** Ten minutes in which nothing is asked but the first face check, unless told otherwise. */
const quiet = (changes: PolicyChanges, setup: SessionSetup = {}): Story =>
  aSession({ popupGaps: [minutes(4), minutes(4), minutes(4), minutes(4)], snapshots: [{ part: 0, atMs: seconds(30) }], faceChecks: [], ...setup, policy: aPolicy(changes) });
const count = (story: Story, type: SessionEvent['type']): number => story.journal.filter((event) => event.type === type).length;
/** What the story failed of beside the switch itself. */
const failures = (story: Story): readonly string[] => story.state.findings.filter(({ effect }) => effect === 'INVALIDATE_SESSION').map(({ code }) => code);

describe('what a policy allows is not held against the trainee', () => {
  it('seeking ahead: what is skipped is merely not credited', () => {
    const skips = (forwardSeek: 'ALLOW' | 'DENY'): Story =>
      quiet({ playback: { forwardSeek } }).begins().plays(minutes(1)).seeksTo(minutes(5)).plays(minutes(2));
    const story = skips('ALLOW');
    expect(failures(story)).toEqual([]);
    expect(story.creditedMs).toBe(minutes(3));
    expect(story.playsToTheEnd().finishes().creditedMs).toBe(minutes(10));
    expect(skips('DENY').failure).toBe('R1_FORWARD_SEEK');
  });

  it('playing on while hidden', () => {
    const hides = (onHidden: 'PAUSE' | 'RECORD'): Story => {
      const story = quiet({ visibility: { onHidden } }).begins().ignoresHolds().plays(minutes(1));
      story.browser.isVisible = false;
      return story.reports('HIDDEN').timePasses(minutes(1));
    };
    const story = hides('RECORD');
    expect(story.state.holds).toEqual([]);
    expect(failures(story)).toEqual([]);
    expect(story.codes).toContain('PAGE_HIDDEN');
    expect(hides('PAUSE').failure).toBe('R2_BACKGROUND_PLAY');
  });

  it('picture-in-picture', () => {
    const shrinks = (pip: 'ALLOW' | 'DENY'): Story => {
      const story = quiet({ visibility: { pip } }).begins().ignoresHolds().plays(minutes(1));
      story.browser.isInPictureInPicture = true;
      return story.reports('PIP_ENTERED').timePasses(minutes(1));
    };
    expect(failures(shrinks('ALLOW'))).toEqual([]);
    expect(shrinks('ALLOW').state.holds).toEqual([]);
    expect(shrinks('DENY').failure).toBe('R2_PIP_PLAY');
  });

  it('a second place that plays on', () => {
    const plays = (maxConcurrent: number): Story => {
      const story = quiet({ window: { maxConcurrent } }).begins().plays(minutes(1));
      const { connectionId } = story.browser;
      return story.takesOverOn('phone').timePasses(seconds(20)).happens({ type: 'beat.refused', connectionId, reason: 'LEASE_LOST', state: 'PLAYING' });
    };
    expect(failures(plays(2))).toEqual([]);
    expect(plays(1).failure).toBe('R2_CONCURRENT_PLAY');
  });

  it('watching again is never credited twice, and on record only where it is not allowed', () => {
    const rewinds = (rewind: 'ALLOW' | 'DENY'): Story => quiet({ playback: { rewind } }).begins().plays(minutes(3)).seeksTo(0).plays(minutes(2));
    expect(rewinds('ALLOW').codes).not.toContain('R1_REWOUND');
    const story = rewinds('DENY');
    expect(story.codes.filter((code) => code === 'R1_REWOUND')).toHaveLength(1);
    expect(story.creditedMs).toBe(minutes(3));
    expect(story.playsToTheEnd().finishes().verdict).toBe('VALID');
  });
});

describe('popups', () => {
  it('are not shown, asked for or missed where the policy has none', () => {
    const story = quiet({ popup: { required: false } }, { popupGaps: [seconds(30), seconds(30)], popupClockMs: minutes(5) }).studiesTheLesson();
    expect(count(story, 'popup.issued')).toBe(0);
    expect(failures(story)).toEqual([]);
  });

  it('begin a session where no face check does', () => {
    const story = quiet({ face: { when: ['RANDOM_PER_PART'] } }).joined().timePasses(seconds(1));
    expect(count(story, 'popup.issued')).toBe(1);
    expect(count(story, 'liveness.requested')).toBe(0);
    expect(quiet({}).joined().timePasses(seconds(1)).journal.some(({ type }) => type === 'popup.issued')).toBe(false);
  });

  it('hold nothing where the policy does not pause for them', () => {
    const story = quiet({ popup: { pausePlayback: false } }).begins().leavesPopupUnanswered().plays(minutes(4)).timePasses(seconds(10));
    expect(story.state.slices.R3.open).not.toBeNull();
    expect(story.state.holds).toEqual([]);
    expect(story.timePasses(seconds(20)).creditedMs).toBe(minutes(4) + seconds(30));
  });

  it('that are missed cost nothing where the policy only records them, and may not be more than allowed', () => {
    const story = quiet({ popup: { onTimeout: 'RECORD' } }).begins().leavesPopupUnanswered().plays(minutes(4)).timePasses(seconds(70));
    expect(story.state.findings.find(({ code }) => code === 'R3_MISSED')).toMatchObject({ effect: 'RECORD_ONLY' });
    expect(story.state.ledger.withheldMs).toBe(0);
    expect(quiet({}).begins().leavesPopupUnanswered().plays(minutes(4)).timePasses(seconds(70)).state.ledger.withheldMs).toBeGreaterThan(0);
    expect(failures(quiet({ popup: { onTimeout: 'RECORD', maxMissed: 0 } }).begins().leavesPopupUnanswered().plays(minutes(6)))).toEqual(['R3_POPUP_UNANSWERED']);
  });
});

describe('face checks', () => {
  const requests = (story: Story): readonly string[] => story.journal.flatMap((event) => (event.type === 'liveness.requested' ? [event.reason] : []));

  it('are asked for at the latest when the policy’s interval of credited time is over', () => {
    const story = quiet({ face: { maxIntervalMs: minutes(3) } }, { durationMs: minutes(10), popupGaps: [FAR] }).studiesTheLesson();
    expect(requests(story)).toEqual(['SESSION_START', 'INTERVAL', 'INTERVAL', 'INTERVAL']);
    expect(story.verdict).toBe('VALID');
    const passed = story.state.slices.R4.passes.map(({ creditedMs }) => Math.round(creditedMs / 1_000));
    expect(passed).toEqual([0, 180, 360, 540]);
    expect(requests(quiet({}, { popupGaps: [minutes(4), minutes(4), minutes(4)] }).studiesTheLesson())).toEqual(['SESSION_START']);
  });

  it('are counted from any pass: one at random begins the interval again', () => {
    const story = quiet({ face: { maxIntervalMs: minutes(6) } }, { faceChecks: [{ part: 0, atMs: minutes(5) }] }).studiesTheLesson();
    expect(requests(story)).toEqual(['SESSION_START', 'RANDOM']);
  });

  it('are left out on occasions that the policy does not name', () => {
    const story = quiet({ face: { when: ['SESSION_START', 'RANDOM_PER_PART'] } }).begins().plays(minutes(1)).pauses(minutes(11)).resumes().timePasses(seconds(30));
    expect(requests(story)).toEqual(['SESSION_START']);
    expect(requests(quiet({}).begins().plays(minutes(1)).pauses(minutes(11)).resumes().timePasses(seconds(30)))).toEqual(['SESSION_START', 'RESUME']);
    expect(requests(quiet({ face: { when: ['SESSION_START', 'RANDOM_PER_PART'] } }).begins().plays(minutes(1)).takesOverOn('phone'))).toEqual(['SESSION_START']);
  });

  it('are asked for on no occasion at all where the policy requires none', () => {
    const story = quiet({ face: { required: false } }).joined().plays(minutes(1)).pauses(minutes(11)).resumes().timePasses(seconds(30)).takesOverOn('phone');
    expect(requests(story)).toEqual([]);
  });

  it('stop the clock, and void nothing, where the policy says so', () => {
    const stops = (onFail: Policy['face']['onFail']): Story => {
      const story = quiet({ face: { onFail } });
      story.trainee.bursts.push('STRANGER', 'STRANGER', 'STRANGER');
      return story.studiesTheLesson();
    };
    expect(stops('STOP_TIMING').verdict).toBe('VALID');
    expect(stops('SUSPEND_AND_REVIEW').failure).toBe('R4_MISMATCH');
  });

  it('are as many as a day of study demands', () => {
    const perPart = (changes: PolicyChanges): number => randomFaceChecksPerPart(aPolicy(changes));
    expect(perPart({})).toBe(1);
    expect(perPart({ face: { randomPerPart: 3 } })).toBe(3);
    // Eight hours of 40 minutes are twelve class hours: 8 a day are met by one each, 13 are not.
    expect(perPart({ face: { randomPerDay: 8 } })).toBe(1);
    expect(perPart({ face: { randomPerDay: 12 } })).toBe(1);
    expect(perPart({ face: { randomPerDay: 13 } })).toBe(2);
    expect(perPart({ face: { randomPerDay: 8 }, daily: { maxHours: 4 } })).toBe(2);
    expect(perPart({ face: { randomPerDay: 8, required: false } })).toBe(0);
    expect(perPart({ face: { randomPerDay: 8, when: ['SESSION_START'] } })).toBe(0);
  });
});

describe('numbers of another province', () => {
  it('cut the same lesson into parts of 45 minutes under Liaoning’s, with no other code', () => {
    const ends = (id: string): readonly number[] => lessonParts(minutes(90), profiles.get(id)!.policy).map(({ toMs }) => toMs / 60_000);
    expect(ends('cn-liaoning-2023')).toEqual([45, 90]);
    expect(ends('cn-henan-nanyang-2022')).toEqual([40, 80, 90]);
  });

  it('put photographs at sign-in, at the interval and at sign-out', () => {
    const policy = profiles.get('cn-driver-theory-remote')!.policy;
    const at = (durationMs: number) => fixedInstants(durationMs, minutes(15), policy).map(({ part, atMs }) => [part, atMs / 60_000]);
    expect(at(minutes(90)).slice(1)).toEqual([[0, 15], [0, 30], [1, 45], [1, 60], [1, 75], [2, 90]]);
    expect(at(minutes(90))[0]).toEqual([0, 1 / 60]);
    // Sign-out is so near that the interval's own would be a second one of the same minute.
    expect(at(minutes(30) + seconds(59)).slice(1)).toEqual([[0, 15], [0, 30 + 59 / 60]]);
    expect(at(minutes(31)).slice(1)).toEqual([[0, 15], [0, 30], [0, 31]]);
    expect(new Set(at(minutes(81)).map(([part]) => part))).toEqual(new Set([0, 1, 2]));
  });
});

describe('a past verdict', () => {
  const told = () => aSession({ durationMs: minutes(6) }).studiesTheLesson().journal;

  it('is not moved by a newer profile: the journal carries its own', () => {
    const stored = JSON.parse(JSON.stringify(told())) as SessionEvent[];
    expect(verdictOf(replay(stored))).toBe('VALID');
    const stricter = aPolicy({ completion: { minCoverage: 1 }, snapshot: { minPerPart: 2 }, face: { maxIntervalMs: minutes(1) } });
    const under = stored.map((event) => (event.type === 'session.opened' ? { ...event, policy: stricter } : event));
    expect(verdictOf(replay(under))).not.toBe('VALID');
  });

  it('is the same under a policy of the first shape, which left much unsaid', () => {
    const { acts, actKinds: _kinds, accessibleActKinds: _easier, accessibleActs: _fewer, accessibleActWindowMs: _longer, transferMs: _transfer, ...face } = NANYANG.face;
    const first = {
      ...NANYANG, face: { ...face, acts }, version: 1, classHour: { minMinutes: 40 }, completion: { minCoverage: 0.995 }, invalidation: { scope: 'SESSION' }, unverified: undefined,
      departures: undefined, camera: undefined, retention: undefined, replay: undefined,
    };
    const old = JSON.parse(JSON.stringify(told().map((event) => (event.type === 'session.opened' ? { ...event, policy: first } : event)))) as SessionEvent[];
    const state = replay(old);
    expect(verdictOf(state)).toBe('VALID');
    expect(state.status !== 'unopened' && state.opened.policy).toMatchObject({ version: 1, classHour: { rounding: 'FLOOR' }, camera: { allowVirtual: true } });
    expect(completePolicy(NANYANG)).toBe(NANYANG);
    const { version: _v1, departures: _none, ...unsaid } = first;
    const { replay: _replay, ...unlooked } = NANYANG;
    const second = { ...unlooked, face: { ...unsaid.face, passiveDoubt: 0.9 } } as unknown as Policy;
    const kinds = ['OPEN_MOUTH', 'TURN_LEFT', 'TURN_RIGHT'];
    // What it did say stays; a score that nobody weighed then is not weighed now.
    expect(completePolicy(second)).toEqual({
      ...NANYANG,
      face: { ...NANYANG.face, accessibleActs: acts, accessibleActWindowMs: NANYANG.face.actWindowMs, actKinds: kinds, accessibleActKinds: kinds, passiveDoubt: 0 },
      camera: { ...NANYANG.camera, doubtScore: 1 },
      snapshot: { ...NANYANG.snapshot, minContrast: 0 },
      replay: { nearBits: -1, nearDifference: -1, stillDistance: -1 },
    });
  });
});
