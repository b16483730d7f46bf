import { describe, expect, it } from '@jest/globals';
import { birthOf, isTooYoung, isUnderAge } from './age.js';

describe('an age', () => {
  it('is read from a resident identity number, and from no other document', () => {
    expect(birthOf('RESIDENT_ID', '11010519491231002X')).toBe('1949-12-31');
    expect(birthOf('OTHER', '11010519491231002X')).toBeNull();
  });

  it.each([
    ['2012-11-24', '2026-11-24', true],
    ['2012-11-24', '2026-11-25', false],
    ['2012-02-29', '2026-02-28', true],
    ['2012-02-29', '2026-03-01', false],
  ] as const)('of somebody born on %s is under fourteen on %s: %s', (birth, today, expected) => expect(isTooYoung(birth, today)).toBe(expected));

  it.each([
    ['2008-11-24', '2026-11-24', true],
    ['2008-11-24', '2026-11-25', false],
    ['1980-01-01', '2026-11-24', false],
  ] as const)('of somebody born on %s is under eighteen on %s: %s', (birth, today, expected) => expect(isUnderAge(birth, today)).toBe(expected));
});
