/**
 * The one date module. Legal periods are counted on plain calendar dates of Asia/Shanghai, never on instants
 * (民法典 art. 201: the first day is not counted; art. 202: a period of months or years ends on the corresponding day,
 * or, where the month has none, on its last day). Art. 203, which moves a deadline off a holiday, is not applied: it
 * helps who must act on the last day, and the periods counted here are bars that simply lapse.
 */

/** `YYYY-MM-DD`, years 0001 to 9999. Dates compare as strings. */
export type CalendarDate = `${number}-${number}-${number}`;

const DAY_MS = 86_400_000;
const SHANGHAI_OFFSET_MS = 8 * 3_600_000;
/** Days from 0000-03-01, where the arithmetic below begins, to 1970-01-01. */
const EPOCH_SHIFT_DAYS = 719_468;
const DAYS_PER_ERA = 146_097;

interface Parts {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** A text as a date that the calendar has, or null. */
export function calendarDate(text: string): CalendarDate | null {
  const found = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (found === null) return null;
  const [year, month, day] = [Number(found[1]), Number(found[2]), Number(found[3])];
  const isReal = year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);
  return isReal ? (text as CalendarDate) : null;
}

/**
 * The day of an instant (ms since the epoch) in Asia/Shanghai. Exact since 15 September 1991, when summer time was last
 * in force there; before, the first hour of a summer's day counts to the day before it.
 */
export const shanghaiDay = (instantMs: number): CalendarDate => dateOf(Math.floor((instantMs + SHANGHAI_OFFSET_MS) / DAY_MS));

/** The instant at which a day begins in Asia/Shanghai, ms since the epoch. */
export const shanghaiMidnight = (date: CalendarDate): number => dayNumber(date) * DAY_MS - SHANGHAI_OFFSET_MS;

export const addDays = (date: CalendarDate, days: number): CalendarDate => dateOf(dayNumber(date) + days);

/** Last day of a period of so many months: the corresponding day, or the month's last one (art. 202). */
export function addMonths(date: CalendarDate, months: number): CalendarDate {
  const { year, month, day } = partsOf(date);
  const index = year * 12 + month - 1 + months;
  const target = { year: Math.floor(index / 12), month: (index % 12) + 1 };
  return format({ ...target, day: Math.min(day, daysInMonth(target.year, target.month)) });
}

/** Last day of a period of so many years (art. 202). */
export const addYears = (date: CalendarDate, years: number): CalendarDate => addMonths(date, years * 12);

/** First day after a bar of so many months that began on `date`: of two readings the later day is taken. */
export const firstDayAfterMonths = (date: CalendarDate, months: number): CalendarDate => addDays(addMonths(date, months), 1);

/** Days from one date to another; negative when the second is the earlier. */
export const daysBetween = (from: CalendarDate, to: CalendarDate): number => dayNumber(to) - dayNumber(from);

/**
 * What the State Council announces each year. A day is worked when it is a weekday and no holiday, or a weekend day
 * that was made one of work (调休). Years not listed are not known.
 */
export interface HolidayCalendar {
  readonly years: readonly number[];
  readonly holidays: readonly CalendarDate[];
  readonly workedWeekends: readonly CalendarDate[];
}

/** Whether a day is worked; null for a year that the calendar does not know. */
export function isWorkingDay(date: CalendarDate, calendar: HolidayCalendar): boolean | null {
  if (!calendar.years.includes(partsOf(date).year)) return null;
  if (calendar.workedWeekends.includes(date)) return true;
  return !isWeekend(date) && !calendar.holidays.includes(date);
}

/** Last day of a period of so many working days after `from`, which is not counted; null beyond the years known. */
export function addWorkingDays(from: CalendarDate, count: number, calendar: HolidayCalendar): CalendarDate | null {
  let date = from;
  for (let left = count; left > 0; ) {
    date = addDays(date, 1);
    const isWorked = isWorkingDay(date, calendar);
    if (isWorked === null) return null;
    if (isWorked) left -= 1;
  }
  return date;
}

/** Working days after `from` up to and with `to`; null beyond the years known. */
export function workingDaysBetween(from: CalendarDate, to: CalendarDate, calendar: HolidayCalendar): number | null {
  let count = 0;
  for (let date = from; date < to; ) {
    date = addDays(date, 1);
    const isWorked = isWorkingDay(date, calendar);
    if (isWorked === null) return null;
    if (isWorked) count += 1;
  }
  return count;
}

/** 1970-01-01 was a Thursday. */
const isWeekend = (date: CalendarDate): boolean => (((dayNumber(date) + 3) % 7) + 7) % 7 >= 5;

const isLeapYear = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

const partsOf = (date: CalendarDate): Parts => ({ year: Number(date.slice(0, 4)), month: Number(date.slice(5, 7)), day: Number(date.slice(8, 10)) });

const format = ({ year, month, day }: Parts): CalendarDate =>
  `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}` as CalendarDate;

/** Days since 1970-01-01 in the proleptic Gregorian calendar; years begin in March, so that the leap day ends one. */
function dayNumber(date: CalendarDate): number {
  const { year, month, day } = partsOf(date);
  const marchYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  return era * DAYS_PER_ERA + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - EPOCH_SHIFT_DAYS;
}

function dateOf(number: number): CalendarDate {
  const shifted = number + EPOCH_SHIFT_DAYS;
  const era = Math.floor(shifted / DAYS_PER_ERA);
  const dayOfEra = shifted - era * DAYS_PER_ERA;
  const yearOfEra = Math.floor((dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365);
  const dayOfYear = dayOfEra - (yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  const day = dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1;
  return format({ year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day });
}
