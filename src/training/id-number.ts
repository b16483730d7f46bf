/** Kind of the document a number was taken from. */
export const ID_TYPES = ['RESIDENT_ID', 'OTHER'] as const;
export type IdType = (typeof ID_TYPES)[number];

/** Weights of GB 11643 (ISO 7064 MOD 11-2) and the check digit for each remainder. */
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2] as const;
const CHECK_DIGITS = '10X98765432';

const OLDEST_BIRTH_YEAR = 1890;

/**
 * One spelling for each number, so that one person has one key however the number was typed: full-width forms,
 * spaces, hyphens, brackets and case make no difference.
 */
export const normaliseIdNumber = (idNumber: string): string =>
  idNumber.normalize('NFKC').toUpperCase().replace(/[^\p{L}\p{N}]/gu, '');

/** Whether a normalised number can be of the given kind on that day. */
export const isPossibleIdNumber = (idType: IdType, normalised: string, today: Date): boolean =>
  idType === 'RESIDENT_ID' ? isResidentId(normalised, today) : /^[\p{L}\p{N}]{4,40}$/u.test(normalised);

/** An 18-digit number of a resident identity card: a day of birth that was, and the right check digit. */
function isResidentId(normalised: string, today: Date): boolean {
  return (
    /^[1-9]\d{16}[\dX]$/.test(normalised) &&
    isPastDay(normalised.slice(6, 14), today) &&
    checkDigitOf(normalised.slice(0, 17)) === normalised[17]
  );
}

/** The check digit of the first 17 digits of a resident identity number. */
export function checkDigitOf(digits: string): string {
  const sum = WEIGHTS.reduce((total, weight, index) => total + weight * Number(digits[index]), 0);
  return CHECK_DIGITS.charAt(sum % 11);
}

function isPastDay(yyyymmdd: string, today: Date): boolean {
  const [year, month, day] = [yyyymmdd.slice(0, 4), yyyymmdd.slice(4, 6), yyyymmdd.slice(6, 8)].map(Number) as [number, number, number];
  const date = new Date(Date.UTC(year, month - 1, day));
  const isRealDay = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return isRealDay && year >= OLDEST_BIRTH_YEAR && date.getTime() <= today.getTime();
}
