import { describe, expect, it } from '@jest/globals';
import { honest, missesPopups, sampleFacts, sampleReport, SESSION_ID, tellSession } from '../../test/support/sample-report.js';
import { chainEntries } from '../evidence/proof/chain.js';
import type { SessionEvent } from '../rules/event.js';
import { minutes } from '../rules/testing/opening.js';
import type { JournalEntry } from '../sessions/journal.js';
import { unsignedReportSchema } from './report.schema.js';

const LATER = { at: Date.parse('2026-11-30T02:00:00Z'), by: 'reviewer-1', secondBy: null, textSha256: 'a'.repeat(64), disputedSeq: null } as const;
const review = (outcome: 'UPHELD' | 'OVERTURNED', reasonCode: string): SessionEvent => ({ type: 'review.decided', ...LATER, outcome, reasonCode });

const withLater = (journal: readonly JournalEntry[], ...events: readonly SessionEvent[]): readonly JournalEntry[] =>
  [...journal, ...chainEntries(journal.length, journal.at(-1)?.hash ?? '', events)];

describe('the verdict of a report', () => {
  it('of an honest session is VALID in every reading and for every class hour it covers', () => {
    const report = sampleReport(tellSession(honest, { durationMs: minutes(60) }).journal);
    expect(report.verdict).toMatchObject({ policy: 'VALID', strict: 'VALID', classHour: 'VALID', history: [{ verdict: 'VALID', why: 'FINISHED' }] });
    expect(report.parts.map(({ verdict, findings }) => ({ verdict, findings }))).toEqual(
      [0, 1].map(() => ({ verdict: { policy: 'VALID', strict: 'VALID', classHour: 'VALID' }, findings: [] })),
    );
  });

  it('of a failed one stands by the finding it rests on, which lies in the class hour it overlaps', () => {
    const report = sampleReport(tellSession(missesPopups, { durationMs: minutes(60) }).journal);
    expect(report.verdict).toMatchObject({ policy: 'INVALID', strict: 'INVALID', failed: { rule: 'R3' }, history: [{ verdict: 'INVALID', why: report.verdict.failed?.code }] });
    const [first, second] = report.parts;
    expect(first?.verdict).toEqual({ policy: 'INVALID', strict: 'INVALID', classHour: 'INVALID' });
    expect(first?.findings.map(({ seq, code }) => `${code} ${seq}`)).toContain(`${report.verdict.failed?.code} ${report.verdict.failed?.seq}`);
    expect(second).toMatchObject({ creditedMs: 0, findings: [], verdict: { policy: 'INVALID', classHour: 'INCOMPLETE' } });
  });

  it('keeps its history when a person overturns it, and the chain and the seal hold', () => {
    const { journal } = tellSession(missesPopups);
    const report = sampleReport(withLater(journal, review('OVERTURNED', 'POPUP_NOT_SHOWN')));
    expect(report.verdict.history).toMatchObject([
      { verdict: 'INVALID', seq: expect.any(Number) },
      { verdict: 'INCOMPLETE', why: 'OVERTURNED', reasonCode: 'POPUP_NOT_SHOWN', seq: journal.length + 1, at: '2026-11-30T02:00:00.000Z' },
    ]);
    expect(report.verdict).toMatchObject({ policy: 'INCOMPLETE', failed: null, reason: { en: 'Overturned by review' } });
    expect(report.rules.find(({ rule }) => rule === 'R3')?.outcome).toBe('PASSED');
    expect(report.evidence).toMatchObject({ chainIntact: true, verdictMatchesSeal: true, isReliable: true });
    expect(unsignedReportSchema.safeParse(report).error).toBeUndefined();
  });

  it('is not touched by an upheld review of a valid session', () => {
    const report = sampleReport(withLater(tellSession(honest).journal, review('UPHELD', 'CHECKED')));
    expect(report.verdict).toMatchObject({ policy: 'VALID', history: [{ why: 'FINISHED' }, { why: 'UPHELD', verdict: 'VALID' }] });
  });

  it('names the attempt it makes up for, and the one that made up for it', () => {
    const attempt = { openedAt: new Date(0), closedAt: null, verdict: 'INVALID' as const, failedRule: null, reasonCode: null, commitment: '' };
    const { journal } = tellSession(honest);
    const { attempts } = sampleFacts({ attempts: [{ ...attempt, id: SESSION_ID, attempt: 1 }, { ...attempt, id: 'the-next', attempt: 2 }, { ...attempt, id: 'one-more', attempt: 3 }] });
    expect(sampleReport(journal, { attempts }).makeup).toEqual({ supersedes: null, supersededBy: 'the-next' });
    const [opened, ...rest] = journal.map(({ event }) => event);
    const retaken = chainEntries(0, '0'.repeat(64), [{ ...opened, supersedes: 'the-first' } as SessionEvent, ...rest]);
    expect(sampleReport(retaken).makeup).toEqual({ supersedes: 'the-first', supersededBy: null });
  });
});
