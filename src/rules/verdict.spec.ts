import { describe, expect, it } from '@jest/globals';
import { accountOf } from './account.js';
import { effectOf, judged } from './effects.js';
import { FINDING_KINDS, finding, type FindingCode } from './finding.js';
import type { InvalidationScope } from './policy.js';
import { standingMs, voided } from './scope.js';
import type { ClosedSession } from './state.js';
import { replay } from './step.js';
import { anOpening, aPolicy, minutes, MORNING, seconds, type PolicyChanges } from './testing/opening.js';
import { aSession, type SessionSetup, type Story } from './testing/story.js';
import { endVerdict, failureOf, readings } from './verdict.js';

const under = (scope: InvalidationScope): PolicyChanges => ({ invalidation: { scope } });
/** Ninety minutes: two class hours and ten minutes, each with its pictures, without other checks than popups. */
const long = (scope: InvalidationScope, setup: SessionSetup = {}): Story =>
  aSession({ durationMs: minutes(90), courseType: 'GENERAL', faceChecks: [], ...setup, policy: aPolicy(under(scope)) });

/** Plays on for twenty seconds while the page is hidden, at minute `at` of the lesson. */
function playsHidden(story: Story, at: number): Story {
  story.plays(minutes(at) - story.positionMs).ignoresHolds();
  story.browser.isVisible = false;
  story.reports('HIDDEN').timePasses(seconds(20));
  if (story.state.status === 'closed') return story;
  story.browser.isVisible = true;
  story.browser.obeysHolds = true;
  return story.reports('VISIBLE').timePasses(seconds(1));
}
const toTheEnd = (story: Story): Story => story.playsToTheEnd().finishes();
const voidsOfCode = (story: Story, code: FindingCode) => accountOf(story.state).findings.filter((found) => found.code === code).map(({ voids }) => voids);

describe('what a failed check voids', () => {
  it('is the session, which ends, unless the policy says otherwise', () => {
    const story = playsHidden(long('SESSION').begins(), 50);
    expect(story.state).toMatchObject({ status: 'closed', verdict: 'INVALID', isFinished: false });
    expect(failureOf(story.state)).toMatchObject({ code: 'R2_BACKGROUND_PLAY', effect: 'INVALIDATE_SESSION' });
    // The hour before stands class hour by class hour, but the lesson was not studied to its end.
    expect(readings(story.state)).toEqual({ policy: 'INVALID', strict: 'INVALID', classHour: 'INCOMPLETE' });
    expect(accountOf(story.state).creditedMs).toBeGreaterThan(minutes(49));
  });

  it('is the study record, where a regime speaks of one: the same, and the session ends', () => {
    const story = playsHidden(long('STUDY_RECORD').begins(), 5);
    expect(story.state).toMatchObject({ status: 'closed', verdict: 'INVALID' });
  });

  it('is the class hour, and the session goes on to its end', () => {
    const story = toTheEnd(playsHidden(long('CLASS_HOUR').begins(), 50));
    expect(story.state).toMatchObject({ status: 'closed', verdict: 'VALID', isFinished: true });
    expect(failureOf(story.state)).toBeNull();
    expect(readings(story.state)).toEqual({ policy: 'VALID', strict: 'INVALID', classHour: 'VALID' });
    const found = story.state.findings.filter(({ code }) => code === 'R2_BACKGROUND_PLAY');
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ effect: 'INVALIDATE_CLASS_HOUR' });
    const [[interval]] = voidsOfCode(story, 'R2_BACKGROUND_PLAY') as [[readonly [number, number]]];
    expect(interval[0]).toBeGreaterThan(minutes(49.5));
    expect(interval[1]).toBeLessThan(minutes(50.5));
  });

  it('is everything when the lesson is one class hour long', () => {
    const story = toTheEnd(playsHidden(long('CLASS_HOUR', { durationMs: minutes(12) }).begins(), 5));
    expect(story.state).toMatchObject({ verdict: 'INVALID', isFinished: true });
    expect(failureOf(story.state)?.code).toBe('R2_BACKGROUND_PLAY');
    expect(readings(story.state)).toEqual({ policy: 'INVALID', strict: 'INVALID', classHour: 'INVALID' });
  });

  it('is no more than the segment where the policy voids segments', () => {
    const story = toTheEnd(playsHidden(long('SEGMENT', { durationMs: minutes(12) }).begins(), 5));
    expect(story.state).toMatchObject({ verdict: 'VALID', isFinished: true });
    const lostMs = story.creditedMs - standingMs(story.state.findings, story.state);
    expect(lostMs).toBeGreaterThan(0);
    expect(lostMs).toBeLessThan(seconds(30));
    expect(readings(story.state)).toEqual({ policy: 'VALID', strict: 'INVALID', classHour: 'INVALID' });
  });

  it('is nothing in the honest session nearest to it', () => {
    const story = long('CLASS_HOUR').begins().plays(minutes(50)).hidesPage().timePasses(seconds(20)).showsPage().playsToTheEnd().finishes();
    expect(readings(story.state)).toEqual({ policy: 'VALID', strict: 'VALID', classHour: 'VALID' });
    expect(voided(story.state.findings, story.state)).toEqual([]);
  });
});

describe('the scope of a finding under CLASS_HOUR', () => {
  it('R1: from where the position began to outrun time', () => {
    const story = long('CLASS_HOUR', { snapshots: [] }).begins().plays(minutes(45)).playsAtSpeed(1.2).plays(minutes(1)).playsAtSpeed(1);
    const [first] = voidsOfCode(story, 'R1_RATE_EXCEEDED');
    expect(first?.[0]?.[0]).toBeGreaterThan(minutes(44.5));
    expect(first?.[0]?.[0]).toBeLessThanOrEqual(minutes(45.2));
    expect(first?.[0]?.[1]).toBeLessThan(minutes(46));
    expect(toTheEnd(story).verdict).toBe('VALID');
  });

  it('R3: the whole run without a popup', () => {
    const story = long('CLASS_HOUR', { snapshots: [], popupGaps: [minutes(20)], unserved: ['popup.issue'] }).begins().plays(minutes(5) + seconds(20));
    const [first] = voidsOfCode(story, 'R3_POPUP_GAP');
    expect(first?.[0]?.[0]).toBeLessThan(seconds(1));
    expect(first?.[0]?.[1]).toBeGreaterThan(minutes(5));
  });

  it('R4: from the last pass to the next one', () => {
    const random = [{ part: 0, atMs: minutes(20) }, { part: 1, atMs: minutes(60) }];
    const story = long('CLASS_HOUR', { faceChecks: random }).begins().plays(minutes(19));
    story.trainee.bursts.push('STRANGER', 'STRANGER');
    toTheEnd(story);
    expect(story.state.findings.find(({ code }) => code === 'R4_MISMATCH')).toMatchObject({ effect: 'INVALIDATE_CLASS_HOUR' });
    const [[interval]] = voidsOfCode(story, 'R4_MISMATCH') as [[readonly [number, number]]];
    expect(interval[0]).toBe(0);
    expect(interval[1] / 60_000).toBeCloseTo(20, 1);
    expect(story.verdict).toBe('VALID');
  });

  it('R4 without a pass after it: the whole session', () => {
    const story = long('CLASS_HOUR', { faceChecks: [{ part: 1, atMs: minutes(60) }] }).begins().plays(minutes(59));
    story.trainee.usualBurst = 'STRANGER';
    story.plays(minutes(2)).timePasses(minutes(2));
    expect(voidsOfCode(story, 'R4_MISMATCH')[0]).toEqual([[0, story.creditedMs]]);
  });

  it('R6: the part without a picture', () => {
    const snapshots = [{ part: 0, atMs: minutes(10) }, { part: 1, atMs: minutes(50) }, { part: 2, atMs: minutes(85) }];
    const story = long('CLASS_HOUR', { snapshots }).begins().plays(minutes(45));
    story.trainee.pictures.push('NOBODY', 'NOBODY');
    toTheEnd(story);
    expect(voidsOfCode(story, 'R6_FACE_ABSENT')).toEqual([[[minutes(40), minutes(80)]]]);
    expect(story.verdict).toBe('VALID');
    expect(long('SESSION', { snapshots }).begins().playsToTheEnd().finishes().verdict).toBe('VALID');
  });

  it('R5: all of the lesson that was out of order, which ends', () => {
    const predecessors = [{ lessonId: 'lesson-1', position: 1, isCompleted: false }];
    const story = long('CLASS_HOUR', { courseType: 'PROFESSIONAL', predecessors }).begins().plays(minutes(1));
    expect(story.failure).toBe('R5_OUT_OF_ORDER');
    expect(voidsOfCode(story, 'R5_OUT_OF_ORDER')).toEqual([[[0, story.creditedMs]]]);
  });

  it('is an instant of the class hour under way where nothing was earned by it', () => {
    const story = long('CLASS_HOUR').begins().plays(minutes(30)).pauses(seconds(1)).seeksTo(minutes(60)).plays(seconds(20));
    const [first] = voidsOfCode(story, 'R1_FORWARD_SEEK');
    expect(first).toEqual([[story.creditedMs - 1, story.creditedMs]]);
  });

  it('never reaches beyond what was credited, nor into a session that credited nothing', () => {
    const story = aSession({ policy: aPolicy({ snapshot: { cue: 'SOUND' } }) }).begins();
    expect(accountOf(story.state).findings[0]).toMatchObject({ code: 'R6_NOT_RANDOM', voids: [] });
  });
});

describe('effects', () => {
  const codes = Object.keys(FINDING_KINDS) as FindingCode[];

  it('are those of the codes under the default policy', () => {
    const byDetail: readonly FindingCode[] = ['R6_EVIDENCE_MISSING'];
    const differing = codes.filter((code) => effectOf({ code, detail: {} }, aPolicy()) !== FINDING_KINDS[code].effect);
    expect(differing).toEqual(byDetail);
  });

  it('are void for the class hour only in what voids a session, and never lighter or graver elsewhere', () => {
    const changed = codes.filter((code) => effectOf({ code, detail: {} }, aPolicy(under('CLASS_HOUR'))) === 'INVALIDATE_CLASS_HOUR');
    const failing = codes.filter((code) => effectOf({ code, detail: {} }, aPolicy()) === 'INVALIDATE_SESSION');
    expect(changed).toEqual(failing.filter((code) => code !== 'R5_OUT_OF_ORDER'));
  });

  it('of prevented attempts are records under every scope', () => {
    const prevented: readonly FindingCode[] = ['R1_ATTEMPT_BLOCKED', 'R2_ATTEMPT_BLOCKED', 'VISIBILITY_PAUSE', 'FOCUS_LOST'];
    for (const scope of ['SESSION', 'CLASS_HOUR', 'SEGMENT', 'STUDY_RECORD'] as const) {
      expect(prevented.map((code) => effectOf({ code, detail: {} }, aPolicy(under(scope))))).toEqual(prevented.map(() => 'RECORD_ONLY'));
    }
  });

  it('follow what was measured where the code alone does not say', () => {
    const of = (code: FindingCode, detail: Record<string, boolean>) => effectOf({ code, detail }, aPolicy());
    expect(of('R6_MULTIPLE_FACES', { isRepeated: false })).toBe('RECORD_ONLY');
    expect(of('R6_MULTIPLE_FACES', { isRepeated: true })).toBe('REVIEW');
    expect(of('R6_EVIDENCE_MISSING', { isEnough: true, hasReceipt: false })).toBe('RECORD_ONLY');
    expect(of('R6_EVIDENCE_MISSING', { isEnough: false, hasReceipt: true })).toBe('REVIEW');
    expect(of('R6_EVIDENCE_MISSING', { isEnough: false, hasReceipt: false })).toBe('INVALIDATE_SESSION');
    expect(of('CONSENT_WITHDRAWN', { isAfterEnd: true })).toBe('RECORD_ONLY');
    expect(of('CONSENT_WITHDRAWN', {})).toBe('WITHHOLD_INTERVAL');
  });
});

describe('the precedence of verdicts', () => {
  const end = (codes: readonly FindingCode[], isFinished = true) => {
    const state = aSession({ durationMs: minutes(6) }).studiesTheLesson().state as ClosedSession;
    const findings = codes.map((code) => judged(finding(code, MORNING, 9), state.opened.policy, minutes(3)));
    return endVerdict(state, findings, isFinished, state.opened.policy);
  };

  it.each<readonly [readonly FindingCode[], boolean, string]>([
    [[], true, 'VALID'],
    [['R1_ATTEMPT_BLOCKED', 'R3_MISSED'], true, 'VALID'],
    [['R3_MISSED'], false, 'INCOMPLETE'],
    [['R6_UNDECIDED'], true, 'PENDING_REVIEW'],
    [['R6_UNDECIDED'], false, 'PENDING_REVIEW'],
    [['R6_UNDECIDED', 'R6_DISABLED'], true, 'INVALID'],
    [['R6_UNDECIDED', 'R1_RATE_EXCEEDED'], false, 'INVALID'],
    [['R4_IMPOSTOR_CONFIRMED'], true, 'INVALID'],
    [['C11_VIDEO_NOT_APPROVED', 'R1_RATE_EXCEEDED', 'R6_UNDECIDED', 'R1_FF_ENABLED'], true, 'NOT_RECOGNISED'],
  ])('%j, finished %s: %s', (codes, isFinished, verdict) => expect(end(codes, isFinished)).toBe(verdict));
});

describe('the readings', () => {
  it('of a session that can go on are its verdict so far', () => {
    expect(readings(aSession().begins().plays(minutes(1)).state)).toEqual({ policy: 'INCOMPLETE', strict: 'INCOMPLETE', classHour: 'INCOMPLETE' });
  });

  it('are strict about withheld credit, and not about what was prevented', () => {
    const lesson = { snapshots: [{ part: 0, atMs: minutes(1) }], faceChecks: [], popupGaps: [minutes(3), minutes(4), minutes(4), minutes(4)] };
    const withheld = aSession(lesson).begins().leavesPopupUnanswered().playsToTheEnd().finishes();
    expect(readings(withheld.state)).toEqual({ policy: 'VALID', strict: 'INVALID', classHour: 'VALID' });
    const prevented = aSession(lesson).begins().triesToSeekTo(minutes(9)).playsToTheEnd().finishes();
    expect(readings(prevented.state)).toEqual({ policy: 'VALID', strict: 'VALID', classHour: 'VALID' });
  });

  it('follow what people decided', () => {
    const decided = (outcome: 'UPHELD' | 'OVERTURNED') => {
      const story = aSession({ isTwinDeclared: true, durationMs: minutes(6) }).studiesTheLesson();
      expect(readings(story.state)).toEqual({ policy: 'PENDING_REVIEW', strict: 'INVALID', classHour: 'PENDING_REVIEW' });
      story.shell.record({ type: 'review.decided', at: story.state.at, by: 'a', secondBy: null, outcome, reasonCode: 'TWIN', textSha256: 'a'.repeat(64), disputedSeq: null });
      return story;
    };
    const overturned = decided('OVERTURNED');
    expect(readings(overturned.state)).toEqual({ policy: 'VALID', strict: 'VALID', classHour: 'VALID' });
    expect(voidsOfCode(overturned, 'R4_TWIN_DECLARED')).toEqual([[]]);
    // What comes to light after the decision is not covered by it.
    for (const { snapshotId } of overturned.state.slices.R6.qualifying) {
      overturned.shell.record({ type: 'evidence.missing', at: overturned.state.at, snapshotId, imageId: `image-${snapshotId}`, hasReceipt: false });
    }
    expect(readings(overturned.state)).toEqual({ policy: 'INVALID', strict: 'INVALID', classHour: 'INVALID' });
    expect(failureOf(overturned.state)?.code).toBe('R6_EVIDENCE_MISSING');
    const upheld = decided('UPHELD');
    expect(readings(upheld.state)).toEqual({ policy: 'INVALID', strict: 'INVALID', classHour: 'INVALID' });
    expect(failureOf(upheld.state)?.code).toBe('R4_TWIN_DECLARED');
    expect(voidsOfCode(upheld, 'R4_TWIN_DECLARED')).toEqual([[[0, upheld.creditedMs]]]);
  });
});

describe('what a verdict rests on', () => {
  it('is nothing before a session is opened, and while it can go on', () => {
    expect(failureOf(replay([]))).toBeNull();
    expect(failureOf(replay([anOpening({ policy: aPolicy({ playback: { forwardSeek: 'ALLOW' } }) })]))).toBeNull();
  });
});
