import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  addDays,
  addMonths,
  addWorkingDays,
  addYears,
  type CalendarDate,
  calendarDate,
  daysBetween,
  firstDayAfterMonths,
  type HolidayCalendar,
  isWorkingDay,
  shanghaiDay,
  shanghaiMidnight,
  workingDaysBetween,
} from './calendar.js';

const DAY_MS = 86_400_000;
const shanghai = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai', dateStyle: 'short' });
const utcDay = (ms: number): CalendarDate => new Date(ms).toISOString().slice(0, 10) as CalendarDate;
const anyDay = fc.integer({ min: Date.parse('1600-01-01') / DAY_MS, max: Date.parse('2400-12-31') / DAY_MS }).map((day) => utcDay(day * DAY_MS));
const RUNS = { numRuns: 1_000, seed: 20220328 };

/** 国办发明电〔2021〕11号: the State Council's calendar of 2022. */
const CALENDAR_2022: HolidayCalendar = {
  years: [2022],
  holidays: [
    ...(['2022-01-01', '2022-01-02', '2022-01-03'] as const),
    ...(['2022-01-31', '2022-02-01', '2022-02-02', '2022-02-03', '2022-02-04', '2022-02-05', '2022-02-06'] as const),
    ...(['2022-04-03', '2022-04-04', '2022-04-05', '2022-04-30', '2022-05-01', '2022-05-02', '2022-05-03', '2022-05-04'] as const),
    ...(['2022-06-03', '2022-06-04', '2022-06-05', '2022-09-10', '2022-09-11', '2022-09-12'] as const),
    ...(['2022-10-01', '2022-10-02', '2022-10-03', '2022-10-04', '2022-10-05', '2022-10-06', '2022-10-07'] as const),
  ],
  workedWeekends: ['2022-01-29', '2022-01-30', '2022-04-02', '2022-04-24', '2022-05-07', '2022-10-08', '2022-10-09'],
};

describe('a calendar date', () => {
  it.each(['2022-03-28', '2024-02-29', '2000-02-29', '0001-01-01', '9999-12-31'])('%s is one', (text) => expect(calendarDate(text)).toBe(text));

  it.each(['2022-02-29', '1900-02-29', '2022-00-01', '2022-13-01', '2022-04-31', '2022-06-31', '2022-01-00', '0000-01-01', '2022-1-1', ' 2022-01-01', '2022-01-01T00:00:00Z', ''])(
    '"%s" is none',
    (text) => expect(calendarDate(text)).toBeNull(),
  );

  it('is the one the platform’s own calendar has, forwards and backwards over eight centuries', () => {
    fc.assert(fc.property(anyDay, fc.integer({ min: -150_000, max: 150_000 }), (date, days) => {
      const moved = addDays(date, days);
      expect(moved).toBe(utcDay(Date.parse(date) + days * DAY_MS));
      expect(daysBetween(date, moved)).toBe(days);
      expect(calendarDate(moved)).toBe(moved);
    }), RUNS);
  });
});

describe('the day of an instant in Asia/Shanghai', () => {
  it('begins at 16:00 UTC of the day before', () => {
    expect(shanghaiDay(Date.parse('2022-03-27T15:59:59.999Z'))).toBe('2022-03-27');
    expect(shanghaiDay(Date.parse('2022-03-27T16:00:00.000Z'))).toBe('2022-03-28');
    expect(shanghaiMidnight('2022-03-28')).toBe(Date.parse('2022-03-27T16:00:00.000Z'));
  });

  it('is the one of the time zone database for every instant since summer time ended', () => {
    const instants = fc.integer({ min: Date.parse('1991-09-15T00:00:00Z'), max: Date.parse('2200-01-01T00:00:00Z') });
    fc.assert(fc.property(instants, (ms) => expect(shanghaiDay(ms)).toBe(shanghai.format(ms))), RUNS);
  });
});

describe('periods of the notice (民法典 201, 202)', () => {
  it.each([
    ['2022-03-28', '2022-04-28', '2022-04-29'],
    ['2022-01-31', '2022-02-28', '2022-03-01'],
    ['2024-01-31', '2024-02-29', '2024-03-01'],
    ['2022-02-28', '2022-03-28', '2022-03-29'],
    ['2022-12-31', '2023-01-31', '2023-02-01'],
    ['2022-05-31', '2022-06-30', '2022-07-01'],
  ] as const)('C-03: an assessment that ended on %s bars to %s; the first day of a new class is %s', (ended, last, first) => {
    expect(addMonths(ended, 1)).toBe(last);
    expect(firstDayAfterMonths(ended, 1)).toBe(first);
  });

  it('C-12: a violation of 2022-03-28 bars to 2024-03-28 and no longer', () => {
    expect(addYears('2022-03-28', 2)).toBe('2024-03-28');
    expect(firstDayAfterMonths('2022-03-28', 24)).toBe('2024-03-29');
  });

  it('C-12: a violation on a leap day bars to 28 February', () => {
    expect(addYears('2024-02-29', 2)).toBe('2026-02-28');
    expect(addYears('2024-02-29', 4)).toBe('2028-02-29');
  });

  it('C-19: satisfaction measured too low on 2022-08-31 stops openings to 2022-09-30', () => {
    expect(firstDayAfterMonths('2022-08-31', 1)).toBe('2022-10-01');
  });

  it('C-32: an assessment is filed three days before it', () => {
    expect(addDays('2022-06-02', -3)).toBe('2022-05-30');
    expect(addDays('2024-03-02', -3)).toBe('2024-02-28');
    expect(daysBetween('2022-05-30', '2022-06-02')).toBe(3);
  });

  it('of months and years end on the corresponding day or on the last of the month', () => {
    fc.assert(fc.property(anyDay, fc.integer({ min: 0, max: 600 }), (date, months) => {
      const end = addMonths(date, months);
      const isCorresponding = end.slice(8) === date.slice(8);
      const isLastOfMonth = addDays(end, 1).endsWith('-01');
      expect(isCorresponding || (isLastOfMonth && end.slice(8) < date.slice(8))).toBe(true);
      expect((Number(end.slice(0, 4)) - Number(date.slice(0, 4))) * 12 + Number(end.slice(5, 7)) - Number(date.slice(5, 7))).toBe(months);
    }), RUNS);
  });

  it('that begin later never end earlier', () => {
    fc.assert(fc.property(anyDay, fc.nat(400), fc.nat(48), (date, days, months) => {
      expect(addMonths(addDays(date, days), months) >= addMonths(date, months)).toBe(true);
    }), RUNS);
  });
});

describe('working days', () => {
  it.each<readonly [CalendarDate, boolean | null, string]>([
    ['2022-03-28', true, 'a Monday'],
    ['2022-04-01', true, 'a Friday'],
    ['2022-03-26', false, 'a Saturday'],
    ['2022-03-27', false, 'a Sunday'],
    ['2022-04-05', false, 'Qingming, a Tuesday'],
    ['2022-04-02', true, 'a Saturday worked for Qingming'],
    ['2023-04-05', null, 'a day of a year not announced'],
  ])('%s: %s (%s)', (date, isWorked) => expect(isWorkingDay(date, CALENDAR_2022)).toBe(isWorked));

  it.each([
    [5, '2022-04-01', '2022-04-11'],
    [10, '2022-04-01', '2022-04-18'],
    [15, '2022-04-01', '2022-04-24'],
    [10, '2022-09-26', '2022-10-13'],
  ] as const)('C-34: %s of them after %s end on %s', (count, from, end) => {
    expect(addWorkingDays(from, count, CALENDAR_2022)).toBe(end);
    expect(workingDaysBetween(from, end, CALENDAR_2022)).toBe(count);
    expect(workingDaysBetween(from, addDays(end, -1), CALENDAR_2022)).toBe(count - 1);
  });

  it('are not guessed beyond the years announced', () => {
    expect(addWorkingDays('2022-12-30', 1, CALENDAR_2022)).toBeNull();
    expect(workingDaysBetween('2022-12-30', '2023-01-05', CALENDAR_2022)).toBeNull();
  });
});
