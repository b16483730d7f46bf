import { describe, expect, it } from '@jest/globals';
import type { ReviewDecided } from './outside-event.js';
import type { ClosedSession } from './state.js';
import { replay } from './step.js';
import { minutes, MORNING, seconds } from './testing/opening.js';
import { aSession, type SessionSetup, type Story } from './testing/story.js';

const two: SessionSetup = { durationMs: minutes(8), faceChecks: [], snapshots: [{ part: 0, atMs: minutes(1) }, { part: 0, atMs: minutes(5) }] };
const decided = (outcome: ReviewDecided['outcome'], changes: Partial<ReviewDecided> = {}) =>
  ({ type: 'review.decided', by: 'reviewer-1', secondBy: null, outcome, reasonCode: 'LOOKED_AT', textSha256: 'a'.repeat(64), disputedSeq: null, ...changes }) as const;

const valid = (): Story => aSession(two).studiesTheLesson();
const pending = (): Story => aSession({ ...two, isTwinDeclared: true }).studiesTheLesson();
const cutOff = (): Story => aSession(two).begins().plays(seconds(20)).playsAtSpeed(2).plays(minutes(2));
const unrecognised = (): Story => aSession({ ...two, video: { approvedSha256s: [], approvalRef: null, isRequired: true } }).studiesTheLesson();

const closed = ({ state }: Story): ClosedSession => {
  if (state.status !== 'closed') throw new Error('the session is not closed');
  return state;
};

describe('a decision about a closed session', () => {
  it.each([
    ['a pending one', pending, 'UPHELD', 'INVALID'],
    ['a pending one', pending, 'OVERTURNED', 'VALID'],
    ['a pending one, another person with one reviewer', pending, 'IMPOSTOR_CONFIRMED', 'INVALID'],
    ['a valid one', valid, 'UPHELD', 'VALID'],
    ['a valid one, another person with one reviewer', valid, 'IMPOSTOR_CONFIRMED', 'VALID'],
    ['one that a failed check cut off', cutOff, 'UPHELD', 'INVALID'],
    ['one that a failed check cut off', cutOff, 'OVERTURNED', 'INCOMPLETE'],
    ['one that is not recognised', unrecognised, 'UPHELD', 'NOT_RECOGNISED'],
  ] as const)('%s: %s', (_what, tell, outcome, verdict) => {
    const story = tell();
    const [before] = closed(story).verdictHistory;
    const after = closed(story.happens(decided(outcome)));
    expect(after.verdict).toBe(verdict);
    expect(after.verdictHistory).toEqual([before, { at: after.at, seq: after.seq, verdict, why: outcome, reasonCode: 'LOOKED_AT' }]);
    expect(after.findings).toEqual(closed(tell()).findings);
  });

  it('says with what the session was closed', () => {
    const finished = closed(valid());
    expect(finished.verdictHistory).toEqual([{ at: finished.closedAt, seq: finished.seq, verdict: 'VALID', why: 'FINISHED', reasonCode: null }]);
    expect(closed(cutOff()).verdictHistory).toMatchObject([{ verdict: 'INVALID', why: 'R1_RATE_EXCEEDED' }]);
  });

  it('takes two different people to confirm an impostor', () => {
    const alone = valid().happens(decided('IMPOSTOR_CONFIRMED', { secondBy: 'reviewer-1' }));
    expect([alone.verdict, alone.codes]).toEqual(['VALID', []]);
    const together = valid().happens(decided('IMPOSTOR_CONFIRMED', { secondBy: 'reviewer-2' }));
    expect([together.verdict, together.codes]).toEqual(['INVALID', ['R4_IMPOSTOR_CONFIRMED']]);
    expect(unrecognised().happens(decided('IMPOSTOR_CONFIRMED', { secondBy: 'reviewer-2' })).verdict).toBe('NOT_RECOGNISED');
  });

  it('voids all of the session where no entry is named, and what came after the last pass before it where one is', () => {
    const told = (disputed: (story: Story) => number | null): unknown => {
      const story = aSession({ ...two, faceChecks: [{ part: 0, atMs: minutes(3) }] }).studiesTheLesson();
      return story.happens(decided('IMPOSTOR_CONFIRMED', { secondBy: 'reviewer-2', disputedSeq: disputed(story) })).state.findings.at(-1)?.detail['sinceMs'];
    };
    const passAt = (story: Story, index: number): number => story.state.slices.R4.passes[index]?.seq ?? 0;
    expect(told(() => null)).toBe(0);
    expect(told((story) => passAt(story, 1) + 1)).toBe(minutes(3));
    // The pass itself is what is disputed.
    expect(told((story) => passAt(story, 1))).toBe(0);
  });
});

describe('evidence that is gone', () => {
  const missing = (snapshotId: string, hasReceipt: boolean) => ({ type: 'evidence.missing', snapshotId, imageId: 'image', hasReceipt }) as const;
  const lose = (story: Story, count: number, hasReceipt: boolean): Story => {
    const [first, second] = closed(story).slices.R6.qualifying;
    for (const picture of [first, second].slice(0, count)) story.happens(missing(picture?.snapshotId ?? '', hasReceipt));
    return story;
  };

  it.each([
    ['one of two pictures, with its receipt', 1, true, 'VALID', ['RECORD_ONLY']],
    ['one of two pictures, without', 1, false, 'VALID', ['RECORD_ONLY']],
    ['both, with their receipts', 2, true, 'PENDING_REVIEW', ['RECORD_ONLY', 'REVIEW']],
    ['both, without', 2, false, 'INVALID', ['RECORD_ONLY', 'INVALIDATE_SESSION']],
  ] as const)('%s', (_what, count, hasReceipt, verdict, effects) => {
    const story = lose(valid(), count, hasReceipt);
    expect(story.verdict).toBe(verdict);
    expect(story.state.findings.map(({ code, effect }) => [code, effect])).toEqual(effects.map((effect) => ['R6_EVIDENCE_MISSING', effect]));
    expect(closed(story).verdictHistory).toHaveLength(verdict === 'VALID' ? 1 : 2);
  });

  it('is told twice without effect, and of a picture that never qualified too', () => {
    const story = lose(valid(), 1, false);
    const { snapshotId } = closed(valid()).slices.R6.qualifying[0]!;
    const before = closed(story);
    expect(closed(story.happens(missing(snapshotId, false)).happens(missing('another', false)))).toEqual({ ...before, at: story.state.at, seq: before.seq + 2 });
  });

  it('makes nothing better', () => {
    expect(lose(unrecognised(), 2, true).verdict).toBe('NOT_RECOGNISED');
    expect(lose(pending(), 2, false).verdict).toBe('INVALID');
    expect(lose(pending().happens(decided('UPHELD')), 2, true).verdict).toBe('INVALID');
  });

  it('calls for another look after a decision', () => {
    expect(lose(pending().happens(decided('OVERTURNED')), 2, true).verdict).toBe('PENDING_REVIEW');
  });
});

describe('what else comes after the end', () => {
  it.each([
    ['a withdrawn consent', { type: 'consent.withdrawn', purpose: 'FACE_VERIFICATION' }, ['CONSENT_WITHDRAWN']],
    ['a predecessor voided later', { type: 'predecessor.voided', lessonId: 'lesson-1', sessionId: 'session-0' }, ['R5_PREDECESSOR_VOIDED']],
    ['the seal', { type: 'session.sealed', seed: '00', verdict: 'VALID' }, []],
    ['a tick', { type: 'clock.ticked' }, []],
    ['a request to end', { type: 'finish.requested' }, []],
  ] as const)('%s is recorded and changes nothing', (_what, event, codes) => {
    const story = valid();
    const before = closed(story);
    const after = closed(story.happens(event));
    expect(after.findings.map(({ code, effect }) => [code, effect])).toEqual(codes.map((code) => [code, 'RECORD_ONLY']));
    expect(after).toEqual({ ...before, at: after.at, seq: before.seq + 1, findings: after.findings });
    expect(replay(story.journal)).toEqual(after);
  });

  it('never lets time run backwards', () => {
    const story = valid();
    const { at } = story.state;
    story.shell.record({ ...decided('UPHELD'), at: MORNING });
    expect(story.state.at).toBe(at);
  });
});
