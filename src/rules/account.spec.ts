import { describe, expect, it } from '@jest/globals';
import { accountOf, type SessionAccount } from './account.js';
import { totalMs } from './interval-set.js';
import { minutes, seconds } from './testing/opening.js';
import { aSession, type SessionSetup, type Story } from './testing/story.js';

/** Ten minutes with a popup after three and one picture. */
const lesson: SessionSetup = {
  snapshots: [{ part: 0, atMs: minutes(1) }], faceChecks: [], popupGaps: [minutes(3), minutes(4), minutes(4), minutes(4)],
};
const creditedIn = ({ credited }: SessionAccount): number => credited.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);

/** The stretches join to the whole credited timeline, in order of time, and none takes less time than it credits. */
function expectSound(story: Story): void {
  const account = accountOf(story.state);
  expect(account.creditedMs).toBe(totalMs(story.state.ledger.coverage));
  expect(creditedIn(account)).toBeCloseTo(account.creditedMs, 6);
  account.credited.forEach(({ fromAt, toAt, fromMs, toMs }, index) => {
    const before = account.credited[index - 1];
    expect(fromMs).toBe(before?.toMs ?? 0);
    expect(fromAt).toBeGreaterThanOrEqual(before?.toAt ?? story.state.opened.at);
    const { errorMs, errorRatio } = story.state.opened.policy.playback;
    expect(toMs - fromMs).toBeLessThanOrEqual((toAt - fromAt) * (1 + errorRatio) + errorMs);
  });
}

describe('the account of a session', () => {
  it('names the session, and is the same when replayed', () => {
    const story = aSession({ ...lesson, attempt: 3 }).studiesTheLesson();
    expect(accountOf(story.state)).toMatchObject({
      sessionId: 'session-1', enrolmentId: 'enrolment-1', lessonId: 'lesson-2', lessonPosition: 2, attempt: 3,
      openedAt: story.state.opened.at, closedAt: story.state.at, verdict: 'VALID', creditedMs: minutes(10), findings: [],
    });
    expectSound(story);
  });

  it('is open while the session is', () => {
    expect(accountOf(aSession(lesson).begins().plays(minutes(2)).state)).toMatchObject({ closedAt: null, verdict: 'INCOMPLETE', creditedMs: minutes(2) });
    expect(accountOf(aSession(lesson).state)).toMatchObject({ creditedMs: 0, credited: [], checks: { issued: 0, missed: 0 } });
  });

  it('tells when each stretch was earned: a pause lies between two', () => {
    const story = aSession(lesson).begins().plays(minutes(1));
    const pausedAt = story.timeline.now;
    story.pauses(minutes(2)).resumes().playsToTheEnd().finishes();
    expectSound(story);
    const [first, second] = accountOf(story.state).credited;
    expect(first).toMatchObject({ fromMs: 0, toMs: minutes(1), toAt: pausedAt });
    expect(second).toMatchObject({ fromMs: minutes(1), fromAt: pausedAt + minutes(2) });
  });

  it('credits nothing twice: what is watched again has its first place', () => {
    const story = aSession(lesson).begins().plays(minutes(2)).seeksTo(0).playsToTheEnd().finishes();
    expectSound(story);
    expect(accountOf(story.state).creditedMs).toBe(minutes(10));
    expect(story.state.ledger.playedMs).toBe(minutes(12));
  });

  it('lets go what was withheld, and takes it up when it is earned', () => {
    const story = aSession(lesson).begins().leavesPopupUnanswered().plays(minutes(3)).timePasses(seconds(62));
    expect(accountOf(story.state)).toMatchObject({ creditedMs: 0, credited: [], checks: { issued: 2, missed: 1 } });
    const returnedAt = story.timeline.now;
    story.playsToTheEnd().finishes();
    expectSound(story);
    expect(accountOf(story.state).credited[0]?.fromAt).toBeGreaterThanOrEqual(returnedAt);
  });

  it('stands through a bad line, slow time and reloads', () => {
    const story = aSession({ ...lesson, delayMs: [50, 1_800], mediaRate: 0.999, seed: 7 }).begins().plays(minutes(2)).goesOffline(seconds(50), seconds(12));
    story.plays(minutes(1)).stalls(seconds(25)).plays(minutes(1)).reloads().playsToTheEnd().finishes();
    expect(story.verdict).toBe('VALID');
    expectSound(story);
  });

  it('counts the checks that were shown and those left alone', () => {
    const story = aSession({ ...lesson, faceChecks: [{ part: 0, atMs: minutes(5) }] }).begins().plays(minutes(4));
    story.trainee.bursts.push(null, 'PHOTO');
    story.playsToTheEnd().finishes();
    // The first face check, one left alone, one failed, one passed; the popups answered.
    expect(accountOf(story.state).checks).toEqual({ issued: 4 + story.state.slices.R3.answered, missed: 1 });
  });
});
