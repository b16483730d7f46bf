import { describe, expect, it } from '@jest/globals';
import { minutes } from '../rules/testing/opening.js';
import { chainEntries, GENESIS_HASH } from '../evidence/proof/chain.js';
import type { JournalEntry } from '../sessions/journal.js';
import { honest, missesPopups, sampleReport, SEED, SESSION_ID, tellSession } from '../../test/support/sample-report.js';
import type { ReportFacts } from './report-builder.js';
import { unsignedReportSchema } from './report.schema.js';

const HOUR_AND_A_HALF = minutes(60);
const outcomes = (report: ReturnType<typeof sampleReport>) => Object.fromEntries(report.rules.map(({ rule, outcome }) => [rule, outcome]));

describe('the report of an honest session', () => {
  const { story, journal } = tellSession(honest, {
    durationMs: HOUR_AND_A_HALF,
    reference: { version: 1, photos: 3, operatingPoint: 'three-photos', maxDistance: 0.5, maxFmr: 0.0057, models: 'two nets' },
  });
  const images = journal.flatMap(({ event }) => (event.type === 'snapshot.judged' || event.type === 'liveness.judged') && event.imageId !== null ? [event.imageId] : []);
  const report = sampleReport(journal, { pictures: new Map(images.map((id) => [id, 'PRESENT'])) });

  it('keeps to its schema', () => {
    expect(unsignedReportSchema.safeParse(report).error).toBeUndefined();
  });

  it('says VALID under both readings, with every rule passed', () => {
    expect(report.verdict).toMatchObject({ policy: 'VALID', strict: 'VALID', strictBecause: [], failed: null });
    expect(new Set(report.rules.map(({ outcome }) => outcome))).toEqual(new Set(['PASSED']));
    expect(report.rules.map(({ clause }) => clause)).toContain('连续5分钟内无弹窗管控');
  });

  it('lists every popup with the gap that was drawn and the time it took to answer', () => {
    expect(report.popups).toHaveLength(journal.filter(({ event }) => event.type === 'popup.issued').length);
    expect(report.popups.filter(({ outcome }) => outcome === 'ANSWERED')).toHaveLength(story.state.slices.R3.answered);
    const [first] = report.popups;
    expect(first?.gapDrawnMs).toBe(story.state.schedule?.popupGaps[0]);
    expect(first?.answerMs).toBeGreaterThanOrEqual(3_000);
    expect(first?.positionMs).toBeGreaterThan(140_000);
  });

  it('shows two parts, each with its snapshots and its random face check', () => {
    expect(report.parts).toMatchObject([
      { fromMs: 0, toMs: minutes(40), creditedMs: minutes(40), snapshots: { required: 1, qualifying: 2 }, faceChecks: { required: 1, passed: 1 } },
      { fromMs: minutes(40), toMs: minutes(60), creditedMs: minutes(20), snapshots: { required: 1, qualifying: 2 }, faceChecks: { required: 1, passed: 1 } },
    ]);
  });

  it('tells for a random face check when it was due, what was asked, by which distance it passed, and the measured bound behind the threshold', () => {
    const random = report.faceChecks.filter(({ reason }) => reason === 'RANDOM');
    expect(random.map(({ scheduledMs }) => scheduledMs)).toEqual(story.state.schedule?.faceChecks.map(({ atMs }) => atMs));
    expect(random[0]).toMatchObject({ outcome: 'PASSED', distance: 0.43, threshold: 0.5, fmr: 0.0057, matchedFrames: 4, storage: 'PRESENT' });
    expect(Math.abs((random[0]?.positionMs ?? 0) - (random[0]?.scheduledMs ?? 0))).toBeLessThan(12_000);
  });

  it('tells for a snapshot when it was due, its hash, and that the picture is there', () => {
    expect(report.snapshots).toHaveLength(4);
    expect(report.snapshots[0]).toMatchObject({ outcome: 'QUALIFIED', digest: 'e'.repeat(64), bytes: 40_000, faceCount: 1, storage: 'PRESENT' });
    expect(report.snapshots[0]?.delayMs).toBeLessThan(10_000);
  });

  it('draws the play: the runs end where the lesson ends, and holds have reasons', () => {
    expect(report.timeline.coverage).toEqual([[0, HOUR_AND_A_HALF]]);
    expect(report.timeline.coverageShare).toBe(1);
    expect(report.timeline.runs.at(-1)?.toMs).toBe(HOUR_AND_A_HALF);
    expect(report.timeline.holds.map(({ reason }) => reason)).toContain('POPUP');
    expect(report.timeline.holds.every(({ to }) => to !== null)).toBe(true);
  });

  it('attests the controls with their numbers', () => {
    expect(report.attestation).toHaveLength(6);
    expect(report.attestation.every(({ state, meetsClause }) => state === 'IN_FORCE' && meetsClause)).toBe(true);
    expect(report.attestation[2]?.parameters).toContainEqual({ name: 'popup.maxGapMs', value: 300_000 });
  });

  it('recomputes chain, policy, seal and schedule', () => {
    expect(report.evidence).toMatchObject({ chainIntact: true, isSealed: true, verdictMatchesSeal: true, isReliable: true, entries: journal.length, problems: [] });
    expect(report.evidence.headHash).toBe(journal.at(-1)?.hash);
    expect(report.policy.hashMatches).toBe(true);
    expect(report.randomness).toMatchObject({ scheduleMatchesCommitment: true, seed: SEED.toString('hex') });
  });

  it('shows the class as declared, and says of one without the authority’s number that it cannot be reported', () => {
    expect(report.cohort).toMatchObject({ hrssClassId: 'NY-2026-0417', organisation: '宛城区技工学校', notReportable: null });
    const undeclared = sampleReport(journal, { cohort: null });
    expect(undeclared.cohort).toMatchObject({ hrssClassId: null, occupation: null, notReportable: { code: 'C26_CLASS_ID_MISSING', clause: 'C-26' } });
    expect(undeclared.verdict.policy).toBe('VALID');
  });

  it('says openly how far its proof has come: not in the log, in it without a time stamp, stamped', () => {
    const treeHead = { treeSize: 1, rootHash: 'a'.repeat(64), timestamp: report.generatedAt, jws: 'a..b', timestampToken: null };
    const log = { leafIndex: 0, treeSize: 1, rootHash: 'a'.repeat(64), inclusionPath: [], treeHead };
    const limitsOf = (changes: Partial<ReportFacts>): string => sampleReport(journal, changes).knownLimits.map(({ en }) => en).join();
    expect(limitsOf({})).toMatch(/not in the public log yet/);
    expect(limitsOf({ log })).toMatch(/no third-party time stamp/);
    const stamped = limitsOf({ log: { ...log, treeHead: { ...treeHead, timestampToken: 'AA==' } } });
    expect(stamped).not.toMatch(/not in the public log yet|no third-party time stamp/);
    expect(unsignedReportSchema.safeParse(sampleReport(journal, { log, bundle: { entries: journal.length, manifestHash: 'b'.repeat(64) } })).error).toBeUndefined();
  });
});

describe('the report of a failed session', () => {
  const { journal } = tellSession(missesPopups, { durationMs: minutes(30) });
  const report = sampleReport(journal);

  it('names rule, code, words of the notice, and the entry that proves it', () => {
    const { failed } = report.verdict;
    expect(report.verdict).toMatchObject({ policy: 'INVALID', strict: 'INVALID', strictBecause: ['R3_MISSED', 'R3_POPUP_UNANSWERED'] });
    expect(failed).toMatchObject({ rule: 'R3', code: 'R3_POPUP_UNANSWERED', clause: '连续5分钟内无弹窗管控' });
    expect(journal[(failed?.seq ?? 0) - 1]?.event).toMatchObject({ at: Date.parse(failed?.at ?? '') });
    expect(report.rules[2]?.findings).toHaveLength(4);
  });

  it('does not call rules passed that were never tried to their end', () => {
    expect(outcomes(report)).toMatchObject({ R1: 'INCOMPLETE', R2: 'PASSED', R3: 'FAILED', R4: expect.stringMatching(/PASSED|INCOMPLETE/), R5: 'PASSED' });
    expect(report.rules[1]?.words.zh).toBe('至此未发现问题');
  });

  it('lists the popups as missed and the credit as withheld', () => {
    expect(report.popups.filter(({ outcome }) => outcome === 'MISSED')).toHaveLength(3);
    expect(report.timeline.withheldMs).toBeGreaterThan(0);
  });

  it('shows the snapshots that never came to be taken, once the seed is public', () => {
    expect(report.snapshots.some(({ outcome, seq }) => outcome === 'NOT_REACHED' && seq === null)).toBe(true);
  });
});

describe('the words for other ends', () => {
  it('a session under way is INCOMPLETE, reveals nothing that is still to come, and says so', () => {
    const report = sampleReport(tellSession((story) => story.begins().plays(minutes(4))).journal);
    expect(report.verdict).toMatchObject({ policy: 'INCOMPLETE', strict: 'INCOMPLETE' });
    expect(report.session).toMatchObject({ status: 'STUDYING', closedAt: null });
    expect(report.randomness).toMatchObject({ seed: null, scheduleMatchesCommitment: null });
    expect(report.snapshots.every(({ outcome }) => outcome !== 'NOT_REACHED')).toBe(true);
    expect(report.evidence).toMatchObject({ isSealed: false, isReliable: true });
    expect(report.knownLimits.map(({ en }) => en).join()).toMatch(/not closed/);
  });

  it('a session nobody joined has a report too', () => {
    const report = sampleReport(tellSession(() => undefined).journal);
    expect(unsignedReportSchema.safeParse(report).error).toBeUndefined();
    expect(report).toMatchObject({ verdict: { policy: 'INCOMPLETE' }, places: [], popups: [], faceChecks: [] });
  });

  it('another face: FAILED with the word for it', () => {
    const report = sampleReport(tellSession((story) => { story.trainee.usualBurst = 'STRANGER'; story.joined().passesLiveness(); }).journal);
    expect(report.verdict.failed).toMatchObject({ rule: 'R4', code: 'R4_MISMATCH' });
    expect(report.faceChecks.map(({ outcome, failure }) => [outcome, failure])).toEqual([['FAILED', 'MISMATCH'], ['FAILED', 'MISMATCH']]);
  });

  it('nobody in view: every snapshot FAILED, retries included', () => {
    const report = sampleReport(tellSession((story) => { story.trainee.usualPicture = 'NOBODY'; story.begins().playsToTheEnd().finishes(); }).journal);
    expect(report.verdict.failed?.code).toBe('R6_FACE_ABSENT');
    expect(report.snapshots.map(({ failure, isRetry }) => [failure, isRetry])).toEqual([
      ['FACE_ABSENT', false], ['FACE_ABSENT', true], ['FACE_ABSENT', false], ['FACE_ABSENT', true],
    ]);
  });

  it('a check left alone twice is UNANSWERED twice, whatever was found only once', () => {
    const report = sampleReport(tellSession((story) => { story.trainee.bursts.push(null, null); story.begins(); }).journal);
    expect(report.faceChecks.map(({ outcome }) => outcome)).toEqual(['UNANSWERED', 'UNANSWERED', 'PASSED']);
  });

  it('a service that fails costs the trainee no try, and the report says whose failure it was', () => {
    const report = sampleReport(tellSession((story) => {
      story.begins();
      story.trainee.isFaceServiceDown = true;
      story.plays(160_000);
      story.trainee.isFaceServiceDown = false;
      story.playsToTheEnd().finishes();
    }).journal);
    expect(report.verdict.policy).toBe('VALID');
    expect(report.snapshots.find(({ outcome }) => outcome === 'ASKED_AGAIN')?.words.en).toMatch(/service failed/);
  });

  it('a doubtful answer: PENDING_REVIEW under the policy, void under the strict reading', () => {
    const report = sampleReport(tellSession((story) => { story.trainee.isTrusted = false; story.studiesTheLesson(); }).journal);
    expect(report.verdict).toMatchObject({ policy: 'PENDING_REVIEW', strict: 'INVALID' });
    expect(outcomes(report)).toMatchObject({ R3: 'REVIEW' });
    expect(report.popups.every(({ trusted }) => trusted === false)).toBe(true);
  });

  it('a line that broke shows as an incident, not as the trainee’s', () => {
    const report = sampleReport(tellSession((story) => story.begins().plays(minutes(2)).goesOffline(minutes(3)).playsToTheEnd().finishes()).journal);
    expect(report.incidents.map(({ code }) => code)).toContain('OFFLINE_STOP');
    expect(report.places).toHaveLength(2);
    expect(report.timeline.holds.map(({ reason }) => reason)).toContain('OFFLINE');
  });
});

describe('evidence that was tampered with', () => {
  const { journal } = tellSession(honest);
  const changed = (seq: number, change: (entry: JournalEntry) => JournalEntry) => journal.map((entry) => (entry.seq === seq ? change(entry) : entry));

  it('a changed entry breaks the chain where it was changed', () => {
    const at = journal.find(({ event }) => event.type === 'popup.answered')?.seq ?? 0;
    const forged = changed(at, (entry) => {
      const body = entry.body.replace('"trusted":true', '"trusted":false');
      return { ...entry, body, event: JSON.parse(body) as JournalEntry['event'] };
    });
    expect(sampleReport(forged).evidence).toMatchObject({ chainIntact: false, firstBrokenSeq: at, isReliable: false });
  });

  it('an entry taken out breaks it', () => {
    const report = sampleReport(journal.filter(({ seq }) => seq !== 9));
    expect(report.evidence).toMatchObject({ chainIntact: false, firstBrokenSeq: 9 });
  });

  it('an event that is not what its body says breaks it', () => {
    const report = sampleReport(changed(9, (entry) => ({ ...entry, event: { ...entry.event, at: entry.event.at + 1 } })));
    expect(report.evidence).toMatchObject({ chainIntact: false, firstBrokenSeq: 9 });
  });

  it('a closed session without its seal is not relied on', () => {
    expect(sampleReport(journal.slice(0, -1)).evidence).toMatchObject({ chainIntact: true, isSealed: false, isReliable: false });
  });

  it('a seal that says another verdict than the replay is not relied on', () => {
    const events = journal.map(({ event }) => (event.type === 'session.sealed' ? { ...event, verdict: 'INVALID' } : event));
    expect(sampleReport(chainEntries(0, GENESIS_HASH, events)).evidence).toMatchObject({ chainIntact: true, verdictMatchesSeal: false, isReliable: false });
  });

  it('a seed that is not the one committed to: the schedule does not match', () => {
    const { journal: other } = tellSession(honest, {}, Buffer.alloc(32, 7));
    const report = sampleReport(other);
    expect(report.randomness.scheduleMatchesCommitment).toBe(false);
    expect(report.evidence).toMatchObject({ chainIntact: true, isReliable: false });
  });

  it('instants moved by hand, with everything rechained: the schedule does not match', () => {
    const events = journal.map(({ event }) => (event.type === 'schedule.drawn' ? { ...event, snapshots: event.snapshots.map((snapshot) => ({ ...snapshot, atMs: snapshot.atMs + 1 })) } : event));
    expect(sampleReport(chainEntries(0, GENESIS_HASH, events)).randomness.scheduleMatchesCommitment).toBe(false);
  });

  it('a policy changed under its hash is noticed', () => {
    const events = journal.map(({ event }) => (event.type === 'session.opened' ? { ...event, policyHash: '0'.repeat(64) } : event));
    expect(sampleReport(chainEntries(0, GENESIS_HASH, events))).toMatchObject({ policy: { hashMatches: false }, evidence: { isReliable: false } });
  });

  it('another commitment than the session was listed under is noticed', () => {
    const attempt = {
      id: SESSION_ID, attempt: 1, openedAt: new Date(0), closedAt: null, verdict: 'VALID' as const, failedRule: null, reasonCode: null, commitment: '0'.repeat(64),
    };
    expect(sampleReport(journal, { attempts: [attempt] }).evidence.isReliable).toBe(false);
  });
});
