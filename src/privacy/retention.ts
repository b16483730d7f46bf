/** When the time of what is kept is over. Pure: dates of Asia/Shanghai in, dates out. */
import type { Policy } from '../rules/policy.js';
import { addMonths, addYears, type CalendarDate } from '../rules/programme/calendar.js';

/** What is known of an enrolment's end. */
export interface EnrolmentEnd {
  readonly disbursedOn: CalendarDate | null;
  readonly refusalFinalOn: CalendarDate | null;
  readonly assessmentEndedOn: CalendarDate | null;
  readonly isClosed: boolean;
  /** Day of its enrolment, or of its last session's opening or end, whichever came last. */
  readonly lastActiveOn: CalendarDate;
}

/** Where a platform declares no end, training counts as ended so long after anything last happened. */
export const SILENT_MONTHS = 6;

/**
 * From which day periods are counted: the subsidy was paid or finally refused; where neither is declared, training
 * ended. Never before the last thing that happened.
 */
export function anchorOf({ disbursedOn, refusalFinalOn, assessmentEndedOn, lastActiveOn }: EnrolmentEnd): CalendarDate {
  const settled = [disbursedOn, refusalFinalOn].filter((date) => date !== null);
  return latest([...(settled.length > 0 ? settled : assessmentEndedOn === null ? [] : [assessmentEndedOn]), lastActiveOn]);
}

/** Last day on which snapshots and frames of face checks are kept. */
export const picturesUntil = (end: EnrolmentEnd, { retention }: Pick<Policy, 'retention'>): CalendarDate => addMonths(anchorOf(end), retention.snapshotMonths);

/** Last day on which journals, verdicts and hashes are kept: the longest of the periods that apply. */
export function recordsUntil(end: EnrolmentEnd, { retention }: Pick<Policy, 'retention'>): CalendarDate {
  const { recordYears, archiveYears, specialOperationsYears, managersYears } = retention;
  return addYears(anchorOf(end), Math.max(recordYears, archiveYears ?? 0, specialOperationsYears ?? 0, managersYears ?? 0));
}

/** Whether training is over, so that nobody's face is compared any more. */
export function isTrainingOver({ assessmentEndedOn, isClosed, lastActiveOn }: EnrolmentEnd, today: CalendarDate): boolean {
  if (isClosed || (assessmentEndedOn !== null && assessmentEndedOn < today)) return true;
  return today > addMonths(lastActiveOn, SILENT_MONTHS);
}

const latest = (dates: readonly CalendarDate[]): CalendarDate => dates.reduce((last, date) => (date > last ? date : last));
