import { addYears, calendarDate, type CalendarDate } from '../rules/programme/calendar.js';
import type { IdType } from './id-number.js';

/** Below this age nobody is registered: special rules would apply (个人信息保护法 art. 31). */
export const YOUNGEST_AGE = 14;
const MAJORITY = 18;

/** Day of birth in a normalised number of a resident identity card; `null` for documents that do not tell. */
export const birthOf = (idType: IdType, idNumber: string): CalendarDate | null =>
  idType === 'RESIDENT_ID' ? calendarDate(`${idNumber.slice(6, 10)}-${idNumber.slice(10, 12)}-${idNumber.slice(12, 14)}`) : null;

/** Whether somebody has reached an age on a day: from the day after the birthday, the reading that protects the younger. */
export const hasReached = (age: number, birth: CalendarDate, today: CalendarDate): boolean => today > addYears(birth, age);

export const isTooYoung = (birth: CalendarDate, today: CalendarDate): boolean => !hasReached(YOUNGEST_AGE, birth, today);
export const isUnderAge = (birth: CalendarDate, today: CalendarDate): boolean => !hasReached(MAJORITY, birth, today);
