/** Enrolments of lessons of forty minutes, judged, for tests of their verdict. */
import type { Policy } from '../../policy.js';
import { NANYANG } from '../../testing/nanyang-policy.js';
import { type EnrolmentAccount, type EnrolmentFacts, judgeEnrolment } from '../enrolment.js';
import { type AccountSetup, aFinding, anAccount, days, minutes, MORNING } from './accounts.js';

export const LESSONS = 48;
export const ASSESSMENT = MORNING + days(100);

/** An enrolment of so many lessons of forty minutes, judged after its final assessment. */
export const facts = (count = LESSONS, changes: Partial<EnrolmentFacts> = {}): EnrolmentFacts => ({
  enrolmentId: 'enrolment-1',
  lessons: Array.from({ length: count }, (_, index) => ({ lessonId: `lesson-${index + 1}`, position: index + 1, durationMs: minutes(40) })),
  asOf: ASSESSMENT + days(1),
  finalAssessmentAt: ASSESSMENT,
  plannedHours: null,
  plan: null,
  occupation: null,
  openOn: null,
  priors: [],
  registrations: null,
  makeupConsents: [],
  isTestPassed: false,
  ...changes,
});

export const beforeAssessment: Partial<EnrolmentFacts> = { asOf: ASSESSMENT - days(1) };

/** One lesson a day, each studied in full. */
export const studied = (count = LESSONS, changed: Readonly<Record<number, AccountSetup>> = {}): AccountSetup[] =>
  Array.from({ length: count }, (_, index) => ({ lessonPosition: index + 1, openedAt: MORNING + days(index), ...changed[index + 1] }));

/** A lesson played too fast to its end. */
export const sped: AccountSetup = { verdict: 'INVALID', findings: [aFinding('R1_RATE_EXCEEDED', [[0, 40]])] };

/** So many lessons of 48 that failed, spread evenly. */
export const failing = (count: number): Readonly<Record<number, AccountSetup>> => Object.fromEntries(Array.from({ length: count }, (_, index) => [index * 5 + 1, sped]));

export const judge = (setups: readonly AccountSetup[], about = facts(), policy: Policy = NANYANG): EnrolmentAccount => judgeEnrolment(about, setups.map(anAccount), policy);

export const codes = ({ findings }: EnrolmentAccount): readonly string[] => findings.map(({ code, effect }) => `${code} ${effect}`);

export const invalidating = (changes: Partial<Policy['invalidation']>): Policy => ({ ...NANYANG, invalidation: { ...NANYANG.invalidation, ...changes } });
