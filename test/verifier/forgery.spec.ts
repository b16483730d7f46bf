import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { CheckId, Place } from '../../src/evidence/proof/result.js';
import { findingsLineOf, JWS_TYPES, manifestHashOf, signatureLineOf } from '../../src/evidence/proof/format.js';
import { consistencyPath } from '../../src/evidence/proof/merkle.js';
import { type VerifyInput, verifyBundle } from '../../src/evidence/proof/verify.js';
import { signingKeyOf, signReport, signText } from '../../src/evidence/signing.js';
import type { SessionEvent } from '../../src/rules/event.js';
import { minutes } from '../../src/rules/testing/opening.js';
import { honest, missesPopups, sampleReport, tellSession } from '../support/sample-report.js';
import {
  bundleTextOf, closedLeafOf, ENGINE, INPUT, type Journal, KEY, keySetOf, linesOf, manifestOf, otherLeaf, rechained, resigned, SampleLog, signedReportOf, textOf,
} from '../support/sample-bundle.js';

const SETUP = { durationMs: minutes(6) };
const FORGER = signingKeyOf(new Uint8Array(32).fill(66));

/** Every failed check with its place. */
async function failuresOf(text: string, input: VerifyInput = INPUT): Promise<readonly (readonly [CheckId, Place | undefined])[]> {
  const { ok, checks } = await verifyBundle(text, input);
  const failures = checks.filter(({ outcome }) => outcome === 'FAIL').map(({ id, at }) => [id, at] as const);
  expect(ok).toBe(failures.length === 0);
  return failures;
}
const idsOf = async (text: string, input?: VerifyInput): Promise<readonly CheckId[]> => (await failuresOf(text, input)).map(([id]) => id);

const sealAs = (verdict: string) => (event: SessionEvent): SessionEvent => (event.type === 'session.sealed' ? { ...event, verdict } : event);

describe('a forger without the key', () => {
  let journal: Journal;
  let text: string;
  beforeAll(async () => {
    journal = tellSession(missesPopups, SETUP).journal;
    text = await bundleTextOf(journal);
  });

  it('who chains and hashes everything anew cannot sign it', async () => {
    const forged = await bundleTextOf(rechained(journal, sealAs('VALID')), FORGER);
    expect((await failuresOf(forged))[0]).toEqual(['signature', { line: journal.length + 3 }]);
  });

  it('cannot pass off his key under the name of ours', async () => {
    const named = { ...FORGER, kid: KEY.kid };
    expect((await failuresOf(await bundleTextOf(journal, named)))[0]?.[0]).toBe('signature');
    const keys = { keys: keySetOf(FORGER).keys.map((key) => ({ ...key, kid: KEY.kid })) };
    expect((await failuresOf(await bundleTextOf(journal, named), { ...INPUT, jwks: keys }))[0]?.[0]).toBe('signature');
  });

  it('cannot put the signature of one bundle, of a report or of another type under another', async () => {
    const other = await bundleTextOf(tellSession(honest, SETUP).journal);
    expect((await failuresOf(textOf([...linesOf(other).slice(0, -1), linesOf(text).at(-1) ?? ''])))[0]).toEqual(['signature', { line: 1 }]);
    const jws = await signText(KEY, JWS_TYPES.report, manifestHashOf(linesOf(text)[0] ?? ''));
    expect(await failuresOf(textOf([...linesOf(text).slice(0, -1), signatureLineOf(jws)]))).toEqual([['signature', { line: journal.length + 3 }]]);
  });

  it('cannot use a key that was retired before the session ended', async () => {
    const retired = { keys: keySetOf(KEY).keys.map((key) => ({ ...key, exp: Date.parse(manifestOf(text).closedAt) / 1000 - 60 })) };
    expect(await idsOf(text, { ...INPUT, jwks: retired })).toEqual(['signature']);
    const later = { keys: retired.keys.map((key) => ({ ...key, exp: key.exp + 120 })) };
    expect(await idsOf(text, { ...INPUT, jwks: later })).toEqual([]);
  });
});

describe('an operator who holds the key', () => {
  let journal: Journal;
  let text: string;
  beforeAll(async () => {
    journal = tellSession(missesPopups, SETUP).journal;
    text = await bundleTextOf(journal);
  });

  it('cannot turn the verdict round in the manifest', async () => {
    expect(await failuresOf(await resigned(text, { verdict: 'VALID' }))).toEqual([['verdict', { line: 1 }]]);
  });

  it('cannot turn it round where the session was sealed', async () => {
    const { length } = journal;
    expect(await failuresOf(await bundleTextOf(rechained(journal, sealAs('VALID'))))).toEqual([['verdict', { line: length + 1, seq: length }]]);
  });

  it('cannot leave a finding out', async () => {
    const findings = (JSON.parse(linesOf(text).at(-2) ?? '') as { readonly findings: readonly { readonly seq: number }[] }).findings;
    const line = findingsLineOf(findings.slice(1));
    const hash = createHash('sha256').update(line).digest('hex');
    const forged = await resigned(text, { findings: { count: findings.length - 1, hash } });
    const shorter = textOf(linesOf(forged).with(-2, line));
    expect(await failuresOf(shorter)).toEqual([['findings', { line: journal.length + 2, seq: findings[0]?.seq }]]);
  });

  it('cannot choose other instants than those committed to', async () => {
    const early = (event: SessionEvent): SessionEvent =>
      event.type === 'schedule.drawn' ? { ...event, popupGaps: event.popupGaps.map((gap, index) => (index === 1 ? gap + 1 : gap)) } : event;
    expect(await failuresOf(await bundleTextOf(rechained(journal, early)))).toContainEqual(['schedule', { line: 3, seq: 2 }]);
  });

  it('cannot reveal another seed than the one committed to', async () => {
    const other = 'ee'.repeat(32);
    const seed = (event: SessionEvent): SessionEvent => (event.type === 'session.sealed' ? { ...event, seed: other } : event);
    expect(await idsOf(await bundleTextOf(rechained(journal, seed)))).toEqual(['commitment', 'schedule']);
    expect(await idsOf(await resigned(text, { seed: other }))).toEqual(['manifest', 'commitment', 'schedule']);
  });

  it('cannot judge under a softer policy than the one named', async () => {
    const soft = (event: SessionEvent): SessionEvent =>
      event.type === 'session.opened' ? { ...event, policy: { ...event.policy, popup: { ...event.policy.popup, maxGapMs: 600_000 } } } : event;
    expect(await idsOf(await bundleTextOf(rechained(journal, soft)))).toContain('policy');
  });

  it('cannot name algorithms that nobody knows', async () => {
    const forged = await resigned(text, { algorithms: { ...manifestOf(text).algorithms, chain: 'MD5' } });
    expect(await failuresOf(forged)).toEqual([['algorithms', { line: 1 }]]);
  });

  it('is not accused where only the engine is another: the difference is said', async () => {
    const { checks } = await verifyBundle(await resigned(text, { verdict: 'VALID', engineVersion: '9.9.9' }), INPUT);
    expect(checks.find(({ id }) => id === 'verdict')?.detail.en).toContain('made by engine 9.9.9');
  });
});

describe('a report and the public log', () => {
  let journal: Journal;
  let text: string;
  let log: SampleLog;
  const LEAF = 5;
  beforeAll(async () => {
    journal = tellSession(honest, SETUP).journal;
    text = await bundleTextOf(journal);
    const leaves = Array.from({ length: 23 }, (_, index) => (index === LEAF ? closedLeafOf(text) : otherLeaf(index)));
    log = new SampleLog(leaves);
  });
  const withReport = async (report: unknown, more: Partial<VerifyInput> = {}): Promise<readonly CheckId[]> => idsOf(text, { ...INPUT, report, ...more });

  it('pass when they are honest', async () => {
    const report = await signedReportOf(journal, await log.proof(LEAF));
    const { ok, checks } = await verifyBundle(text, { ...INPUT, report, keptHead: { treeHead: await log.head() } });
    expect(ok).toBe(true);
    expect(checks.filter(({ outcome }) => outcome === 'SKIPPED').map(({ id }) => id)).toEqual(['images', 'log.timestamp']);
    // As it arrives over the wire.
    expect(await withReport(JSON.parse(JSON.stringify(report)))).toEqual([]);
  });

  it('show a report changed after it was signed', async () => {
    const report = await signedReportOf(journal, await log.proof(LEAF));
    expect(await withReport({ ...report, lesson: { ...report.lesson, title: '别的课' } })).toEqual(['report.signature']);
    expect(await withReport({ ...report, signature: { ...report.signature, keyId: FORGER.kid } })).toEqual(['report.signature']);
    expect(await withReport(await signedReportOf(journal, await log.proof(LEAF), FORGER))).toEqual(['report.signature']);
  });

  it('show a report that says something else than its bundle', async () => {
    const honestOne = sampleReport(journal);
    const flattering = await signReport({ ...honestOne, verdict: { ...honestOne.verdict, policy: 'INVALID' as const } }, KEY);
    expect(await withReport(flattering)).toEqual(['report.agreement']);
    expect(await withReport(await signedReportOf(tellSession(missesPopups, SETUP).journal, null))).toEqual(['report.agreement']);
  });

  it('show a session that is not in the log', async () => {
    expect(await withReport(await signedReportOf(journal, await log.proof(LEAF + 1)))).toEqual(['log.inclusion']);
    const proof = await log.proof(LEAF);
    expect(await withReport(await signedReportOf(journal, { ...proof, inclusionPath: proof.inclusionPath.slice(1) }))).toEqual(['log.inclusion']);
    expect(await withReport(await signedReportOf(journal, { ...proof, treeHead: await log.head(FORGER) }))).toEqual(['log.head']);
  });

  it('show a past that was rewritten after a tree head had been published', async () => {
    const kept = await log.head();
    // The operator replaces this session's bundle and builds the whole log anew around it.
    const forgedText = await resigned(text, { engineVersion: ENGINE.version, images: [], platformId: 'another platform' });
    const forged = new SampleLog(Array.from({ length: 40 }, (_, index) => (index === LEAF ? closedLeafOf(forgedText) : otherLeaf(index))));
    const report = await signedReportOf(journal, await forged.proof(LEAF));
    expect(await idsOf(forgedText, { ...INPUT, report })).toEqual([]);
    const path = consistencyPath(kept.treeSize, forged.size, forged.nodeAt);
    expect(await idsOf(forgedText, { ...INPUT, report, keptHead: { treeHead: kept, consistencyPath: path } })).toEqual(['log.consistency']);
    // The old proof does not fit the new bundle either.
    expect(await idsOf(forgedText, { ...INPUT, report: await signedReportOf(journal, await log.proof(LEAF)) })).toEqual(['log.inclusion']);
  });

  it('follow a log that has honestly grown', async () => {
    const kept = await log.head();
    const grown = new SampleLog(Array.from({ length: 40 }, (_, index) => (index === LEAF ? closedLeafOf(text) : otherLeaf(index))));
    const report = await signedReportOf(journal, await grown.proof(LEAF));
    const path = consistencyPath(kept.treeSize, grown.size, grown.nodeAt);
    expect(await withReport(report, { keptHead: { treeHead: kept, consistencyPath: path } })).toEqual([]);
    const { checks } = await verifyBundle(text, { ...INPUT, report, keptHead: { treeHead: kept } });
    expect(checks.find(({ id }) => id === 'log.consistency')).toMatchObject({ outcome: 'SKIPPED', detail: { en: expect.stringContaining('/v1/log/consistency?from=23&to=40') } });
  });
});
