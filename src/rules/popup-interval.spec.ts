import { describe, expect, it } from '@jest/globals';
import { popupGapsNeeded } from './popup-interval.js';
import { step } from './step.js';
import { aPolicy, minutes, seconds } from './testing/opening.js';
import { aSession, type SessionSetup, type Story } from './testing/story.js';

const FAR = 10_000_000;
/** No control falls due by itself but those named. */
const quiet = (setup: SessionSetup = {}): Story => aSession({ durationMs: minutes(20), popupGaps: [FAR], faceChecks: [], snapshots: [], ...setup });
const popupsIn = (story: Story): number => story.journal.filter(({ type }) => type === 'popup.issued').length;

describe('R3 连续5分钟内无弹窗管控: a run without a control', () => {
  it.each([
    [299_999, null],
    [300_000, null],
    [300_001, 'R3_POPUP_GAP'],
  ])('of %s ms of credited play: %s', (runMs, code) => {
    expect(quiet().begins().plays(runMs).pauses().failure).toBe(code);
  });

  it('is not shortened by pausing just before each popup', () => {
    const story = quiet().begins();
    for (let count = 0; count < 5; count += 1) story.plays(seconds(58)).pauses(seconds(20));
    expect(story.plays(seconds(11)).pauses().failure).toBe('R3_POPUP_GAP');
  });

  it('is not shortened by reloading, nor by taking over on another device before its face check', () => {
    const story = quiet().begins().plays(minutes(2)).reloads().plays(minutes(2)).reloads().plays(seconds(61)).pauses();
    expect(story.failure).toBe('R3_POPUP_GAP');
  });

  it('runs on the clock that the trainee brought from the session before, until a control is shown', () => {
    const policy = aPolicy({ popup: { faceCheckCounts: false } });
    const story = quiet({ policy, popupClockMs: minutes(4), popupGaps: [seconds(200), FAR], unserved: ['popup.issue'] });
    expect(story.state.slices.R3.clockMs).toBe(minutes(4));
  });

  it('ends with a face check where that counts as a control, and not where it does not', () => {
    const checks = { faceChecks: [{ part: 0, atMs: minutes(4) }] };
    expect(quiet(checks).begins().plays(minutes(8)).pauses().failure).toBeNull();
    const strict = aPolicy({ popup: { faceCheckCounts: false } });
    expect(quiet({ ...checks, policy: strict }).begins().plays(minutes(8)).pauses().failure).toBe('R3_POPUP_GAP');
  });

  it('is what an upload of ten minutes played offline amounts to', () => {
    const story = aSession({ durationMs: minutes(30) }).begins().plays(minutes(1));
    story.browser.lostLine = () => undefined;
    expect(story.goesOffline(minutes(10)).failure).toBe('R3_POPUP_GAP');
    expect(story.creditedMs).toBeLessThanOrEqual(minutes(1) + seconds(30) + 50);
  });

  it('is not what two minutes played offline amount to: they are not credited, and that is all', () => {
    const story = aSession({ durationMs: minutes(10) }).begins().plays(minutes(1));
    story.browser.lostLine = () => undefined;
    story.goesOffline(minutes(2));
    expect(story.creditedMs).toBeLessThanOrEqual(minutes(1) + seconds(41));
    expect(story.playsToTheEnd().finishes().verdict).toBe('VALID');
  });
});

describe('R3: a popup that stands', () => {
  const due: SessionSetup = { popupGaps: [minutes(3), minutes(4), minutes(4), minutes(4)], faceChecks: [], snapshots: [], durationMs: minutes(8) };

  it('is shown when its gap of play is over, to the millisecond, not at the next beat', () => {
    const story = aSession(due).begins();
    const from = story.timeline.now;
    story.plays(minutes(3));
    expect(story.timePasses(1).journal.findLast(({ type }) => type === 'popup.issued')?.at).toBe(Math.round(from) + minutes(3));
  });

  it('holds play until it is answered, then play goes on', () => {
    const story = aSession(due).begins().plays(minutes(3)).timePasses(seconds(1));
    expect(story.state.holds).toEqual(['POPUP']);
    expect(story.timePasses(seconds(10)).state.holds).toEqual([]);
    expect(story.playsToTheEnd().finishes().verdict).toBe('VALID');
  });

  it('missed once: the credit since the last control is withheld then and there, play goes on from it, the session stands', () => {
    const story = aSession(due).begins().leavesPopupUnanswered().plays(minutes(3)).timePasses(seconds(62));
    expect(story.codes).toEqual(['R3_MISSED']);
    expect(story.state.holds).toEqual(['POPUP_MISSED']);
    expect(Math.round(story.creditedMs)).toBe(0);
    expect(Math.round(story.state.ledger.withheldMs)).toBe(minutes(3));
    expect(story.playsToTheEnd().finishes().verdict).toBe('VALID');
  });

  it('is shown again when the trainee is back, and only then', () => {
    const story = aSession(due).begins().leavesPopupUnanswered();
    story.trainee.comesBackAfterMs = minutes(5);
    story.plays(minutes(3)).timePasses(minutes(4));
    expect(popupsIn(story)).toBe(1);
    expect(popupsIn(story.timePasses(minutes(3)))).toBe(2);
  });

  it('missed more often than allowed fails', () => {
    const story = aSession(due).begins().leavesPopupUnanswered(3).plays(minutes(3)).timePasses(minutes(6));
    expect(story.failure).toBe('R3_POPUP_UNANSWERED');
    expect(story.state.slices.R3.missed).toBe(3);
  });

  it('missed just as often as allowed does not', () => {
    const story = aSession(due).begins().leavesPopupUnanswered(2).playsToTheEnd().finishes();
    expect(story.verdict).toBe('VALID');
    expect(story.codes).toEqual(['R3_MISSED', 'R3_MISSED']);
  });

  it('whose frames never reach the page goes unanswered until the session fails', () => {
    const story = aSession(due).begins();
    story.trainee.ignoresPopups = true;
    story.ignoresHolds().claims((beat) => beat).plays(minutes(3)).timePasses(minutes(2));
    expect(story.failure).toMatch(/^R3_POPUP_(UNENFORCED|UNANSWERED)$/);
    expect(story.creditedMs).toBeLessThanOrEqual(minutes(3) + seconds(3));
  });

  it('under which play goes on fails within two beats', () => {
    const story = aSession(due).begins().ignoresHolds();
    story.trainee.popupMs = [seconds(55), seconds(56)];
    story.plays(minutes(3)).timePasses(seconds(21));
    expect(story.failure).toBe('R3_POPUP_UNENFORCED');
  });

  it('that reached the page three seconds late on a slow line is not defied', () => {
    const story = aSession({ ...due, delayMs: [2_500, 3_000] }).begins().plays(minutes(3)).playsToTheEnd().finishes();
    expect(story.verdict).toBe('VALID');
  });

  it('answered wrongly may be answered again', () => {
    const story = aSession(due).begins();
    story.trainee.popups.push('WRONG', 'WRONG', 'WRONG', 'WRONG');
    expect(story.playsToTheEnd().finishes().codes).toEqual([]);
    expect(story.verdict).toBe('VALID');
  });

  it('answered wrongly five times counts as missed: guessing is not answering', () => {
    const story = aSession(due).begins();
    story.trainee.popups.push('WRONG', 'WRONG', 'WRONG', 'WRONG', 'WRONG');
    story.plays(minutes(3)).timePasses(seconds(50));
    expect(story.codes).toEqual(['R3_MISSED']);
  });

  it('answered too late changes nothing', () => {
    const story = aSession(due).begins().leavesPopupUnanswered().plays(minutes(3)).timePasses(seconds(1));
    const { open } = story.state.slices.R3;
    story.timePasses(seconds(58.9)).happens({ type: 'popup.answered', popupId: open!.popupId, answer: 'x', elapsedMs: 1, trusted: true });
    story.timePasses(seconds(1)).happens({ type: 'popup.answered', popupId: open!.popupId, answer: open!.expected, elapsedMs: 1, trusted: true });
    expect(story.codes).toEqual(['R3_MISSED']);
  });

  it('answered after its time is missed, whether or not the clock had ticked', () => {
    const story = aSession(due).begins().leavesPopupUnanswered().plays(minutes(3)).timePasses(seconds(1));
    const { popupId, deadlineAt, expected } = story.state.slices.R3.open!;
    const answeredAt = (at: number) => step(story.state, { type: 'popup.answered', at, popupId, answer: expected, elapsedMs: 4_000, trusted: true }).findings.map(({ code }) => code);
    expect(answeredAt(deadlineAt)).toEqual([]);
    expect(answeredAt(deadlineAt + 1)).toEqual(['R3_MISSED']);
  });

  it('missed takes the credit since the last control, and no more', () => {
    const story = aSession(due).begins().plays(minutes(3)).timePasses(seconds(15)).leavesPopupUnanswered().plays(minutes(4)).timePasses(seconds(62));
    expect(story.codes).toEqual(['R3_MISSED']);
    expect(story.state.ledger.withheldMs / minutes(4)).toBeCloseTo(1, 1);
  });

  it.each([
    ['on a line that breaks', (story: Story) => story.goesOffline(seconds(110))],
    ['on a line that breaks without a word', (story: Story) => story.goesOffline(seconds(110), seconds(200))],
    ['on a line that stands still', (story: Story) => story.stalls(seconds(110))],
    ['on a line that stands still for less than its time', (story: Story) => story.stalls(seconds(62))],
  ])('%s is shown again, not missed', (_name, breaks) => {
    const story = breaks(aSession(due).begins().plays(seconds(175)));
    expect(story.playsToTheEnd().finishes().codes.filter((code) => code !== 'OFFLINE_STOP')).toEqual([]);
    expect(story.verdict).toBe('VALID');
  });

  it('is not defied by beats that come late, for the line that delays them delays the popup', () => {
    const story = aSession(due).begins();
    story.trainee.ignoresPopups = true;
    story.plays(minutes(3)).ignoresHolds().resumes().timePasses(seconds(3)).browser.beat();
    story.timePasses(100);
    story.network.stall(seconds(21));
    story.timePasses(seconds(21.5));
    expect(story.failure).toBeNull();
    expect(story.timePasses(seconds(15)).failure).toBe('R3_POPUP_UNENFORCED');
  });

  it('answered by a script is for a human to look at', () => {
    const story = aSession(due).begins();
    story.trainee.isTrusted = false;
    story.playsToTheEnd().finishes();
    expect(new Set(story.codes)).toEqual(new Set(['R3_POPUP_AUTOMATED']));
    expect(story.verdict).toBe('PENDING_REVIEW');
  });

  it.each([
    ['by a script', false, seconds(4), 'PENDING_REVIEW', ['SESSION_START', 'DOUBT', 'DOUBT']],
    ['in 99 ms', true, 99, 'PENDING_REVIEW', ['SESSION_START', 'DOUBT', 'DOUBT']],
    ['in 100 ms', true, 100, 'VALID', ['SESSION_START']],
  ])('answered %s', (_how, isTrusted, delayMs, verdict, checks) => {
    const story = aSession(due).begins();
    story.trainee.popupMs = [delayMs, delayMs + 1];
    story.trainee.isTrusted = isTrusted;
    expect(story.playsToTheEnd().finishes().verdict).toBe(verdict);
    expect(story.journal.flatMap((event) => (event.type === 'liveness.requested' ? [event.reason] : []))).toEqual(checks);
  });

  it('answered in no time by the page’s own account is doubtful too', () => {
    const story = aSession(due).begins().plays(minutes(3)).timePasses(10);
    const { popupId, expected } = story.state.slices.R3.open!;
    const at = story.state.at + seconds(5);
    const after = (elapsedMs: number) => step(story.state, { type: 'popup.answered', at, popupId, answer: expected, elapsedMs, trusted: true }).state as typeof story.state;
    expect(after(99).holds).toEqual(['FACE_CHECK']);
    expect(after(100).holds).toEqual([]);
  });

  it('may take a trainee with a disability three minutes', () => {
    const setup = { ...due, isAccessible: true };
    const slow = aSession(setup).begins();
    slow.trainee.popupMs = [seconds(120), seconds(121)];
    expect(new Set(slow.playsToTheEnd().finishes().codes)).toEqual(new Set(['ACCESSIBLE_TIMEOUT']));
    expect(slow.verdict).toBe('VALID');
  });
});

describe('R3: pauses, ends and short lessons', () => {
  it('due while paused, is shown at the resume, before any credit', () => {
    const story = quiet({ popupGaps: [seconds(290), FAR] }).begins().plays(seconds(280)).pauses(minutes(2)).plays(seconds(15));
    expect(story.timePasses(seconds(1)).codes).toEqual([]);
    expect(popupsIn(story)).toBe(1);
  });

  it('a pause of five minutes ends with a popup', () => {
    const story = quiet().begins().plays(minutes(1)).pauses(minutes(5)).resumes().timePasses(seconds(1));
    expect(story.state.holds).toEqual(['POPUP']);
    expect(popupsIn(story.plays(minutes(1)))).toBe(1);
  });

  it('a shorter one does not', () => {
    expect(popupsIn(quiet().begins().plays(minutes(1)).pauses(seconds(290)).plays(minutes(1)))).toBe(0);
  });

  it('a session that starts without a face check starts with a popup', () => {
    const story = quiet({ policy: aPolicy({ face: { required: false } }) }).joined();
    expect(story.state.holds).toEqual(['POPUP']);
    expect(popupsIn(story.plays(minutes(1)))).toBe(1);
  });

  it('a lesson of four minutes is valid, and hands its clock on', () => {
    const story = aSession({ durationMs: minutes(4), popupGaps: [seconds(265), FAR], faceChecks: [], snapshots: [{ part: 0, atMs: 1_000 }] }).studiesTheLesson();
    expect(story.verdict).toBe('VALID');
    expect(Math.round(story.state.slices.R3.clockMs / 1000)).toBe(240);
  });

  it('play over what was watched already needs popups as well', () => {
    const story = aSession({ durationMs: minutes(10), popupGaps: [minutes(3), minutes(3), minutes(3)], faceChecks: [], snapshots: [] }).begins().plays(minutes(5));
    expect(popupsIn(story.seeksTo(0).plays(minutes(5)))).toBe(3);
  });

  it('a schedule used up goes on at its shortest gap', () => {
    const story = aSession({ durationMs: minutes(20), popupGaps: [minutes(3)], faceChecks: [], snapshots: [] }).studiesTheLesson();
    expect(story.failure).toBeNull();
    expect(popupsIn(story)).toBe(1 + Math.floor(17 / 2.5));
  });

  it('a face check that is owed goes before the popup and takes its place', () => {
    const story = quiet({ popupGaps: [minutes(3), FAR], faceChecks: [{ part: 0, atMs: minutes(3) }] }).begins().plays(minutes(4));
    expect(popupsIn(story)).toBe(0);
    expect(story.state.slices.R4.passed).toBe(2);
  });

  it('draws more gaps than a lesson can use up', () => {
    const policy = aPolicy();
    expect(popupGapsNeeded(minutes(40), policy) * policy.popup.scheduleMinMs).toBeGreaterThan(2 * minutes(40));
  });
});
