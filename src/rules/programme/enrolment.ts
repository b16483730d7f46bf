/** The verdict on one enrolment: its class hours, its trainee's eligibility, and what the final assessment leaves of both. */
import type { SessionAccount } from '../account.js';
import { partMs, type Policy } from '../policy.js';
import type { SessionVerdict } from '../types.js';
import { type CalendarDate, daysBetween, shanghaiDay } from './calendar.js';
import { classHourLedger, type ClassHourLedger } from './class-hours.js';
import { checkPriorTraining, checkRegistration, onlineCapMinutes, type PriorTraining, type Registration, type TrainingPlan } from './eligibility.js';
import { type ProgrammeEffect, type ProgrammeFinding, programmeFinding } from './finding.js';
import { type HourReadings, isStrictlyVoid } from './hour-verdict.js';
import { type MakeupConsent, refusedMakeups } from './makeup.js';

export type EnrolmentVerdict = SessionVerdict | 'NOT_ELIGIBLE';

export interface EnrolmentFacts {
  readonly enrolmentId: string;
  /** The lessons of its syllabus. */
  readonly lessons: readonly { readonly lessonId: string; readonly position: number; readonly durationMs: number }[];
  /** Instant of judging, ms. */
  readonly asOf: number;
  /** When the final assessment begins, ms: nothing is made up from then on. Null while it is not set. */
  readonly finalAssessmentAt: number | null;
  /** Class hours planned for the online part; null where only the syllabus says how much there is. */
  readonly plannedHours: number | null;
  readonly plan: TrainingPlan | null;
  readonly occupation: string | null;
  /** Day on which the class opens; null for training without a subsidy, to which C-03 does not apply. */
  readonly openOn: CalendarDate | null;
  readonly priors: readonly PriorTraining[];
  /** Null where it is not known when the platform was connected. */
  readonly registrations: readonly Registration[] | null;
  readonly makeupConsents: readonly MakeupConsent[];
  readonly isTestPassed: boolean;
}

export interface EnrolmentAccount {
  /** Under the policy, under each scope, and strictly. */
  readonly verdict: Readonly<Record<keyof HourReadings, EnrolmentVerdict>>;
  /** Valid class hours that may be claimed: within the plan and the online cap. */
  readonly countedHours: number;
  /** Share of the online hours that is lost, 0…1, under the policy. */
  readonly lostShare: number;
  /** What led to the verdict under the policy. */
  readonly findings: readonly ProgrammeFinding[];
  readonly ledger: ClassHourLedger;
}

/** Effects that decide a verdict, highest first (spec: precedence). */
const PRECEDENCE: readonly (readonly [ProgrammeEffect, EnrolmentVerdict])[] = [
  ['NOT_ELIGIBLE', 'NOT_ELIGIBLE'],
  ['NOT_RECOGNISED', 'NOT_RECOGNISED'],
  ['INVALIDATE_ENROLMENT', 'INVALID'],
  ['REVIEW', 'PENDING_REVIEW'],
  ['INCOMPLETE', 'INCOMPLETE'],
];

/**
 * Judges an enrolment.
 * @param accounts of every session of the person that is known, over all enrolments, in any order
 */
export function judgeEnrolment(facts: EnrolmentFacts, accounts: readonly SessionAccount[], policy: Policy): EnrolmentAccount {
  const own = accounts.filter(({ enrolmentId }) => enrolmentId === facts.enrolmentId);
  const makeups = refusedMakeups(own, facts.makeupConsents, facts.finalAssessmentAt, policy);
  const ledger = classHourLedger(facts.enrolmentId, accounts, policy, makeups.refused);
  const study: Study = { facts, policy, ledger, own, counted: countedOf(own, ledger) };
  const common = [...personFindings(study), ...makeups.findings, ...ledger.findings.filter(({ code }) => code !== 'C13_SHORT_HOUR')];
  const findingsIn = (reading: keyof HourReadings): readonly ProgrammeFinding[] => [...common, ...hourFindings(study, reading)];
  const verdictIn = (reading: keyof HourReadings): EnrolmentVerdict => verdictOf(findingsIn(reading));
  return {
    verdict: {
      policy: verdictIn('policy'),
      session: verdictIn('session'),
      classHour: verdictIn('classHour'),
      strict: verdictOf([...findingsIn('session'), ...(own.some(isStrictlyVoid) ? [programmeFinding('ENROLMENT_VOIDED', {})] : [])]),
    },
    countedHours: Math.min(ledger.validHours.policy, claimableHours(facts, policy)),
    lostShare: lossIn(study, 'policy').share,
    findings: findingsIn('policy'),
    ledger,
  };
}

/** The highest of the effects found; `VALID` without one. */
export const verdictOf = (findings: readonly ProgrammeFinding[]): EnrolmentVerdict =>
  PRECEDENCE.find(([effect]) => findings.some((finding) => finding.effect === effect))?.[1] ?? 'VALID';

interface Study {
  readonly facts: EnrolmentFacts;
  readonly policy: Policy;
  readonly ledger: ClassHourLedger;
  /** Every session of the enrolment, and those of them that count. */
  readonly own: readonly SessionAccount[];
  readonly counted: readonly SessionAccount[];
}

function countedOf(own: readonly SessionAccount[], { attempts }: ClassHourLedger): readonly SessionAccount[] {
  const counted = new Set(attempts.filter(({ use }) => use === 'COUNTED').map(({ sessionId }) => sessionId));
  return own.filter(({ sessionId }) => counted.has(sessionId));
}

/** What concerns the person and the platform, however the hours are read. */
function personFindings({ facts, policy, own, counted }: Study): readonly ProgrammeFinding[] {
  const { openOn, priors, registrations } = facts;
  const days = [...new Set(counted.map(({ openedAt }) => shanghaiDay(openedAt)))];
  const voided = own.filter(({ verdict }) => verdict !== 'VALID').flatMap(({ sessionId, findings }) => findings.filter(({ effect }) => effect === 'INVALIDATE_ENROLMENT').map(({ code }) => ({ sessionId, code })));
  return [
    ...(openOn === null ? [] : checkPriorTraining(priors, openOn, policy)),
    ...(registrations === null ? [] : days.flatMap((day) => checkRegistration(registrations, day))),
    ...voided.map((detail) => programmeFinding('ENROLMENT_VOIDED', detail)),
    ...missedChecks(counted, policy),
  ];
}

function missedChecks(counted: readonly SessionAccount[], { invalidation }: Policy): readonly ProgrammeFinding[] {
  const { maxMissedChecks, ofChecks } = invalidation;
  if (maxMissedChecks === null || ofChecks === null) return [];
  const issued = counted.reduce((sum, { checks }) => sum + checks.issued, 0);
  const missed = counted.reduce((sum, { checks }) => sum + checks.missed, 0);
  // Nine of 48: in proportion when there were more, the same nine when there were fewer.
  const mayMiss = (maxMissedChecks * Math.max(issued, ofChecks)) / ofChecks;
  return missed > mayMiss ? [programmeFinding('MISSED_CHECKS_EXCEEDED', { issued, missed, maxMissedChecks, ofChecks })] : [];
}

interface Loss {
  readonly lostMs: number;
  /** Share of the online hours, 0…1. */
  readonly share: number;
  readonly isOver: boolean;
  readonly hasUnrecognised: boolean;
  /** Counted attempts to be made up: those that failed, and those whose findings void a class hour. */
  readonly failed: readonly SessionAccount[];
}

/** Time that is lost: void class hours, and what a failed session never reached of its lesson. */
function lossIn({ facts, policy, ledger, counted }: Study, reading: keyof HourReadings): Loss {
  const lostHours = ledger.hours.filter(({ verdict }) => isLost(verdict[reading]));
  const contributes = ({ sessionId }: SessionAccount): boolean => lostHours.some(({ pieces }) => pieces.some((piece) => piece.sessionId === sessionId));
  const failed = counted.filter((account) => isLost(account.verdict) || (contributes(account) && account.findings.some(({ voids }) => voids.length > 0)));
  const unreachedMs = counted
    .filter(({ verdict }) => isLost(verdict))
    .reduce((sum, { lessonId, creditedMs }) => sum + Math.max(0, durationOf(facts, lessonId) - creditedMs), 0);
  const lostMs = lostHours.length * ledger.classHourMs + unreachedMs;
  const onlineMs = facts.plannedHours === null ? facts.lessons.reduce((sum, { durationMs }) => sum + durationMs, 0) : facts.plannedHours * ledger.classHourMs;
  const share = onlineMs === 0 ? 0 : Math.min(1, lostMs / onlineMs);
  const { maxInvalidShare } = policy.invalidation;
  return {
    lostMs,
    share,
    isOver: maxInvalidShare !== null && lostMs - maxInvalidShare * onlineMs > 1,
    hasUnrecognised: failed.some(({ verdict }) => verdict === 'NOT_RECOGNISED'),
    failed,
  };
}

const isLost = (verdict: SessionVerdict): boolean => verdict === 'INVALID' || verdict === 'NOT_RECOGNISED';

const durationOf = ({ lessons }: EnrolmentFacts, id: string): number => lessons.find(({ lessonId }) => lessonId === id)?.durationMs ?? 0;

/** What the class hours come to in one reading. */
function hourFindings(study: Study, reading: keyof HourReadings): readonly ProgrammeFinding[] {
  const { facts, policy, ledger, counted } = study;
  const loss = lossIn(study, reading);
  const canMakeUp = facts.finalAssessmentAt === null || facts.asOf < facts.finalAssessmentAt;
  const lost = { lostMs: Math.round(loss.lostMs), lostShare: loss.share, maxInvalidShare: policy.invalidation.maxInvalidShare };
  const underReview = ledger.hours.filter(({ verdict }) => verdict[reading] === 'PENDING_REVIEW').length;
  const pendingSessions = counted.filter(({ verdict }) => verdict === 'PENDING_REVIEW').length;
  const outstanding = outstandingFindings(study, reading, loss);
  const shortHour = ledger.findings.filter(({ code }) => code === 'C13_SHORT_HOUR');
  return [
    ...(loss.isOver && !canMakeUp ? [programmeFinding(loss.hasUnrecognised ? 'HOURS_NOT_RECOGNISED' : 'INVALID_SHARE_EXCEEDED', lost)] : []),
    ...(canMakeUp ? loss.failed.map(({ lessonId, sessionId, verdict }) => programmeFinding('MAKEUP_REQUIRED', { lessonId, sessionId, verdict }, loss.isOver ? 'INCOMPLETE' : 'NOT_COUNTED')) : []),
    ...(underReview + pendingSessions > 0 ? [programmeFinding('HOURS_UNDER_REVIEW', { hours: underReview, sessions: pendingSessions })] : []),
    ...outstanding,
    // With nothing left to study the remainder stays one.
    ...shortHour.map((finding): ProgrammeFinding => ({ ...finding, effect: outstanding.length === 0 ? 'NOT_COUNTED' : 'INCOMPLETE' })),
    ...excessFindings(study, ledger.validHours[reading]),
  ];
}

function outstandingFindings({ facts, policy, ledger, counted }: Study, reading: keyof HourReadings, loss: Loss): readonly ProgrammeFinding[] {
  const begun = new Map(counted.map((account) => [account.lessonId, account]));
  const lessons = facts.lessons.filter(({ lessonId }) => (begun.get(lessonId)?.verdict ?? 'INCOMPLETE') === 'INCOMPLETE').length;
  const isByHours = policy.session.totalMinutes === null;
  const valid = ledger.validHours[reading];
  const settled = ledger.hours.filter(({ verdict }) => verdict[reading] !== 'INCOMPLETE').length;
  const unreachedHours = Math.max(0, loss.lostMs / ledger.classHourMs - ledger.hours.filter(({ verdict }) => isLost(verdict[reading])).length);
  const isShortOfPlan = facts.plannedHours !== null && settled + Math.ceil(unreachedHours) < facts.plannedHours;
  return [
    ...(lessons > 0 ? [programmeFinding('LESSONS_OUTSTANDING', { lessons, of: facts.lessons.length })] : []),
    ...(isByHours && (settled === 0 || isShortOfPlan) ? [programmeFinding('HOURS_OUTSTANDING', { validHours: valid, plannedHours: facts.plannedHours })] : []),
    ...(policy.completion.requireTest && !facts.isTestPassed ? [programmeFinding('TEST_OUTSTANDING', {})] : []),
    ...studyWindow(counted, policy),
  ];
}

/** So many minutes within so many days of study, where the policy asks for that. */
function studyWindow(counted: readonly SessionAccount[], { session }: Policy): readonly ProgrammeFinding[] {
  const { totalMinutes, withinDays } = session;
  if (totalMinutes === null || withinDays === null) return [];
  const credited = counted.filter(({ verdict }) => verdict === 'VALID').flatMap((account) => account.credited.map(({ fromAt, fromMs, toMs }) => ({ day: shanghaiDay(fromAt), ms: toMs - fromMs })));
  const within = (first: CalendarDate): number =>
    credited.reduce((sum, { day, ms }) => (daysBetween(first, day) >= 0 && daysBetween(first, day) < withinDays ? sum + ms : sum), 0);
  const bestMs = Math.max(0, ...credited.map(({ day }) => within(day)));
  return bestMs >= totalMinutes * 60_000 ? [] : [programmeFinding('STUDY_WINDOW_MISSED', { bestMs: Math.round(bestMs), totalMinutes, withinDays })];
}

/** Class hours that may be counted at most: the plan's, and what the online cap leaves of the whole training. */
function claimableHours({ plannedHours, plan, occupation }: EnrolmentFacts, policy: Policy): number {
  return Math.min(plannedHours ?? Infinity, plan === null ? Infinity : cappedHours(plan, occupation, policy));
}

const cappedHours = (plan: TrainingPlan, occupation: string | null, policy: Policy): number =>
  Math.floor((onlineCapMinutes(plan, occupation ?? '', policy) * 60_000 + 1e-3) / partMs(policy));

function excessFindings({ facts, policy }: Study, validHours: number): readonly ProgrammeFinding[] {
  const { plannedHours, plan, occupation } = facts;
  const capHours = plan === null ? Infinity : cappedHours(plan, occupation, policy);
  return [
    ...(plannedHours !== null && validHours > plannedHours ? [programmeFinding('PLAN_EXCEEDED', { validHours, plannedHours })] : []),
    ...(validHours > capHours ? [programmeFinding('C14_ONLINE_CAP_EXCEEDED', { validHours, capHours, maxShare: policy.online.maxShareOfTotal }, 'NOT_COUNTED')] : []),
  ];
}
