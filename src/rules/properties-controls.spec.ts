import { afterAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { SessionEvent } from './event.js';
import { replay, verdictOf } from './step.js';
import { forgetLives, life, type Lived, livedBy } from './testing/lives.js';
import { minutes } from './testing/opening.js';
import { sampled } from './testing/sampling.js';
import { aSession } from './testing/story.js';

/** A control of the session, and the entry that proves it. */
const PROOFS: readonly SessionEvent['type'][] = ['liveness.judged', 'snapshot.judged', 'popup.answered'];

const verdictWithout = (journal: readonly SessionEvent[], isRemoved: (event: SessionEvent, index: number) => boolean): string =>
  verdictOf(replay(journal.filter((event, index) => !isRemoved(event, index))));

/** Play that a control released, ms: what beats claim between it and the next thing that proves presence. */
function releasedMs(journal: readonly SessionEvent[], index: number): number {
  let releasedMs = 0;
  let playingFrom: number | null = null;
  for (const event of journal.slice(index + 1)) {
    if (event.type === 'popup.issued' || event.type === 'liveness.judged') break;
    if (event.type !== 'beat.received') continue;
    if (playingFrom !== null) releasedMs += Math.max(0, event.positionMs - playingFrom);
    playingFrom = event.state === 'PLAYING' ? event.positionMs : null;
  }
  return releasedMs;
}

/**
 * A picture is asked of every part, whatever follows. A proof of presence is needed when it released more than a complete
 * lesson may lack, and more than the error of measurement, which a later stretch covers.
 */
function isNeeded({ journal, state: { opened } }: Lived, index: number): boolean {
  const { completion, playback } = opened.policy;
  const slackMs = opened.lesson.durationMs * (1 - completion.minCoverage) + playback.errorMs;
  return journal[index]?.type === 'snapshot.judged' || releasedMs(journal, index) > slackMs;
}

const indexesOf = ({ journal }: Lived, types: readonly SessionEvent['type'][]): readonly number[] =>
  journal.flatMap(({ type }, index) => (types.includes(type) ? [index] : []));

afterAll(forgetLives);

describe('properties of controls', () => {
  it('an honest session without any single one of them is not valid', () => {
    let [removed, superfluous] = [0, 0];
    fc.assert(fc.property(life, (plan) => {
      const lived = livedBy(plan);
      for (const index of indexesOf(lived, PROOFS)) {
        if (!isNeeded(lived, index)) superfluous += 1;
        else if (verdictWithout(lived.journal, (_, other) => other === index) === 'VALID') throw new Error(`valid without entry ${index}: ${JSON.stringify(lived.journal[index])}`);
        else removed += 1;
      }
    }), sampled());
    // What is left out is the exception, not the way to pass.
    expect(superfluous).toBeLessThan(removed / 20);
  });

  it('an honest session without one whole kind of them, its schedule, its place or its finish is not valid', () => {
    const kinds: readonly (readonly SessionEvent['type'][])[] = [
      ...PROOFS.map((type) => [type]),
      ['popup.issued', 'popup.answered'],
      ['snapshot.requested', 'snapshot.received', 'snapshot.judged'],
      ['liveness.requested', 'liveness.received', 'liveness.judged'],
      ['schedule.drawn'],
      ['connection.joined'],
      ['finish.requested'],
    ];
    fc.assert(fc.property(life, (plan) => {
      const lived = livedBy(plan);
      for (const types of kinds) {
        const proofs = indexesOf(lived, types.filter((type) => PROOFS.includes(type)));
        if (types.includes('popup.answered') && !proofs.some((index) => isNeeded(lived, index))) continue;
        expect({ types, verdict: verdictWithout(lived.journal, ({ type }) => types.includes(type)) }).not.toEqual({ types, verdict: 'VALID' });
      }
    }), sampled());
  });

  it('a session without one single picture of its only part, popup answer or face check is not valid', () => {
    const story = aSession({ durationMs: minutes(12), snapshots: [{ part: 0, atMs: minutes(5) }], faceChecks: [{ part: 0, atMs: minutes(8) }] }).studiesTheLesson();
    expect(story.verdict).toBe('VALID');
    const proofs = story.journal.filter(({ type }) => PROOFS.includes(type));
    expect(proofs.map((proof) => verdictWithout(story.journal, (event) => event === proof))).not.toContain('VALID');
  });
});
