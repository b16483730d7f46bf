/** The report as a pure function of a session's journal and the plain facts around it. */
import { totalMs } from '../rules/interval-set.js';
import { checkClassId } from '../rules/programme/eligibility.js';
import type { SessionVerdict } from '../rules/types.js';
import { viewOf } from '../rules/view.js';
import type { PictureErasure } from '../evidence/image-vault.js';
import type { LogProof } from '../evidence/proof/format.js';
import type { CaseAnswer } from '../review/review.schemas.js';
import type { JournalEntry } from '../sessions/journal.js';
import type { Cohort } from '../training/programme.schemas.js';
import { attestationOf } from './attestation.js';
import { faceChecksOf, type PictureStates, popupsOf, snapshotsOf } from './check-tables.js';
import { erasuresOf } from './erasure-words.js';
import { evidenceOf, policyHashMatches, randomnessOf, sealOf } from './evidence-check.js';
import { holdPeriods, iso, type OpenedSession, placesOf, type Step, stepsOf } from './journal-steps.js';
import { knownLimits } from './known-limits.js';
import { reviewsOf } from './review-table.js';
import type { ReportTimeline } from './report-parts.schema.js';
import { REPORT_SCHEMA_VERSION, type UnsignedReport } from './report.schema.js';
import { reportFinding, ruleResults } from './rule-results.js';
import { partsOf, verdictsOf } from './verdicts.js';
import { consentWords, HOLD_WORDS, localTime } from './words.js';

/** What the journal does not hold: people and titles by name, consents, the state of kept pictures. */
export interface ReportFacts {
  readonly reportId: string;
  readonly generatedAt: number;
  readonly engineVersion: string;
  readonly platform: { readonly id: string; readonly name: string };
  readonly trainee: { readonly nameMasked: string; readonly idNumberMasked: string };
  /** As declared at the time of the report; null while the platform declared nothing. */
  readonly cohort: Cohort | null;
  readonly courseTitle: string;
  /** Every opened session of the lesson in this enrolment, in any order. */
  readonly attempts: readonly {
    readonly id: string;
    readonly attempt: number;
    readonly openedAt: Date;
    readonly closedAt: Date | null;
    readonly verdict: SessionVerdict;
    readonly failedRule: string | null;
    readonly reasonCode: string | null;
    readonly commitment: string;
  }[];
  readonly consents: readonly {
    readonly purpose: string;
    readonly textVersion: string;
    readonly textHash: string;
    readonly locale: string;
    readonly channel: string;
    readonly at: string;
    readonly withdrawnAt: string | null;
  }[];
  /** Cases of the session, oldest first. */
  readonly reviews: readonly CaseAnswer[];
  readonly pictures: PictureStates;
  /** What became of those that are erased. */
  readonly erasures: ReadonlyMap<string, PictureErasure>;
  /** The bundle of exactly these entries, and its place in the public log; null while there is none. */
  readonly bundle: { readonly entries: number; readonly manifestHash: string } | null;
  readonly log: LogProof | null;
}

/**
 * Builds the report of an opened session.
 * @throws Error when the journal does not begin with the opening of a session.
 */
export function buildReport(entries: readonly JournalEntry[], facts: ReportFacts): UnsignedReport {
  const steps = stepsOf(entries);
  const state = steps.at(-1)?.after;
  const view = state === undefined ? null : viewOf(state);
  if (state === undefined || view === null) throw new Error('a session without a journal has no report');
  const { opened } = state;
  const { policy, lesson } = opened;
  const seal = sealOf(entries);
  const rules = ruleResults(state);
  const faceChecks = faceChecksOf(steps, policy, facts.pictures);
  const randomness = randomnessOf(state, seal);
  const closedAt = state.status === 'closed' ? state.closedAt : null;
  const listed = facts.attempts.find(({ id }) => id === opened.sessionId);
  return {
    schemaVersion: REPORT_SCHEMA_VERSION,
    reportId: facts.reportId,
    generatedAt: iso(facts.generatedAt),
    generatedAtLocal: localTime(facts.generatedAt),
    engineVersion: facts.engineVersion,
    verdict: verdictsOf(state, rules),
    session: {
      sessionId: opened.sessionId,
      enrolmentId: opened.enrolmentId,
      attempt: opened.attempt,
      status: view.status,
      openedAt: iso(opened.at),
      openedAtLocal: localTime(opened.at),
      closedAt: closedAt === null ? null : iso(closedAt),
      closedAtLocal: closedAt === null ? null : localTime(closedAt),
    },
    trainee: {
      pseudonym: opened.traineeRef,
      nameMasked: facts.trainee.nameMasked,
      idNumberMasked: facts.trainee.idNumberMasked,
      isAccessible: opened.isAccessible,
    },
    platform: { ...facts.platform },
    cohort: cohortOf(facts.cohort),
    course: { id: opened.courseId, title: facts.courseTitle, courseType: opened.courseType, syllabusVersion: opened.syllabusVersion },
    lesson: {
      id: lesson.lessonId,
      position: lesson.position,
      title: lesson.title,
      durationMs: lesson.durationMs,
      videoSha256: lesson.videoSha256,
      predecessors: opened.predecessors.map((predecessor) => ({ ...predecessor })),
      videoApproval: opened.video === undefined ? null : { ref: opened.video.approvalRef, isRequired: opened.video.isRequired, approvedSha256s: [...opened.video.approvedSha256s] },
    },
    policy: { id: policy.id, version: policy.version, source: policy.source, hash: opened.policyHash, hashMatches: policyHashMatches(entries) },
    places: placesOf(steps),
    attestation: attestationOf(state),
    rules,
    otherFindings: state.findings.filter(({ rule }) => rule === null).map((found) => reportFinding(state, found)),
    timeline: timelineOf(steps, state),
    parts: partsOf(state, faceChecks),
    popups: popupsOf(steps),
    faceChecks,
    snapshots: snapshotsOf(steps, policy, facts.pictures, seal !== null),
    reviews: reviewsOf(facts.reviews),
    erasures: erasuresOf(facts.erasures),
    randomness,
    incidents: state.findings.filter(({ attribution }) => attribution === 'ENVIRONMENT').map((found) => reportFinding(state, found)),
    attempts: attemptsOf(facts, opened.sessionId),
    makeup: makeupOf(facts, opened),
    consents: consentsOf(facts, opened.at),
    evidence: {
      ...evidenceOf(entries, state, seal, randomness.scheduleMatchesCommitment, listed?.commitment ?? null),
      bundle: facts.bundle === null ? null : { entries: facts.bundle.entries, manifestHash: facts.bundle.manifestHash },
      log: facts.log,
    },
    knownLimits: knownLimits(policy, { isSealed: seal !== null, isLogged: facts.log !== null, isStamped: facts.log?.treeHead.timestampToken != null }),
  };
}

/** The class as declared, and whether it can be reported under it. */
export function cohortOf(declared: Cohort | null): UnsignedReport['cohort'] {
  const cohort = declared ?? { hrssClassId: null, name: null, organisation: null, occupation: null, skillLevel: null };
  const [missing] = checkClassId(cohort.hrssClassId);
  return { ...cohort, notReportable: missing === undefined ? null : { code: missing.code, clause: missing.clause, words: { zh: missing.zh, en: missing.en } } };
}

function timelineOf(steps: readonly Step[], state: OpenedSession): ReportTimeline {
  const { ledger, opened } = state;
  return {
    from: iso(opened.at),
    to: iso(state.status === 'closed' ? state.closedAt : state.at),
    creditedMs: Math.round(totalMs(ledger.coverage)),
    playedMs: Math.round(ledger.playedMs),
    withheldMs: Math.round(ledger.withheldMs),
    coverageShare: Math.round((totalMs(ledger.coverage) / opened.lesson.durationMs) * 1e4) / 1e4,
    coverage: ledger.coverage.map(([from, to]) => [Math.round(from), Math.round(to)]),
    runs: ledger.runs.map(({ fromAt, toAt, fromMs, toMs }) => ({ from: iso(fromAt), to: iso(toAt), fromMs: Math.round(fromMs), toMs: Math.round(toMs) })),
    holds: holdPeriods(steps).map(({ reason, from, to, seq }) => ({
      reason, words: HOLD_WORDS[reason], from: iso(from), to: to === null ? null : iso(to), seq,
    })),
  };
}

function attemptsOf({ attempts }: ReportFacts, sessionId: string): UnsignedReport['attempts'] {
  return [...attempts]
    .sort((a, b) => a.attempt - b.attempt)
    .map(({ id, attempt, openedAt, closedAt, verdict, failedRule, reasonCode, commitment }) => ({
      sessionId: id, attempt, openedAt: openedAt.toISOString(), closedAt: closedAt?.toISOString() ?? null, verdict, failedRule, reasonCode, commitment,
      isThis: id === sessionId,
    }));
}

/** The attempt that this one makes up for, and the one that made up for this. */
function makeupOf({ attempts }: ReportFacts, { attempt, supersedes }: OpenedSession['opened']): UnsignedReport['makeup'] {
  return { supersedes: supersedes ?? null, supersededBy: attempts.find((other) => other.attempt === attempt + 1)?.id ?? null };
}

function consentsOf({ consents }: ReportFacts, openedAt: number): UnsignedReport['consents'] {
  return consents.map(({ purpose, textVersion, textHash, locale, channel, at, withdrawnAt }) => ({
    purpose, words: consentWords(purpose), textVersion, textHash, locale, channel, at, withdrawnAt,
    isActiveAtOpening: Date.parse(at) <= openedAt && (withdrawnAt === null || Date.parse(withdrawnAt) > openedAt),
  }));
}
