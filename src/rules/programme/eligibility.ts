/**
 * Who may be trained, by whom, with what and how long: what is asked when a trainee is enrolled and again when the
 * class opens. Each check is a pure function of facts and policy; facts that are not known are not checked and said so.
 */
import { partMs, type Policy } from '../policy.js';
import { addMonths, addYears, type CalendarDate, shanghaiDay } from './calendar.js';
import { type ProgrammeFinding, programmeFinding } from './finding.js';

/** Another subsidised training of the same person, on any platform. */
export interface PriorTraining {
  /** Names it to whoever reads the finding. */
  readonly ref: string;
  /** Day on which its assessment ended; null while there was none. */
  readonly assessmentEndedOn: CalendarDate | null;
  /** It was given up or cancelled, and will have no assessment. */
  readonly isClosed: boolean;
}

/** Planned time of a class, minutes. */
export interface TrainingPlan {
  readonly totalMinutes: number;
  readonly theoryMinutes: number;
  readonly onlineMinutes: number;
}

export interface OccupationFacts {
  readonly code: string;
  /** Class hours that a rule of its own fixes; null without one. */
  readonly requiredHours: number | null;
  /** `COMPLETION_CERTIFICATE`: no better certificate can be had. */
  readonly assessment: 'VOCATIONAL' | 'COMPLETION_CERTIFICATE';
}

/** Time during which a platform was connected to the supervision system, both days included. */
export interface Registration {
  readonly fromOn: CalendarDate;
  readonly toOn: CalendarDate | null;
}

/** An authority's decision that a platform violated the rules. Nothing else bars a platform. */
export interface AuthorityDecision {
  readonly decisionRef: string;
  readonly violationOn: CalendarDate;
}

/** A video and the approval of its master, which covers every rendition registered with it. */
export interface VideoFacts {
  readonly sha256: string;
  /** Only videos added after the platform was listed need an approval (新增). */
  readonly isNew: boolean;
  readonly approval: { readonly ref: string; readonly approvedAt: number; readonly approvedSha256s: readonly string[] } | null;
}

export interface SurveyResult {
  readonly measuredOn: CalendarDate;
  readonly responses: number;
  readonly satisfied: number;
}

/** Shares of whole numbers meet their limit exactly; anything finer is arithmetic. */
const exceeds = (value: number, limit: number): boolean => value - limit > 1e-9 * Math.max(1, Math.abs(limit));

/** C-03. A period ends on its corresponding day; of two readings the later first day is taken. */
export function checkPriorTraining(priors: readonly PriorTraining[], openOn: CalendarDate, { eligibility }: Policy): readonly ProgrammeFinding[] {
  return priors.flatMap(({ ref, assessmentEndedOn, isClosed }) => {
    if (assessmentEndedOn === null) {
      return isClosed || !eligibility.requirePriorAssessed ? [] : [programmeFinding('C03_PRIOR_UNASSESSED', { prior: ref, openOn })];
    }
    const barredUntil = addMonths(assessmentEndedOn, eligibility.cooldownMonths);
    if (eligibility.cooldownMonths === 0 || openOn > barredUntil) return [];
    return [programmeFinding('C03_WITHIN_ONE_MONTH', { prior: ref, assessmentEndedOn, barredUntil, openOn })];
  });
}

/** C-01. */
export function checkRegistration(registrations: readonly Registration[], on: CalendarDate): readonly ProgrammeFinding[] {
  const isActive = registrations.some(({ fromOn, toOn }) => fromOn <= on && (toOn === null || on <= toOn));
  return isActive ? [] : [programmeFinding('C01_PLATFORM_NOT_INTEGRATED', { on, registrations: registrations.length })];
}

/** C-12: two years from the day of the violation, and only by an authority's decision. */
export function checkBar(decisions: readonly AuthorityDecision[], openOn: CalendarDate, { platform }: Policy): readonly ProgrammeFinding[] {
  return decisions.flatMap(({ decisionRef, violationOn }) => {
    const barredUntil = addYears(violationOn, platform.barYears);
    const isBarred = violationOn <= openOn && openOn <= barredUntil;
    return isBarred ? [programmeFinding('C12_PLATFORM_BARRED', { decisionRef, violationOn, barredUntil, openOn })] : [];
  });
}

/** C-14, the catalogue of the year. */
export function checkCatalogue(years: readonly number[], openOn: CalendarDate, { platform }: Policy): readonly ProgrammeFinding[] {
  const year = Number(openOn.slice(0, 4));
  return !platform.requireCatalogue || years.includes(year) ? [] : [programmeFinding('C14_NOT_IN_CATALOGUE', { year })];
}

const isPureOnline = ({ onlineMinutes, totalMinutes }: TrainingPlan): boolean => totalMinutes > 0 && onlineMinutes >= totalMinutes;

/** Minutes that may be online: the share of the whole, and no more than the theory. Purely online training has a list of its own. */
export function onlineCapMinutes(plan: TrainingPlan, occupation: string, { online }: Policy): number {
  if (isPureOnline(plan) && online.pureOnlineOccupations.includes(occupation)) return plan.totalMinutes;
  const share = online.exemptOccupations.includes(occupation) ? 1 : online.maxShareOfTotal;
  return Math.min(share * plan.totalMinutes, online.onlyTheory ? plan.theoryMinutes : Infinity);
}

/** C-02 and C-14. */
export function checkOnlineShare(plan: TrainingPlan, occupation: string, policy: Policy): readonly ProgrammeFinding[] {
  const { totalMinutes, theoryMinutes, onlineMinutes } = plan;
  const { maxShareOfTotal, exemptOccupations, pureOnlineOccupations, onlyTheory } = policy.online;
  const isFree = exemptOccupations.includes(occupation) || maxShareOfTotal >= 1;
  if (isPureOnline(plan) && !isFree) {
    return pureOnlineOccupations.includes(occupation) ? [] : [programmeFinding('C02_PURE_ONLINE_NOT_ALLOWED', { occupation, totalMinutes })];
  }
  const isOverShare = !isFree && exceeds(onlineMinutes, maxShareOfTotal * totalMinutes);
  return [
    ...(isOverShare ? [programmeFinding('C14_ONLINE_CAP_EXCEEDED', { onlineMinutes, totalMinutes, maxShare: maxShareOfTotal })] : []),
    ...(onlyTheory && onlineMinutes > theoryMinutes ? [programmeFinding('C14_NOT_THEORY', { onlineMinutes, theoryMinutes })] : []),
  ];
}

/** C-13: the videos have to last as long as the class hours claimed for them. */
export function checkMaterial(claimedHours: number, videosMs: number, policy: Policy): readonly ProgrammeFinding[] {
  const requiredMs = claimedHours * partMs(policy);
  return videosMs >= requiredMs ? [] : [programmeFinding('C13_MATERIAL_TOO_SHORT', { claimedHours, classHourMs: partMs(policy), requiredMs, videosMs })];
}

/** C-20: where an occupation has hours of its own, those are what counts (有明确学时规定的除外). */
export function checkMinimumHours(totalHours: number, occupation: OccupationFacts, { cohort }: Policy): readonly ProgrammeFinding[] {
  if (occupation.assessment !== 'COMPLETION_CERTIFICATE') return [];
  const minHours = occupation.requiredHours ?? cohort.certificateOnlyMinHours;
  return totalHours >= minHours ? [] : [programmeFinding('C20_TOO_FEW_HOURS', { totalHours, minHours })];
}

/** C-21, at opening and at any later addition. */
export function checkCohortSize(headcount: number, { cohort }: Policy): readonly ProgrammeFinding[] {
  return headcount <= cohort.maxSize ? [] : [programmeFinding('C21_CLASS_TOO_LARGE', { headcount, maxSize: cohort.maxSize })];
}

/** C-11: approved before study begins, and played as approved. */
export function checkVideos(videos: readonly VideoFacts[], startsAt: number, { platform }: Policy): readonly ProgrammeFinding[] {
  if (!platform.requireVideoApproval) return [];
  return videos
    .filter(({ isNew }) => isNew)
    .flatMap(({ sha256, approval }) => {
      if (approval === null || approval.approvedAt > startsAt) return [programmeFinding('C11_VIDEO_NOT_APPROVED', { sha256, approvalRef: approval?.ref ?? null })];
      return approval.approvedSha256s.includes(sha256) ? [] : [programmeFinding('C11_VIDEO_CHANGED_AFTER_APPROVAL', { sha256, approvalRef: approval.ref })];
    });
}

/** C-19: below the limit no class opens until the month of rectification is over. */
export function checkSatisfaction(survey: SurveyResult, openOn: CalendarDate, { satisfaction }: Policy): readonly ProgrammeFinding[] {
  const { measuredOn, responses, satisfied } = survey;
  const isMeasured = responses >= satisfaction.minResponses;
  if (!isMeasured || !exceeds(satisfaction.min * responses, satisfied)) return [];
  const suspendedUntil = addMonths(measuredOn, satisfaction.rectificationMonths);
  return openOn > suspendedUntil ? [] : [programmeFinding('C19_ORG_SUSPENDED', { measuredOn, responses, satisfied, minShare: satisfaction.min, suspendedUntil, openOn })];
}

/** C-26: what is not in the authority's system is not subsidised, and cannot be reported to it. */
export const checkClassId = (hrssClassId: string | null): readonly ProgrammeFinding[] => (hrssClassId === null ? [programmeFinding('C26_CLASS_ID_MISSING', {})] : []);

/** What a platform knows of a class it wants to open. What it leaves out is not checked. */
export interface OpeningFacts {
  /** Instant at which study begins, ms. */
  readonly startsAt: number;
  readonly occupation?: OccupationFacts | undefined;
  readonly plan?: TrainingPlan | undefined;
  readonly headcount?: number | undefined;
  /** Class hours claimed for the videos. */
  readonly claimedHours?: number | undefined;
  readonly videosMs?: number | undefined;
  readonly videos?: readonly VideoFacts[] | undefined;
  readonly registrations?: readonly Registration[] | undefined;
  readonly catalogueYears?: readonly number[] | undefined;
  readonly decisions?: readonly AuthorityDecision[] | undefined;
  readonly survey?: SurveyResult | undefined;
  readonly trainees?: readonly { readonly ref: string; readonly priors: readonly PriorTraining[] }[] | undefined;
}

export const OPENING_CHECKS = ['C-01', 'C-02', 'C-03', 'C-11', 'C-12', 'C-13', 'C-14', 'C-19', 'C-20', 'C-21'] as const;
export type OpeningCheckId = (typeof OPENING_CHECKS)[number];

export interface OpeningCheck {
  readonly clause: OpeningCheckId;
  readonly outcome: 'PASSED' | 'FAILED' | 'NOT_CHECKED';
  readonly findings: readonly ProgrammeFinding[];
}

/** Every check of a class opening. A check whose facts are missing is `NOT_CHECKED`, never passed. */
export function checkOpening(facts: OpeningFacts, policy: Policy): readonly OpeningCheck[] {
  const openOn = shanghaiDay(facts.startsAt);
  const { occupation, plan, headcount, claimedHours, videosMs, videos, registrations, catalogueYears, decisions, survey, trainees } = facts;
  const share = plan && occupation && checkOnlineShare(plan, occupation.code, policy);
  const catalogue = catalogueYears && checkCatalogue(catalogueYears, openOn, policy);
  const results: Readonly<Record<OpeningCheckId, readonly ProgrammeFinding[] | undefined>> = {
    'C-01': registrations && checkRegistration(registrations, openOn),
    'C-02': share?.filter(({ clause }) => clause === 'C-02'),
    'C-03': trainees?.flatMap(({ ref, priors }) => checkPriorTraining(priors, openOn, policy).map((found) => ({ ...found, detail: { trainee: ref, ...found.detail } }))),
    'C-11': videos && checkVideos(videos, facts.startsAt, policy),
    'C-12': decisions && checkBar(decisions, openOn, policy),
    'C-13': claimedHours === undefined || videosMs === undefined ? undefined : checkMaterial(claimedHours, videosMs, policy),
    'C-14': share && catalogue && [...share.filter(({ clause }) => clause === 'C-14'), ...catalogue],
    'C-19': survey && checkSatisfaction(survey, openOn, policy),
    'C-20': plan && occupation && checkMinimumHours(Math.floor((plan.totalMinutes * 60_000) / partMs(policy)), occupation, policy),
    'C-21': headcount === undefined ? undefined : checkCohortSize(headcount, policy),
  };
  return OPENING_CHECKS.map((clause) => {
    const findings = results[clause];
    return { clause, outcome: findings === undefined ? 'NOT_CHECKED' : findings.length === 0 ? 'PASSED' : 'FAILED', findings: findings ?? [] };
  });
}
