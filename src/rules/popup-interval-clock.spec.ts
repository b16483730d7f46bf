import { describe, expect, it } from '@jest/globals';
import type { SessionEvent } from './event.js';
import { outstanding, step } from './step.js';
import { aPolicy, minutes, seconds } from './testing/opening.js';
import { aSession, type SessionSetup, type Story } from './testing/story.js';

const FAR = 10_000_000;
const quiet = (setup: SessionSetup = {}): Story => aSession({ durationMs: minutes(20), popupGaps: [FAR], faceChecks: [], snapshots: [], ...setup });
/** Play goes on while a popup stands: the clock has to tell play before it from play after it. */
const unpaused = aPolicy({ popup: { pausePlayback: false } });
const popups = (story: Story): readonly Extract<SessionEvent, { type: 'popup.issued' }>[] =>
  story.journal.flatMap((event) => (event.type === 'popup.issued' ? [event] : []));
/** Which gap of the schedule each popup ended; null for one outside it. */
const gaps = (story: Story): readonly (number | null)[] => popups(story).map(({ index }) => index);
const clockOf = (story: Story): number => Math.round(story.state.slices.R3.clockMs);

describe('R3: the popup clock', () => {
  it('starts again at a control shown while the video stands, before any play', () => {
    const story = quiet({ popupClockMs: minutes(4) });
    expect(clockOf(story.joined())).toBe(minutes(4));
    expect(clockOf(story.passesLiveness())).toBe(0);
  });

  it('divides a stretch of play at the control shown within it', () => {
    const story = quiet({ policy: unpaused, popupGaps: [seconds(172), FAR] }).begins().plays(seconds(172)).timePasses(seconds(8) + 1);
    expect([popups(story).length, clockOf(story)]).toEqual([1, seconds(8)]);
  });

  it('counts play from the control and not from the beat before it, when the next popup is due', () => {
    const story = quiet({ policy: unpaused, popupGaps: [seconds(172), seconds(5), FAR] }).begins();
    story.trainee.popupMs = [500, 501];
    const from = Math.round(story.timeline.now);
    story.plays(seconds(179));
    expect(popups(story).map(({ at }) => at - from)).toEqual([seconds(172), seconds(177)]);
  });

  it('starts again with play on a fresh page, when the page that saw the control broke down before its next beat', () => {
    const story = quiet({ popupGaps: [minutes(3), FAR] }).begins().plays(seconds(179)).claims(() => null);
    story.trainee.popupMs = [seconds(3), seconds(3) + 1];
    story.timePasses(seconds(5)).pauses().crashes().claims((claim) => claim).comesBack();
    expect([story.state.holds, story.state.slices.R3.answered, clockOf(story)]).toEqual([[], 1, seconds(170)]);
    story.resumes().timePasses(1);
    expect(clockOf(story)).toBe(0);
  });

  it('is not moved by two long stretches without connection that do not touch', () => {
    const story = aSession({ durationMs: minutes(30), popupGaps: [FAR], faceChecks: [], snapshots: [] }).begins().plays(seconds(30));
    story.browser.lostLine = () => undefined;
    story.goesOffline(minutes(4)).plays(seconds(40));
    expect(story.goesOffline(minutes(4)).plays(seconds(10)).failure).toBeNull();
  });
});

describe('R3: which popup is shown', () => {
  it('the scheduled one that the clock calls for, then the next', () => {
    expect(gaps(quiet({ popupGaps: [minutes(3), minutes(3), FAR] }).begins().plays(minutes(7)))).toEqual([0, 1]);
  });

  it('one outside the schedule at the start, though the clock brought along calls for one too', () => {
    const policy = aPolicy({ popup: { faceCheckCounts: false } });
    const story = quiet({ policy, popupClockMs: minutes(4), popupGaps: [seconds(200), FAR] }).begins().plays(minutes(1));
    expect(gaps(story)).toEqual([null]);
  });

  it('none before the schedule is drawn, nor when its first gap is longer than the clock brought along', () => {
    expect(quiet({ popupClockMs: minutes(4), popupGaps: [seconds(270)] }).joined().state.holds).toEqual(['FACE_CHECK']);
    expect(quiet({ popupClockMs: minutes(4), popupGaps: [minutes(4)] }).joined().state.holds).toEqual(['POPUP', 'FACE_CHECK']);
  });

  it('one outside the schedule in place of one that stood while the line was broken', () => {
    expect(gaps(quiet({ popupGaps: [minutes(3), FAR] }).begins().plays(minutes(3)).timePasses(seconds(1)).reloads().plays(minutes(1)))).toEqual([0, null]);
  });

  it('one outside the schedule after a pause of five minutes: at the join, not only at the play', () => {
    const story = quiet().begins().plays(minutes(1)).pauses(minutes(6)).reloads();
    expect([story.state.holds, gaps(story)]).toEqual([['POPUP'], [null]]);
  });

  it('one outside the schedule after a miss, when the trainee is back and not for anything else that the page tells', () => {
    const story = quiet({ popupGaps: [minutes(3), FAR] }).begins().leavesPopupUnanswered();
    story.trainee.comesBackAfterMs = null;
    story.plays(minutes(3)).timePasses(seconds(61)).reports('VISIBLE');
    expect([story.state.holds, gaps(story)]).toEqual([['POPUP_MISSED'], [0]]);
    expect(gaps(story.reports('TRAINEE_RETURNED'))).toEqual([0, null]);
  });

  it('none for a trainee who says to be back and was never away', () => {
    expect(gaps(quiet().begins().plays(minutes(1)).reports('TRAINEE_RETURNED').plays(minutes(1)))).toEqual([]);
  });

  it('none at a beat that only tells of a seek in a long pause, but at the play that ends it', () => {
    const story = quiet().begins().plays(minutes(1)).pauses(minutes(6)).seeksTo(0).timePasses(100);
    expect([story.state.holds, gaps(story)]).toEqual([[], []]);
    expect(gaps(story.resumes().timePasses(100))).toEqual([null]);
  });

  it('still the scheduled one, when it waited behind a face check through a long pause', () => {
    const policy = aPolicy({ popup: { faceCheckCounts: false } });
    const story = quiet({ policy, popupGaps: [minutes(3), FAR], faceChecks: [{ part: 0, atMs: minutes(3) }] }).begins().plays(minutes(2));
    story.trainee.bursts.push(null, null, null, null, null, null);
    story.plays(minutes(1)).timePasses(minutes(6)).reloads().plays(minutes(1));
    expect(gaps(story)).toEqual([null, 0]);
  });

  it('never a second one while one stands: not at a resume, not when its gap of play is over', () => {
    const resumed = quiet().begins().plays(minutes(1)).pauses(minutes(6)).reloads().ignoresHolds();
    resumed.trainee.ignoresPopups = true;
    expect(gaps(resumed.resumes().timePasses(100))).toEqual([null]);
    const playing = quiet({ policy: unpaused, popupGaps: [minutes(3), seconds(20), FAR] }).begins();
    playing.trainee.ignoresPopups = true;
    expect(gaps(playing.plays(minutes(3)).timePasses(seconds(59)))).toEqual([0]);
  });

  it('none after a miss before the trainee is back, though its gap of play is over', () => {
    const story = quiet({ policy: unpaused, popupGaps: [minutes(3), seconds(50), FAR] }).begins().leavesPopupUnanswered();
    story.trainee.comesBackAfterMs = null;
    story.plays(minutes(3)).timePasses(seconds(90));
    expect([story.state.holds, gaps(story)]).toEqual([['POPUP_MISSED'], [0]]);
  });
});

describe('R3: what is found, and with what numbers', () => {
  const due: SessionSetup = { popupGaps: [minutes(3), FAR] };

  it('keeps the session from ending while a popup is owed, stands, or was missed', () => {
    const left = (story: Story): readonly string[] => (story.state.status === 'live' ? outstanding(story.state).map(({ rule, code }) => `${rule} ${code}`) : []).filter((text) => text.startsWith('R3'));
    expect(left(quiet(due).begins().plays(minutes(2)))).toEqual([]);
    expect(left(quiet({ ...due, unserved: ['popup.issue'] }).begins().plays(minutes(3)).timePasses(100))).toEqual(['R3 R3_MISSED']);
    const story = quiet(due).begins().leavesPopupUnanswered();
    story.trainee.comesBackAfterMs = null;
    expect(left(story.plays(minutes(3)).timePasses(100))).toEqual(['R3 R3_MISSED']);
    expect(left(story.timePasses(seconds(61)))).toEqual(['R3 R3_MISSED']);
  });

  it('a miss at the last instant of the popup, not a millisecond before', () => {
    const story = quiet(due).begins().leavesPopupUnanswered().plays(minutes(3)).timePasses(100);
    const { popupId, deadlineAt } = story.state.slices.R3.open!;
    const at = (now: number) => step(story.state, { type: 'clock.ticked', at: now }).findings;
    expect(at(deadlineAt - 1).filter(({ rule }) => rule === 'R3')).toEqual([]);
    expect(at(deadlineAt).find(({ rule }) => rule === 'R3')).toMatchObject({ code: 'R3_MISSED', detail: { popupId, missed: 1, maxMissed: 2 } });
  });

  it('an answer of a script, with what was measured', () => {
    const story = quiet(due).begins().plays(minutes(3)).timePasses(100);
    const { popupId, issuedAt, expected } = story.state.slices.R3.open!;
    const answered = step(story.state, { type: 'popup.answered', at: issuedAt + 2_500, popupId, answer: expected, elapsedMs: 2_400, trusted: false });
    expect(answered.findings).toMatchObject([{ code: 'R3_POPUP_AUTOMATED', detail: { popupId, tookMs: 2_500, elapsedMs: 2_400, trusted: false } }]);
  });

  it('the longer time of a trainee with a disability from the first millisecond beyond the usual one', () => {
    const story = quiet({ ...due, isAccessible: true }).begins().leavesPopupUnanswered().plays(minutes(3)).timePasses(100);
    const { popupId, issuedAt, expected } = story.state.slices.R3.open!;
    const after = (ms: number) => step(story.state, { type: 'popup.answered', at: issuedAt + ms, popupId, answer: expected, elapsedMs: ms, trusted: true }).findings.filter(({ code }) => code === 'ACCESSIBLE_TIMEOUT');
    expect(after(seconds(60))).toEqual([]);
    expect(after(seconds(60) + 1)).toMatchObject([{ detail: { popupId, tookMs: seconds(60) + 1 } }]);
  });

  /** The page plays on under the popup, from `fromMs` after it was shown. */
  const defiant = (fromMs: number): Story => {
    const story = quiet(due).begins();
    story.trainee.ignoresPopups = true;
    return story.plays(minutes(3)).timePasses(fromMs).ignoresHolds().resumes();
  };

  it.each([
    [5_000, []],
    [5_001, [{ code: 'R3_POPUP_UNENFORCED', detail: { playedMs: 5_001 } }]],
  ])('play of %s ms under a popup: %j', (ms, found) => {
    const story = defiant(seconds(20)).timePasses(ms);
    story.browser.beat();
    story.timePasses(1);
    expect(story.state.findings).toMatchObject(found);
  });

  it('a failed check is the last word: the popup that ran out with the same beat is not held against the trainee as well', () => {
    const story = defiant(seconds(54)).timePasses(seconds(5));
    const { deadlineAt } = story.state.slices.R3.open!;
    const last = story.journal.findLast((event) => event.type === 'beat.received')!;
    const laterMs = deadlineAt + 1 - last.at;
    const late = step(story.state, { ...last, at: last.at + laterMs, seq: last.seq + 1, clientMonoMs: last.clientMonoMs + laterMs, clientWallAt: last.clientWallAt + laterMs, positionMs: last.positionMs + laterMs });
    expect(late.findings.map(({ code }) => code)).toEqual(['R3_POPUP_UNENFORCED']);
  });
});
