/** A name as it may be shown: the first character of each word, the rest starred. 张三丰 → 张**, Joe Doe → J** D**. */
export const maskName = (name: string): string =>
  name
    .split(/\s+/)
    .filter((word) => word !== '')
    .map((word) => {
      const [first = '', ...rest] = Array.from(word);
      return rest.length === 0 ? (/\p{Script=Han}/u.test(first) ? first : '*') : first + '*'.repeat(rest.length);
    })
    .join(' ');

/** A number as it may be shown: the first three and the last four of a long one, the last two of a short one. */
export function maskIdNumber(idNumber: string): string {
  const [head, tail] = idNumber.length >= 15 ? [3, 4] : [0, 2];
  return idNumber.slice(0, head) + '*'.repeat(idNumber.length - head - tail) + idNumber.slice(-tail);
}
