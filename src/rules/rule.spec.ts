import { describe, expect, it } from '@jest/globals';
import type { Claim } from './ledger.js';
import { emptyLedger } from './ledger.js';
import { dueAt, pausedMs } from './rule.js';
import { nextDeadline } from './step.js';
import { beats } from './testing/exact-beat.js';
import { aPolicy, minutes, MORNING, seconds } from './testing/opening.js';
import { aSession } from './testing/story.js';

describe('what falls due while play is assumed', () => {
  it.each([
    ['up to the last millisecond of it', seconds(20), MORNING + seconds(20)],
    ['not beyond', seconds(20) + 1, null],
    ['at once where it is overdue', -seconds(5), MORNING],
  ])('%s', (_name, leftMs, due) => {
    expect(dueAt(leftMs, { at: MORNING, projectedUntil: MORNING + seconds(20) })).toBe(due);
  });

  it('is never due while play may not be assumed', () => {
    expect(dueAt(0, { at: MORNING, projectedUntil: null })).toBeNull();
  });

  it('is due at the same instant, whatever else happens before', () => {
    const story = beats(aSession({ snapshots: [{ part: 0, atMs: seconds(15) }], faceChecks: [] }).begins(), 0, { positionMs: 0 });
    const dueOn = beats(story, seconds(10), { positionMs: seconds(10) }).timeline.now + seconds(5);
    expect(nextDeadline(story.state)).toBe(dueOn);
    expect(nextDeadline(story.timePasses(seconds(3)).happens({ type: 'window.reported', connectionId: story.browser.connectionId, kind: 'FOCUS_LOST', detail: {} }).state)).toBe(dueOn);
  });
});

describe('how long the trainee had neither studied nor proved presence', () => {
  const at = MORNING + minutes(30);
  const ledger = emptyLedger(aPolicy());
  const claim = (elapsedMs: number, advanceMs: number): Claim => ({
    fromMs: 0, skippedMs: 0, advanceMs, elapsedMs, acceptedMs: advanceMs, creditedMs: advanceMs, defiedMs: 0, unreachedMs: 0, startAt: at - elapsedMs, endAt: at,
  });

  it.each([
    ['nothing was played or proved yet', null, null, null, 0],
    ['since the last play', null, at - minutes(6), null, minutes(6)],
    ['since the last proof, where that is later', null, at - minutes(6), at - minutes(4), minutes(4)],
    ['a beat that claims play all the way', claim(minutes(6), minutes(6)), at, null, 0],
    ['a beat after sleep: the time without play in its own stretch', claim(minutes(6), seconds(10)), at, at - minutes(20), minutes(6) - seconds(10)],
    ['the same, with presence proved meanwhile', claim(minutes(6), seconds(10)), at, at - minutes(1), minutes(1)],
  ])('%s', (_name, claimed, lastPlayAt, confirmedAt, expectedMs) => {
    expect(pausedMs({ claim: claimed, ledger: { ...ledger, lastPlayAt, confirmedAt }, at })).toBe(expectedMs);
  });
});
