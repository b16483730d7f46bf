import { describe, expect, it } from '@jest/globals';
import { judged } from './effects.js';
import { finding, type Fact, type FindingCode } from './finding.js';
import type { ReviewDecided } from './outside-event.js';
import type { InvalidationScope } from './policy.js';
import { decisionOf, standingMs, standingParts, stands, voidsOf } from './scope.js';
import type { ClosedSession } from './state.js';
import { aPolicy, minutes, seconds } from './testing/opening.js';
import { aSession, type SessionSetup, type Story } from './testing/story.js';
import { endVerdict } from './verdict.js';

const byHour = { invalidation: { scope: 'CLASS_HOUR' } } as const;
/** Ninety minutes: parts of 40, 40 and 10 minutes, with face checks at the minutes named. */
const long = (...checks: readonly number[]): SessionSetup => ({
  durationMs: minutes(90), courseType: 'GENERAL', policy: aPolicy(byHour), faceChecks: checks.map((at) => ({ part: at < 40 ? 0 : at < 80 ? 1 : 2, atMs: minutes(at) })),
});
const closed = ({ state }: Story): ClosedSession => {
  if (state.status !== 'closed') throw new Error('the session is not closed');
  return state;
};
const decide = (story: Story, outcome: ReviewDecided['outcome'], changes: Partial<ReviewDecided> = {}): ClosedSession =>
  closed(story.happens({ type: 'review.decided', by: 'a', secondBy: null, outcome, reasonCode: 'LOOKED_AT', textSha256: 'a'.repeat(64), disputedSeq: null, ...changes }));

const studied = closed(aSession(long(20, 60)).studiesTheLesson());
const wholeMs = studied.ledger.timelineMs;
/** A fact as the session of ninety minutes would have found it. */
const found = (code: FindingCode, detail: Fact['detail'], creditedMs = wholeMs, seq = 9) => judged(finding(code, studied.at, seq, detail), studied.opened.policy, creditedMs);
const ofPart = (part: number) => found('R6_NO_SNAPSHOT', { part });

describe('what a finding takes', () => {
  it('is the stretch that was played by then, where it says how long that was', () => {
    expect(voidsOf(found('R2_BACKGROUND_PLAY', { playedMs: seconds(12) }, minutes(5)), studied)).toEqual([[minutes(5) - seconds(12), minutes(5)]]);
    expect(voidsOf(found('R3_POPUP_GAP', { runMs: minutes(6), maxGapMs: minutes(5) }, minutes(9)), studied)).toEqual([[minutes(3), minutes(9)]]);
  });

  it('is the part of the lesson that it names, and everything where there is no such part', () => {
    expect(voidsOf(ofPart(1), studied)).toEqual([[minutes(40), minutes(80)]]);
    expect(voidsOf(ofPart(3), studied)).toEqual([[0, wholeMs]]);
  });

  it('is a part of the lesson for pictures only: a length or a beginning is said in credited time', () => {
    expect(voidsOf(found('R1_RATE_EXCEEDED', { sinceMs: minutes(41), part: 0 }, minutes(42)), studied)).toEqual([[minutes(41), minutes(42)]]);
    expect(voidsOf(found('R6_NO_SNAPSHOT', { playedMs: minutes(1) }, minutes(42)), studied)).toEqual([[minutes(41), minutes(42)]]);
  });

  it('is, for a face check, what lies between the passes around it', () => {
    const { passes } = studied.slices.R4;
    expect(passes.map(({ creditedMs }) => Math.round(creditedMs / minutes(1)))).toEqual([0, 20, 60]);
    const [, first, second] = passes as [unknown, ...{ readonly seq: number; readonly creditedMs: number }[]];
    const failedAt = (seq: number) => voidsOf(found('R4_MISMATCH', {}, minutes(30), seq), studied);
    expect(failedAt(first!.seq + 1)).toEqual([[first!.creditedMs, second!.creditedMs]]);
    expect(failedAt(second!.seq - 1)).toEqual([[first!.creditedMs, second!.creditedMs]]);
    expect(failedAt(second!.seq + 1)).toEqual([[0, wholeMs]]);
  });

  it('is, for a doubt about the very check that was passed, what lies on both sides of it', () => {
    const [start, first, second] = studied.slices.R4.passes;
    expect(voidsOf(found('R4_MISMATCH', {}, minutes(20), first!.seq), studied)).toEqual([[start!.creditedMs, second!.creditedMs]]);
  });

  it('is everything since the last undisputed pass when somebody else studied, whatever came after', () => {
    const story = aSession(long(20, 60)).studiesTheLesson();
    const [, first, second] = closed(story).slices.R4.passes;
    const state = decide(story, 'IMPOSTOR_CONFIRMED', { secondBy: 'b', disputedSeq: second!.seq });
    expect(decisionOf(state)).toBe('IMPOSTOR_CONFIRMED');
    expect(voidsOf(state.findings.at(-1)!, state)).toEqual([[first!.creditedMs, wholeMs]]);
    expect(voidsOf(found('R4_IMPOSTOR_CONFIRMED', {}), state)).toEqual([[0, wholeMs]]);
  });
});

describe('the parts that stand', () => {
  const standing = (...parts: readonly number[]) => standingParts(parts.map(ofPart), studied).map(({ index }) => index);

  it('are those that no finding touches: a neighbour is not touched at the border', () => {
    expect(standing()).toEqual([0, 1, 2]);
    expect(standing(1)).toEqual([0, 2]);
    expect(standing(0, 2)).toEqual([1]);
    expect(standing(0, 1, 2)).toEqual([]);
  });

  it('earned something: credit up to the very end of one does not make the next', () => {
    const credited = (ms: number): ClosedSession => ({ ...studied, ledger: { ...studied.ledger, coverage: [[0, ms]] } });
    const earned = (ms: number) => standingParts([], credited(ms)).map(({ index }) => index);
    expect([earned(0), earned(1), earned(minutes(40)), earned(minutes(40) + 1)]).toEqual([[], [0], [0], [0, 1]]);
  });

  it.each<[InvalidationScope, FindingCode, Fact['detail'], string]>([
    ['SEGMENT', 'R6_NO_SNAPSHOT', { part: 0 }, 'VALID'],
    ['SEGMENT', 'R6_NO_SNAPSHOT', { part: 3 }, 'INVALID'],
    ['CLASS_HOUR', 'R6_NO_SNAPSHOT', { part: 0 }, 'VALID'],
    ['CLASS_HOUR', 'R6_NO_SNAPSHOT', { part: 3 }, 'INVALID'],
  ])('under %s %s %j: %s, as long as anything is left', (scope, code, detail, verdict) => {
    const policy = aPolicy({ invalidation: { scope } });
    expect(endVerdict(studied, [judged(finding(code, studied.at, 9, detail), policy, wholeMs)], true, policy)).toBe(verdict);
  });

  it('count in milliseconds what is left of the whole', () => {
    expect(standingMs([ofPart(0)], studied)).toBe(wholeMs - minutes(40));
    expect(standingMs([ofPart(3)], studied)).toBe(0);
  });
});

describe('a doubt', () => {
  const two: SessionSetup = { durationMs: minutes(8), faceChecks: [], snapshots: [{ part: 0, atMs: minutes(1) }, { part: 0, atMs: minutes(5) }] };
  const doubted = (changes: SessionSetup = {}): Story => aSession({ ...two, isTwinDeclared: true, ...changes });
  const twin = ({ findings }: ClosedSession) => findings.find(({ code }) => code === 'R4_TWIN_DECLARED')!;

  it('takes nothing before people have decided, also where the session failed of itself', () => {
    const pending = closed(doubted().studiesTheLesson());
    expect([pending.verdict, decisionOf(pending), voidsOf(twin(pending), pending)]).toEqual(['PENDING_REVIEW', null, []]);
    const failed = closed(doubted().begins().plays(seconds(20)).playsAtSpeed(2).plays(minutes(2)));
    expect([failed.verdict, decisionOf(failed), voidsOf(twin(failed), failed)]).toEqual(['INVALID', null, []]);
  });

  it('takes the session when it is upheld, and what was merely recorded takes nothing even then', () => {
    const state = decide(doubted({ supersedes: 'session-0' }).studiesTheLesson(), 'UPHELD');
    expect(voidsOf(twin(state), state)).toEqual([[0, state.ledger.timelineMs]]);
    const makeup = state.findings.find(({ code }) => code === 'MAKEUP')!;
    expect([makeup.effect, voidsOf(makeup, state)]).toEqual(['RECORD_ONLY', []]);
  });

  it('that comes to light after a decision takes nothing until it is decided in turn', () => {
    const story = doubted().studiesTheLesson();
    decide(story, 'OVERTURNED');
    for (const { snapshotId } of story.state.slices.R6.qualifying) {
      story.shell.record({ type: 'evidence.missing', at: story.state.at, snapshotId, imageId: `image-${snapshotId}`, hasReceipt: true });
    }
    const pending = closed(story);
    expect(pending.verdict).toBe('PENDING_REVIEW');
    expect(pending.findings.at(-1)).toMatchObject({ code: 'R6_EVIDENCE_MISSING', effect: 'REVIEW' });
    expect(voidsOf(pending.findings.at(-1)!, pending)).toEqual([]);
  });

  it('is overturned with everything found up to the decision, and with nothing found later', () => {
    const state = decide(doubted().studiesTheLesson(), 'OVERTURNED');
    const { seq } = state.verdictHistory.at(-1)!;
    expect([seq - 1, seq, seq + 1].map((at) => stands({ ...twin(state), seq: at }, state))).toEqual([false, false, true]);
  });
});
