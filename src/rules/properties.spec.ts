import { afterAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { SessionEvent } from './event.js';
import { addInterval, missingOf, totalMs, type IntervalSet } from './interval-set.js';
import { lessonParts } from './lesson-parts.js';
import { unopened, type SessionState } from './state.js';
import { nextDeadline, replay, step, verdictOf } from './step.js';
import { forgetLives, life, type Lived, livedBy } from './testing/lives.js';
import { minutes } from './testing/opening.js';
import { sampled } from './testing/sampling.js';
import { aSession } from './testing/story.js';

/** One generated life is lived once and looked at by every property. */
const holdsFor = (law: (lived: Lived) => void): void => fc.assert(fc.property(life, (plan) => law(livedBy(plan))), sampled());

/** Runs a journal through the engine and shows every state on the way. */
function eachState(journal: readonly SessionEvent[], look: (state: Exclude<SessionState, { status: 'unopened' }>, event: SessionEvent) => void): void {
  let state: SessionState = unopened;
  for (const event of journal) {
    state = step(state, event).state;
    if (state.status !== 'unopened') look(state, event);
  }
}

/** Positions that the beats of one page run through while they say PLAYING: what the video showed, by the client's word. */
function shown(journal: readonly SessionEvent[]): IntervalSet {
  let set: IntervalSet = [];
  let from: number | null = null;
  for (const event of journal) {
    if (event.type !== 'beat.received') continue;
    if (from !== null && event.positionMs > from) set = addInterval(set, [from, event.positionMs]);
    from = event.state === 'PLAYING' ? event.positionMs : null;
  }
  return set;
}

/** Server times at which a control stood before the trainee: popups shown, face checks passed. */
function controlsOf(journal: readonly SessionEvent[]): readonly number[] {
  const times: number[] = [];
  let passed = 0;
  eachState(journal, ({ slices }, event) => {
    if (event.type === 'popup.issued' || slices.R4.passed > passed) times.push(event.at);
    passed = slices.R4.passed;
  });
  return times;
}

/** Longest accepted play between two controls, ms: each stretch is laid down from where the player was heard of last. */
function longestRunMs(journal: readonly SessionEvent[]): number {
  const stretches: (readonly [from: number, to: number])[] = [];
  let last = { playedMs: 0, captureAt: 0 };
  eachState(journal, ({ ledger }) => {
    const playedMs = ledger.playedMs - last.playedMs;
    if (playedMs > 0) stretches.push([last.captureAt, last.captureAt + playedMs]);
    last = { playedMs: ledger.playedMs, captureAt: ledger.anchor?.captureAt ?? 0 };
  });
  const bounds = [...controlsOf(journal), Infinity];
  return Math.max(...bounds.map((to, index) => {
    const from = bounds[index - 1] ?? -Infinity;
    return stretches.reduce((sum, stretch) => sum + Math.max(0, Math.min(stretch[1], to) - Math.max(stretch[0], from)), 0);
  }));
}

afterAll(forgetLives);

describe('properties of honest sessions', () => {
  it('they end valid, whatever happens to line, laptop and page', () => {
    holdsFor(({ state }) => {
      const failure = state.findings.find((found) => found.effect === 'INVALIDATE_SESSION')?.code ?? null;
      expect({ failure, verdict: verdictOf(state) }).toEqual({ failure: null, verdict: 'VALID' });
    });
  });

  it('replayed from stored JSON they give what they gave live', () => {
    holdsFor(({ journal, state }) => expect(replay(JSON.parse(JSON.stringify(journal)) as SessionEvent[])).toEqual(state));
  });

  it('played time never exceeds the server time in which the player ran', () => {
    holdsFor(({ state, trulyPlayedMs }) => {
      const { errorMs, errorRatio } = state.opened.policy.playback;
      expect(state.ledger.playedMs).toBeLessThanOrEqual(trulyPlayedMs * (1 + errorRatio) + errorMs);
    });
  });

  it('coverage holds nothing that was not shown at real time, beyond the error of measurement', () => {
    holdsFor(({ journal, state }) => {
      const unseen = state.ledger.coverage.flatMap((interval) => missingOf(shown(journal), interval));
      expect(totalMs(unseen)).toBeLessThanOrEqual(state.opened.policy.playback.errorMs);
    });
  });

  it('coverage stays sorted, disjoint and within the lesson; time never runs back', () => {
    holdsFor(({ journal }) => {
      let now = 0;
      eachState(journal, ({ at, ledger, opened }) => {
        if (at < now) throw new Error(`time ran back from ${now} to ${at}`);
        now = at;
        const bounds = [0, ...ledger.coverage.flat(), opened.lesson.durationMs];
        const isSound = bounds.every((bound, index) => index === 0 || bound > (bounds[index - 1] ?? 0) || ((index === 1 || index === bounds.length - 1) && bound === bounds[index - 1]));
        if (!isSound || ledger.timelineMs > opened.lesson.durationMs) throw new Error(`unsound at ${at}: ${JSON.stringify({ bounds, timelineMs: ledger.timelineMs })}`);
      });
    });
  });

  it('no valid one holds more than five minutes of play between two controls', () => {
    holdsFor(({ journal }) => expect(longestRunMs(journal)).toBeLessThanOrEqual(300_000));
  });

  it('every part has its picture, every scheduled face check was passed, and the lesson was watched', () => {
    holdsFor(({ state: { slices, schedule, opened, ledger } }) => {
      const empty = lessonParts(opened.lesson.durationMs, opened.policy).filter(({ index }) => !slices.R6.qualifying.some(({ part }) => part === index));
      expect(empty).toEqual([]);
      expect(slices.R4.passed).toBeGreaterThanOrEqual(1 + (schedule?.faceChecks.length ?? 0));
      expect(totalMs(ledger.coverage)).toBeGreaterThanOrEqual(opened.lesson.durationMs * opened.policy.completion.minCoverage);
    });
  });

  it('the engine changes nothing it was given', () => {
    holdsFor(({ journal, state }) => {
      let frozen: SessionState = unopened;
      for (const event of journal) frozen = frozenDeep(step(frozen, frozenDeep(event)).state);
      expect(verdictOf(frozen)).toBe(verdictOf(state));
    });
  });

  it('deadlines move on: a tick at the deadline is never followed by the same deadline', () => {
    holdsFor(({ journal }) => {
      let count = 0;
      eachState(journal, (state) => {
        // Every eleventh state of a life: a prime stride meets every kind of moment over all lives.
        if ((count += 1) % 11 === 0) ticksOn(state);
      });
    });
  });
});

describe('properties of sessions under a schedule that asks too late', () => {
  it('end valid exactly when no run of play between two controls was longer than five minutes', () => {
    const gaps = fc.array(fc.integer({ min: 288_000, max: 306_000 }), { minLength: 2, maxLength: 4 });
    const outcomes = { valid: 0, invalid: 0 };
    fc.assert(fc.property(gaps, fc.nat(1_000), (popupGaps, seed) => {
      const story = aSession({ seed, durationMs: minutes(11), popupGaps, snapshots: [], faceChecks: [] }).studiesTheLesson();
      const longestMs = longestRunMs(story.journal);
      outcomes[longestMs > 300_000 ? 'invalid' : 'valid'] += 1;
      expect({ longestMs, failure: story.failure }).toEqual({ longestMs, failure: longestMs > 300_000 ? 'R3_POPUP_GAP' : null });
    }), sampled());
    expect(Math.min(outcomes.valid, outcomes.invalid)).toBeGreaterThan(0);
  });
});

/** Lets nothing happen but ticks: each is later than the one before, and they come to an end. */
function ticksOn(state: SessionState): void {
  let ticked = state;
  let due = nextDeadline(ticked);
  for (let ticks = 0; due !== null; ticks += 1) {
    const at = Math.max(due, ticked.status === 'unopened' ? 0 : ticked.at);
    ticked = step(ticked, { type: 'clock.ticked', at }).state;
    due = nextDeadline(ticked);
    if (due !== null && due <= at) throw new Error(`due again at ${due} after a tick at ${at}`);
    if (ticks > 11) throw new Error(`still ticking at ${at}`);
  }
}

function frozenDeep<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  Object.values(value).forEach(frozenDeep);
  return value;
}
