import { afterAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { SessionEvent } from './event.js';
import type { SessionState } from './state.js';
import { replay, verdictOf } from './step.js';
import { redeliver } from './testing/delivery.js';
import { forgetLives, life, livedBy } from './testing/lives.js';
import { seededRandom } from './testing/random.js';
import { sampled } from './testing/sampling.js';

/** What a session comes to. Entries that say nothing new move the numbering, and a report told twice is noted twice. */
function outcomeOf(state: SessionState): unknown {
  if (state.status === 'unopened') throw new Error('the opening is lost');
  const { ledger, slices, holds } = state;
  const facts = state.findings.map(({ code, effect, detail }) => JSON.stringify({ code, effect, detail }));
  const outcome = { verdict: verdictOf(state), ledger, slices, holds, findings: [...new Set(facts)] };
  return JSON.parse(JSON.stringify(outcome, (key, value: unknown) => (key === 'seq' ? undefined : value)));
}

/** What a repeated entry could have counted twice. */
function countsOf(state: SessionState) {
  if (state.status === 'unopened') throw new Error('the opening is lost');
  const { R3, R4, R6 } = state.slices;
  return {
    verdict: verdictOf(state), withheldMs: state.ledger.withheldMs, answered: R3.answered, missed: R3.missed,
    passed: R4.passed, failedTries: R4.failedTries, qualifying: R6.qualifying, failures: R6.failures,
  };
}

afterAll(forgetLives);

describe('properties of delivery', () => {
  it('messages that come twice, late again or before their turn change nothing', () => {
    let moreEntries = 0;
    fc.assert(fc.property(life, (plan) => {
      const { journal, state } = livedBy(plan);
      const door = redeliver(journal, seededRandom(plan.seed));
      moreEntries += door.journal.length - journal.length;
      expect(outcomeOf(door.state)).toEqual(outcomeOf(state));
    }), sampled());
    expect(moreEntries).toBeGreaterThan(0);
  });

  it('results, ticks and messages that even got into the journal twice are counted once', () => {
    const REPEATED: readonly SessionEvent['type'][] = [
      'popup.answered', 'snapshot.received', 'snapshot.judged', 'liveness.received', 'liveness.judged', 'check.failed', 'connection.lost', 'clock.ticked',
    ];
    fc.assert(fc.property(life, (plan) => {
      const { journal, state } = livedBy(plan);
      const doubled = replay(journal.flatMap((event) => (REPEATED.includes(event.type) ? [event, event] : [event])));
      expect(countsOf(doubled)).toEqual(countsOf(state));
    }), sampled());
  });
});
