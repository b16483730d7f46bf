import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { SessionEvent } from './event.js';
import { partMs } from './policy.js';
import { unopened, type SessionState } from './state.js';
import { lessonParts } from './lesson-parts.js';
import { nextDeadline, replay, step, verdictOf } from './step.js';
import { minutes, seconds } from './testing/opening.js';
import { aSession, type Story } from './testing/story.js';

/** Things that happen to honest trainees. */
type Mishap = (story: Story) => Story;
const upTo = (ms: number): fc.Arbitrary<number> => fc.integer({ min: 1_000, max: ms });
const mishap: fc.Arbitrary<{ readonly name: string; readonly happen: Mishap }> = fc.oneof(
  upTo(seconds(150)).map((ms) => ({ name: `stall ${ms}`, happen: (story: Story) => story.stalls(ms) })),
  fc.tuple(upTo(seconds(150)), fc.nat(seconds(45))).map(([ms, noticed]) => ({ name: `drop ${ms} noticed ${noticed}`, happen: (story: Story) => story.goesOffline(ms, noticed) })),
  upTo(minutes(4)).map((ms) => ({ name: `pause ${ms}`, happen: (story: Story) => story.pauses(ms) })),
  upTo(minutes(25)).map((ms) => ({ name: `away ${ms}`, happen: (story: Story) => story.pauses(ms).joined() })),
  upTo(seconds(20)).map((ms) => ({ name: `reload ${ms}`, happen: (story: Story) => story.reloads(ms) })),
  fc.tuple(upTo(minutes(3)), fc.boolean()).map(([ms, runs]) => ({ name: `sleep ${ms} ${runs}`, happen: (story: Story) => story.sleeps(ms, runs) })),
  upTo(minutes(2)).map((ms) => ({ name: `hidden ${ms}`, happen: (story: Story) => story.hidesPage().timePasses(ms).showsPage() })),
  fc.nat(100).map((share) => ({ name: `back to ${share} %`, happen: (story: Story) => story.seeksTo(Math.round((story.positionMs * share) / 100)) })),
);
const life = fc.record({
  seed: fc.integer({ min: 1, max: 1_000_000 }),
  delay: fc.constantFrom([0, 0], [5, 80], [10, 600], [0, 1_500], [300, 2_500]),
  clockRate: fc.constantFrom(0.9999, 1, 1.0001),
  mediaRate: fc.constantFrom(0.999, 1, 1.001),
  durationMs: fc.integer({ min: minutes(4), max: minutes(14) }),
  steps: fc.array(fc.tuple(upTo(minutes(3)), mishap), { maxLength: 6 }),
});
type Life = typeof life extends fc.Arbitrary<infer T> ? T : never;

const begun = ({ seed, delay, clockRate, mediaRate, durationMs }: Life): Story =>
  aSession({ seed, durationMs, clockRate, mediaRate, delayMs: [delay[0] ?? 0, delay[1] ?? 0] }).begins();
const lived = (it: Life): Story => it.steps.reduce((story, [ms, { happen }]) => happen(story.plays(ms)), begun(it)).playsToTheEnd().finishes();
const check = (property: fc.IProperty<[Life]>, numRuns: number): void => fc.assert(property, { numRuns, verbose: fc.VerbosityLevel.None });

/** Credited play between two controls, read from the journal alone: a second opinion on what rule 3 says. */
function longestRun(journal: readonly SessionEvent[]): number {
  let state: SessionState = unopened;
  let longest = 0;
  let since = 0;
  for (const event of journal) {
    const before = state.status === 'unopened' ? 0 : state.ledger.playedMs;
    state = step(state, event).state;
    if (state.status === 'unopened') continue;
    since += state.ledger.playedMs - before;
    longest = Math.max(longest, since);
    const isControl = event.type === 'popup.issued' || (event.type === 'liveness.judged' && state.slices.R4.need === null);
    // A beat that spans the control books up to one heartbeat from before it only afterwards.
    if (isControl) since = -2 * state.opened.policy.network.heartbeatMs;
  }
  return longest;
}

/** A face check passed while the popup stood open is the control in its place: the answer is then one too many. */
function isCoveredByFaceCheck(journal: readonly SessionEvent[], popupId: string): boolean {
  const issued = journal.find((event) => event.type === 'popup.issued' && event.popupId === popupId);
  const from = issued?.at ?? 0;
  return journal.some((event) => event.type === 'liveness.judged' && event.at >= from && event.at <= from + seconds(60));
}

describe('properties of honest sessions', () => {
  it('they end valid, whatever happens to line, laptop and page', () => {
    check(fc.property(life, (it) => {
      const story = lived(it);
      expect({ failure: story.failure, verdict: story.verdict }).toEqual({ failure: null, verdict: 'VALID' });
    }), 120);
  });

  it('replayed they give what they gave live', () => {
    check(fc.property(life, (it) => {
      const story = lived(it);
      expect(replay(story.journal)).toEqual(story.state);
    }), 15);
  });

  it('credit never exceeds server time, coverage stays sorted and disjoint, time never runs back', () => {
    check(fc.property(life, (it) => {
      let state: SessionState = unopened;
      for (const event of lived(it).journal) {
        const at = state.status === 'unopened' ? event.at : state.at;
        state = step(state, event).state;
        if (state.status === 'unopened') continue;
        const { coverage, playedMs, timelineMs } = state.ledger;
        expect(playedMs).toBeLessThanOrEqual((state.at - state.opened.at) * 1.002 + 2_000);
        expect(timelineMs).toBeLessThanOrEqual(state.opened.lesson.durationMs);
        coverage.forEach(([from, to], index) => expect(from).toBeLessThan(coverage[index + 1]?.[0] ?? Infinity) ?? expect(to).toBeGreaterThan(from));
        expect(state.at).toBeGreaterThanOrEqual(at);
      }
    }), 15);
  });

  it('a valid one holds no credited run of five minutes without a control, and all that was to be shown', () => {
    check(fc.property(life, (it) => {
      const story = lived(it);
      expect(longestRun(story.journal)).toBeLessThanOrEqual(story.state.opened.policy.popup.maxGapMs);
      const { slices, schedule, opened } = story.state;
      const parts = lessonParts(opened.lesson.durationMs, opened.policy);
      expect(parts.every(({ index }) => slices.R6.qualifying.includes(index))).toBe(true);
      expect(slices.R4.passed).toBeGreaterThanOrEqual(1 + (schedule?.faceChecks.length ?? 0));
      expect(story.creditedMs).toBeGreaterThanOrEqual(opened.lesson.durationMs * opened.policy.completion.minCoverage);
      expect(partMs(opened.policy)).toBe(minutes(40));
    }), 25);
  });

  it('deadlines move on: a tick at the deadline is never followed by the same deadline', () => {
    check(fc.property(life, (it) => {
      let state: SessionState = unopened;
      for (const event of lived(it).journal) {
        state = step(state, event).state;
        const due = nextDeadline(state);
        if (due === null || state.status === 'unopened') continue;
        let ticked: SessionState = state;
        for (let count = 0, next: number | null = due; next !== null && count < 12; count += 1) {
          const at = Math.max(next, ticked.status === 'unopened' ? 0 : ticked.at);
          ticked = step(ticked, { type: 'clock.ticked', at }).state;
          const later: number | null = nextDeadline(ticked);
          expect(later ?? Infinity).toBeGreaterThan(at);
          expect(count).toBeLessThan(11);
          next = later;
        }
      }
    }), 6);
  });
});

describe('properties of journals', () => {
  it('entries that come twice do no harm', () => {
    const REPEATABLE: readonly SessionEvent['type'][] = ['popup.answered', 'snapshot.received', 'snapshot.judged', 'liveness.received', 'liveness.judged', 'check.failed', 'connection.lost', 'clock.ticked'];
    check(fc.property(life, (it) => {
      const { journal, state } = lived(it);
      const doubled = replay(journal.flatMap((event) => (REPEATABLE.includes(event.type) ? [event, event] : [event])));
      if (doubled.status === 'unopened') throw new Error('lost its opening');
      expect(doubled.ledger.coverage).toEqual(state.ledger.coverage);
      expect(doubled.slices).toEqual(state.slices);
      expect(verdictOf(doubled)).toBe(verdictOf(state));
    }), 15);
  });

  it('a valid session without any one of its controls is not valid', () => {
    const controls: readonly SessionEvent['type'][] = ['liveness.judged', 'snapshot.judged', 'popup.answered', 'schedule.drawn', 'finish.requested', 'connection.joined'];
    check(fc.property(life, (it) => {
      const { journal } = lived(it);
      for (const type of controls) {
        const taken = journal.filter((event) => event.type === type && !(event.type === 'popup.answered' && isCoveredByFaceCheck(journal, event.popupId)));
        if (taken.length === 0) continue;
        const without = replay(journal.filter((event) => event.type !== type));
        expect({ type, verdict: verdictOf(without) }).not.toEqual({ type, verdict: 'VALID' });
      }
    }), 10);
  });

  it('a valid session without one single picture of its only part, popup answer or face check is not valid', () => {
    const story = aSession({ durationMs: minutes(12), snapshots: [{ part: 0, atMs: minutes(5) }], faceChecks: [{ part: 0, atMs: minutes(8) }] }).studiesTheLesson();
    expect(story.verdict).toBe('VALID');
    story.journal.forEach((event, index) => {
      if (event.type !== 'snapshot.judged' && event.type !== 'liveness.judged' && event.type !== 'popup.answered') return;
      expect(verdictOf(replay(story.journal.filter((_, other) => other !== index)))).not.toBe('VALID');
    });
  });
});

describe('properties of any journal', () => {
  const at = fc.nat(minutes(20));
  const noise = fc.oneof(
    fc.record({ type: fc.constant('clock.ticked' as const), at }),
    fc.record({
      type: fc.constant('beat.received' as const), at, connectionId: fc.constant('connection-1'), seq: fc.nat(50), positionMs: fc.nat(minutes(12)), rate: fc.constantFrom(0.5, 1, 2),
      state: fc.constantFrom('PLAYING' as const, 'PAUSED' as const, 'ENDED' as const), clientMonoMs: fc.nat(minutes(20)), clientWallAt: at, visible: fc.boolean(), pictureInPicture: fc.boolean(),
    }),
    fc.record({ type: fc.constant('window.reported' as const), at, connectionId: fc.constant('connection-1'), kind: fc.constantFrom('HIDDEN', 'VISIBLE', 'PIP_ENTERED', 'PIP_LEFT', 'CAMERA_LOST', 'CAMERA_BACK', 'TRAINEE_RETURNED', '?'), detail: fc.constant({}) }),
    fc.record({ type: fc.constant('connection.lost' as const), at, connectionId: fc.constant('connection-1') }),
    fc.record({ type: fc.constant('lease.lost' as const), at, leaseEpoch: fc.nat(5), bySessionId: fc.constant('other') }),
    fc.record({ type: fc.constant('popup.answered' as const), at, popupId: fc.constantFrom('popup.issue-1', 'x'), answer: fc.string(), elapsedMs: fc.nat(9_000), trusted: fc.boolean() }),
    fc.record({ type: fc.constant('finish.requested' as const), at }),
  );

  it('a player of any speed behind a clock that says anything never gets through a lesson faster than real time', () => {
    const trick = fc.record({
      speed: fc.constantFrom(1, 1.003, 1.02, 1.1, 1.5, 4),
      monoLieMs: fc.constantFrom(0, 500, 2_000, 20_000, -2_000, -20_000),
      clockRate: fc.constantFrom('AS_THE_PLAYER' as const, 0.5, 1, 1.5),
      act: fc.constantFrom('none' as const, 'reload' as const, 'drop' as const, 'hop' as const, 'pause' as const),
      playMs: fc.integer({ min: 1_000, max: minutes(2) }),
    });
    fc.assert(fc.property(fc.array(trick, { minLength: 1, maxLength: 12 }), fc.nat(1_000), (tricks, seed) => {
      const story = aSession({ seed, durationMs: minutes(6), delayMs: [5, 120] }).begins();
      const from = story.timeline.now;
      for (const { speed, monoLieMs, clockRate, act, playMs } of [...tricks, ...tricks, ...tricks]) {
        story.browser.setClockRate(clockRate === 'AS_THE_PLAYER' ? speed : clockRate);
        story.claims((beat) => ({ ...beat, clientMonoMs: beat.clientMonoMs + monoLieMs })).playsAtSpeed(speed).plays(playMs);
        if (act === 'reload') story.reloads(300);
        if (act === 'drop') story.goesOffline(300);
        if (act === 'pause') story.pauses(500);
        if (act === 'hop') story.pauses().seeksTo(Math.min(story.positionMs + 1_900, minutes(6)));
        if (story.failure !== null) break;
      }
      story.finishes();
      const elapsedMs = story.timeline.now - from;
      // Five seconds in a class hour are what attacks.md allows to errors of measurement.
      if (story.verdict !== 'INVALID') expect(story.creditedMs).toBeLessThanOrEqual(elapsedMs * 1.002 + 5_000);
      expect(story.creditedMs).toBeLessThanOrEqual(elapsedMs * 1.002 + 10_000);
    }), { numRuns: 200 });
  });

  it('never throws, never credits more than server time, and always has a verdict', () => {
    fc.assert(fc.property(fc.array(noise, { maxLength: 60 }), (events) => {
      const story = aSession().begins().plays(seconds(30));
      const from = story.state.at;
      const sorted = [...events].sort((a, b) => a.at - b.at);
      for (const event of sorted) story.shell.record({ ...event, at: from + event.at } as SessionEvent);
      const { ledger, opened, at: now } = story.state;
      expect(story.creditedMs).toBeLessThanOrEqual(now - opened.at + 2_000);
      expect(ledger.coverage.every(([start, end]) => start >= 0 && end > start && end <= opened.lesson.durationMs)).toBe(true);
      expect(['INVALID', 'INCOMPLETE']).toContain(story.verdict);
    }), { numRuns: 150 });
  });
});
