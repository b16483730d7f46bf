import { describe, expect, it } from '@jest/globals';
import { checkDigitOf, isPossibleIdNumber, normaliseIdNumber } from './id-number.js';

const today = new Date('2026-11-23T00:00:00Z');
const isResident = (idNumber: string): boolean => isPossibleIdNumber('RESIDENT_ID', normaliseIdNumber(idNumber), today);
const withCheckDigit = (digits: string): string => digits + checkDigitOf(digits);

describe('a resident identity number', () => {
  it.each(['11010519491231002X', withCheckDigit('44052419800101001')])('is accepted with its right check digit: %s', (idNumber) =>
    expect(isResident(idNumber)).toBe(true),
  );

  it('has the check digits of the examples in GB 11643', () => {
    expect(checkDigitOf('11010519491231002')).toBe('X');
    expect(checkDigitOf('44052418800101001')).toBe('4');
  });

  it('is refused with any other check digit', () => {
    const others = '0123456789'.split('').map((digit) => `11010519491231002${digit}`);
    expect(others.filter(isResident)).toEqual([]);
  });

  it('is refused when two neighbouring digits are swapped', () => {
    expect(isResident('11010519491213002X')).toBe(false);
  });

  it.each([
    ['31 February', withCheckDigit('41130219900231001')],
    ['month 13', withCheckDigit('41130219901301001')],
    ['day 0', withCheckDigit('41130219900100001')],
    ['29 February of a common year', withCheckDigit('41130219910229001')],
    ['a birthday to come', withCheckDigit('41130220270101001')],
    ['a birthday long past', withCheckDigit('41130217900101001')],
    ['the old 15 digits', '110105491231002'],
    ['19 digits', '11010519491231002X1'],
    ['a leading zero', withCheckDigit('01010519491231002')],
    ['letters within', '1101051949123100AX'],
    ['nothing', ''],
  ])('is refused for %s', (_reason, idNumber) => expect(isResident(idNumber)).toBe(false));

  it('may be from a leap day', () => expect(isResident(withCheckDigit('41130219920229001'))).toBe(true));
});

describe('one person has one spelling', () => {
  it.each(['11010519491231002x', ' 110105 19491231 002X ', '１１０１０５１９４９１２３１００２Ｘ', '110105-19491231-002X'])('%s', (typed) => {
    expect(normaliseIdNumber(typed)).toBe('11010519491231002X');
  });

  it('keeps apart what differs in letters of any script', () => {
    expect(normaliseIdNumber('南字第123456号')).not.toBe(normaliseIdNumber('北字第123456号'));
  });
});

describe('other documents', () => {
  it.each(['E12345678', 'A123456(7)', 'H0123456789', '南字第123456号'])('%s is possible', (idNumber) => {
    expect(isPossibleIdNumber('OTHER', normaliseIdNumber(idNumber), today)).toBe(true);
  });

  it.each(['', '---', 'A1', 'A'.repeat(41)])('"%s" is not', (idNumber) => {
    expect(isPossibleIdNumber('OTHER', normaliseIdNumber(idNumber), today)).toBe(false);
  });
});
