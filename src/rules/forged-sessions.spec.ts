import { describe, expect, it } from '@jest/globals';
import type { BeatReceived, SessionEvent } from './event.js';
import { nextDeadline } from './step.js';
import { minutes, seconds } from './testing/opening.js';
import { between, seededRandom } from './testing/random.js';
import { aSession, type Story } from './testing/story.js';

/** A program without a browser: it joins, beats at real time and knows nothing else. */
function bot(story: Story, forMs: number, position: (elapsedMs: number) => number = (elapsedMs) => elapsedMs): Story {
  story.browser.connection = 0;
  const { shell, timeline } = story;
  const from = timeline.now;
  const at = (): number => Math.round(timeline.now);
  shell.record({
    type: 'connection.joined', at: at(), connectionId: 'bot', instanceId: 'bot-page-0001', deviceId: 'bot', leaseEpoch: 1, clientMonoMs: 0,
    clientWallAt: at(), sdk: 'sdk', userAgent: 'bot', camera: 'camera', screenExtended: null, tookOverFrom: null,
  });
  for (let seq = 1; timeline.now - from < forMs && !shell.isClosed; seq += 1) {
    const elapsedMs = timeline.now - from;
    const beat: BeatReceived = {
      type: 'beat.received', at: at(), connectionId: 'bot', seq, positionMs: position(elapsedMs), rate: 1, state: 'PLAYING', clientMonoMs: elapsedMs,
      clientWallAt: at(), visible: true, pictureInPicture: false,
    };
    shell.record(beat);
    timeline.advanceTo(timeline.now + seconds(10));
  }
  return story;
}

describe('forged sessions', () => {
  it('beats without a browser at real time earn nothing without a face', () => {
    const story = bot(aSession({ durationMs: minutes(40) }), minutes(40));
    expect(story.failure).toBe('R4_NOT_PERFORMED');
    expect(story.creditedMs).toBe(0);
  });

  it('a program that takes over after an honest face check fails at the first popup', () => {
    const story = aSession({ durationMs: minutes(40) }).begins().plays(seconds(30)).ignoresHolds();
    story.trainee.ignoresPopups = true;
    story.trainee.usualPicture = null;
    story.trainee.usualBurst = null;
    story.timePasses(minutes(40));
    expect(story.failure).toMatch(/^R3_|^R4_NOT_PERFORMED|^R6_/);
    expect(story.creditedMs).toBeLessThan(minutes(5));
  });

  it('one that obeys every hold and answers nothing gets no further than three popups', () => {
    const story = aSession({ durationMs: minutes(40) }).begins();
    story.trainee.ignoresPopups = true;
    story.playsToTheEnd();
    expect(story.failure).toBe('R3_POPUP_UNANSWERED');
    expect(story.creditedMs).toBeLessThan(minutes(5));
  });

  it('one that answers popups but has no camera cannot finish', () => {
    const story = aSession({ durationMs: minutes(40) }).begins();
    story.trainee.usualPicture = null;
    story.trainee.usualBurst = null;
    story.playsToTheEnd().finishes();
    expect(story.verdict).not.toBe('VALID');
  });

  it('answers to popups, pictures and face checks of another session are worth nothing', () => {
    const recorded = aSession({ seed: 5 }).studiesTheLesson();
    expect(recorded.verdict).toBe('VALID');
    const foreign = recorded.journal.filter(({ type }) => /^(popup\.answered|snapshot\.(received|judged)|liveness\.(received|judged))$/.test(type));
    const story = aSession({ seed: 6 }).joined();
    const before = story.state.slices;
    for (const event of foreign) story.shell.record({ ...rename(event), at: Math.round(story.timeline.now) } as SessionEvent);
    expect(story.state.slices).toEqual(before);
    expect(story.state.holds).toEqual(['FACE_CHECK']);
  });

  it('a page clock that says whatever it likes never earns more than server time gives', () => {
    for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
      const random = seededRandom(seed);
      const story = aSession({ seed, durationMs: minutes(20) }).begins().claims((beat) => ({ ...beat, clientMonoMs: beat.clientMonoMs + between(random, -60_000, 60_000) }));
      const from = story.timeline.now;
      story.plays(minutes(10));
      expect(story.creditedMs).toBeLessThanOrEqual(story.timeline.now - from + 2_000);
    }
  });

  it('beats that pretend to come late to make time for a faster player do not', () => {
    for (const lagMs of [seconds(5), seconds(20), seconds(40)]) {
      let lag = 0;
      const story = aSession({ durationMs: minutes(30) }).begins().claims((beat) => ({ ...beat, clientMonoMs: beat.clientMonoMs - (lag = Math.min(lagMs, lag + 500)) }));
      const from = story.timeline.now;
      story.playsAtSpeed(1.2).resumes().timePasses(minutes(5));
      expect(story.failure).toMatch(/^R1_/);
      expect(story.creditedMs).toBeLessThanOrEqual(story.timeline.now - from + 2_000);
    }
  });

  it('reconnecting and reloading do not buy the speed that one page may not have', () => {
    const story = aSession({ durationMs: minutes(40) }).begins().playsAtSpeed(1.1);
    const from = story.timeline.now;
    for (let count = 0; count < 60 && story.failure === null; count += 1) {
      story.plays(seconds(15));
      if (count % 2 === 0) story.goesOffline(500);
      else story.reloads(500);
    }
    expect(story.creditedMs).toBeLessThanOrEqual(story.timeline.now - from + 4_000);
  });

  it.each([
    ['reconnects', 0, 1.1], ['reconnects and jumps', 4_000, 1.1], ['reconnects and jumps back', -4_000, 1.1], ['reconnects and jumps', 4_000, 1.06],
    ['is loaded again and again', null, 1.1], ['is loaded again and again', null, 1.06],
  ])('nor does a page that %s (%s ms), with a clock as fast as its player (%s)', (_name, jumpMs, speed) => {
    const story = aSession({ durationMs: minutes(40), clockRate: speed }).begins().playsAtSpeed(speed);
    const from = story.timeline.now;
    for (let count = 0; count < 60 && story.failure === null; count += 1) {
      story.plays(seconds(19));
      if (jumpMs === null) {
        story.reloads(20);
        continue;
      }
      story.browser.shiftClock(jumpMs);
      story.goesOffline(20);
    }
    expect(story.failure).toMatch(/^R1_/);
    expect(story.creditedMs).toBeLessThanOrEqual(story.timeline.now - from + 10_000);
  });

  it('a first beat that claims to be from before its page had joined makes no time to have played in', () => {
    const story = aSession({ durationMs: minutes(20), clockRate: 1.5 }).begins().claims((beat) => ({ ...beat, clientMonoMs: beat.clientMonoMs - 25_000 }));
    const from = story.timeline.now;
    story.playsAtSpeed(1.5).plays(seconds(60));
    expect(story.creditedMs).toBeLessThanOrEqual(story.timeline.now - from + 5_000);
  });

  it('hiding behind a line that is down again and again earns no credit without controls', () => {
    const story = aSession({ durationMs: minutes(40) }).begins();
    story.trainee.ignoresPopups = true;
    for (let count = 0; count < 60 && story.failure === null; count += 1) story.plays(seconds(25)).goesOffline(seconds(3));
    expect(story.creditedMs).toBeLessThanOrEqual(minutes(5));
  });

  it('silence under a popup earns nothing, however often it is repeated', () => {
    const story = aSession({ durationMs: minutes(40) }).begins();
    story.trainee.ignoresPopups = true;
    story.ignoresHolds();
    for (let count = 0; count < 30 && story.failure === null; count += 1) story.timePasses(seconds(29)).goesOffline(seconds(36), seconds(36));
    expect(story.creditedMs).toBeLessThanOrEqual(minutes(5));
    expect(story.verdict).not.toBe('VALID');
  });

  it('what comes after the verdict changes nothing', () => {
    const story = bot(aSession({ durationMs: minutes(40) }), minutes(40));
    const { findings, verdict, ledger } = story.state as typeof story.state & { verdict: string };
    for (const event of aSession().studiesTheLesson().journal.slice(1)) story.shell.record(event);
    expect(story.state).toMatchObject({ status: 'closed', findings, verdict, ledger });
    expect(nextDeadline(story.state)).toBeNull();
  });
});

/** Ids are drawn per session on a real server; here they would be the same by counting. */
function rename(event: SessionEvent): SessionEvent {
  if ('popupId' in event) return { ...event, popupId: `other-${event.popupId}` };
  if ('snapshotId' in event) return { ...event, snapshotId: `other-${event.snapshotId}` };
  if ('checkId' in event) return { ...event, checkId: `other-${event.checkId}` };
  return event;
}
