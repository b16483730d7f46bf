/** The class-hour ledger as a pure function of the person's session accounts and the plain facts around them. */
import type { LoadedPolicy } from '../../policies/profiles.js';
import type { SessionAccount } from '../../rules/account.js';
import type { CreditPiece } from '../../rules/programme/credit.js';
import { checkClassId } from '../../rules/programme/eligibility.js';
import { type EnrolmentAccount, type EnrolmentFacts, judgeEnrolment } from '../../rules/programme/enrolment.js';
import { needsConsent } from '../../rules/programme/makeup.js';
import type { EnrolmentTraining } from '../../training/training.service.js';
import { iso } from '../journal-steps.js';
import { cohortOf } from '../report-builder.js';
import type { Words } from '../report-parts.schema.js';
import { ATTEMPT_USE_WORDS, ENROLMENT_VERDICT_WORDS, localTime, UNCOUNTED_WORDS, VERDICT_WORDS } from '../words.js';
import { CLASS_HOURS_SCHEMA_VERSION, type UnsignedClassHours } from './class-hours.schema.js';

export interface ClassHoursFacts {
  readonly reportId: string;
  /** Instant of judging, ms. */
  readonly generatedAt: number;
  readonly engineVersion: string;
  readonly platform: { readonly id: string; readonly name: string };
  readonly training: EnrolmentTraining;
  /** The policy of the enrolment. */
  readonly loaded: LoadedPolicy;
  /** Every session of the person that is known, over all enrolments. */
  readonly accounts: readonly SessionAccount[];
}

export function buildClassHours(facts: ClassHoursFacts): UnsignedClassHours {
  const { training, loaded, accounts, generatedAt } = facts;
  const { enrolment, trainee, course, lessons } = training;
  const { policy, hash } = loaded;
  const account = judgeEnrolment(enrolmentFacts(training, generatedAt), accounts, policy);
  const { ledger } = account;
  return {
    schemaVersion: CLASS_HOURS_SCHEMA_VERSION,
    reportId: facts.reportId,
    generatedAt: iso(generatedAt),
    generatedAtLocal: localTime(generatedAt),
    engineVersion: facts.engineVersion,
    enrolment: { enrolmentId: enrolment.id, createdAt: enrolment.createdAt.toISOString() },
    verdict: { ...account.verdict, words: ENROLMENT_VERDICT_WORDS[account.verdict.policy] },
    trainee: { pseudonym: trainee.id, nameMasked: trainee.nameMasked, idNumberMasked: trainee.idNumberMasked },
    platform: { ...facts.platform },
    cohort: cohortOf(enrolment.cohort),
    course: { id: course.id, title: course.title, courseType: course.courseType, syllabusVersion: enrolment.syllabusVersion, lessons: lessons.length },
    policy: { id: policy.id, version: policy.version, source: policy.source, hash },
    programme: enrolment.programme,
    classHourMs: ledger.classHourMs,
    validHours: { ...ledger.validHours },
    countedHours: account.countedHours,
    lostShare: account.lostShare,
    creditedMs: Math.round(ledger.creditedMs),
    hours: ledger.hours.map(({ number, fromAt, toAt, verdict, pieces }) => ({
      number, from: isoOf(fromAt), to: isoOf(toAt), verdict: { ...verdict }, words: VERDICT_WORDS[verdict.policy], pieces: pieces.map(pieceOf),
    })),
    remainder: { ms: Math.round(ledger.remainderMs), pieces: ledger.remainder.map(pieceOf) },
    uncounted: ledger.uncounted.map(({ piece, reason }) => ({ ...pieceOf(piece), reason, words: UNCOUNTED_WORDS[reason] })),
    attempts: ledger.attempts.map(({ sessionId, lessonId, lessonPosition, attempt, verdict, creditedMs, use }) => ({
      sessionId, lessonId, lessonPosition, attempt, verdict, creditedMs: Math.round(creditedMs), use, words: ATTEMPT_USE_WORDS[use],
    })),
    makeup: makeupOf(facts, account),
    findings: [...account.findings, ...checkClassId(enrolment.cohort?.hrssClassId ?? null)].map((found) => ({ ...found, detail: { ...found.detail } })),
    knownLimits: [...KNOWN_LIMITS],
  };
}

/** Undeclared, an enrolment is training without a subsidy: clause C-03 does not apply, and nothing is planned. */
function enrolmentFacts({ enrolment, lessons, priors }: EnrolmentTraining, asOf: number): EnrolmentFacts {
  const { programme, cohort } = enrolment;
  return {
    enrolmentId: enrolment.id,
    lessons: lessons.map(({ id, position, durationMs }) => ({ lessonId: id, position, durationMs })),
    asOf,
    finalAssessmentAt: assessmentOf(enrolment),
    plannedHours: programme?.plannedHours ?? null,
    plan: programme?.plan ?? null,
    occupation: cohort?.occupation?.code ?? null,
    openOn: programme?.openOn ?? null,
    priors: [...(programme?.priors ?? []), ...priors],
    registrations: null,
    makeupConsents: (programme?.makeupConsents ?? []).map((consent) => ({ ...consent, approvedAt: Date.parse(consent.approvedAt) })),
    isTestPassed: programme?.isTestPassed ?? false,
  };
}

function assessmentOf({ programme }: EnrolmentTraining['enrolment']): number | null {
  const at = programme?.finalAssessmentAt ?? null;
  return at === null ? null : Date.parse(at);
}

function makeupOf({ training, loaded, accounts, generatedAt }: ClassHoursFacts, { findings }: EnrolmentAccount): UnsignedClassHours['makeup'] {
  const before = assessmentOf(training.enrolment);
  const own = accounts.filter(({ enrolmentId }) => enrolmentId === training.enrolment.id);
  const consents = training.enrolment.programme?.makeupConsents ?? [];
  const failed = findings.flatMap(({ code, detail }) => (code === 'MAKEUP_REQUIRED' ? own.filter(({ sessionId }) => sessionId === detail['sessionId']) : []));
  return {
    isPossible: before === null || generatedAt < before,
    before: before === null ? null : iso(before),
    required: failed.map(({ lessonId, lessonPosition, sessionId, verdict }) => ({
      lessonId,
      lessonPosition,
      title: training.lessons.find(({ id }) => id === lessonId)?.title ?? '',
      sessionId,
      verdict,
      needsConsent: own.some((attempt) => attempt.lessonId === lessonId && needsConsent(attempt, loaded.policy)),
      hasConsent: consents.some((consent) => consent.lessonId === lessonId && Date.parse(consent.approvedAt) <= generatedAt),
    })),
  };
}

const isoOf = (at: number): string => iso(Math.round(at));

const pieceOf = ({ sessionId, lessonId, fromAt, toAt, fromMs, toMs }: CreditPiece): UnsignedClassHours['remainder']['pieces'][number] => ({
  sessionId, lessonId, from: isoOf(fromAt), to: isoOf(toAt), fromMs: Math.round(fromMs), toMs: Math.round(toMs),
});

const KNOWN_LIMITS: readonly Words[] = [
  {
    zh: '每次学习的证据在其学习报告和证据包内；本报告只合计各次学习的结果，未重复列出证据。',
    en: 'The proof of each session lies in its own report and evidence bundle; this report adds up what they came to.',
  },
  {
    zh: '培训计划、考核、此前的培训和补课同意按平台填报原样采用，未经核对。',
    en: 'Plan, assessment, earlier trainings and consents to make-ups are taken as the platform declared them, unchecked.',
  },
  {
    zh: '只知道在本服务内登记的其他补贴培训；在别处的须由平台填报。',
    en: 'Of other subsidised trainings only those in this service are known by themselves; the platform has to declare any elsewhere.',
  },
];
