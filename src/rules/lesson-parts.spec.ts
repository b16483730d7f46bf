import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fixedInstants, lessonParts } from './lesson-parts.js';
import { aPolicy, minutes, seconds } from './testing/opening.js';

const policy = aPolicy();
const spans = (durationMs: number) => lessonParts(durationMs, policy).map(({ fromMs, toMs }) => [fromMs, toMs]);

describe('parts of a lesson', () => {
  it.each([
    ['a lesson of ten seconds', seconds(10), [[0, seconds(10)]]],
    ['a lesson of four minutes', minutes(4), [[0, minutes(4)]]],
    ['one class hour', minutes(40), [[0, minutes(40)]]],
    ['a class hour and less than a minute', minutes(40) + 59_999, [[0, minutes(40) + 59_999]]],
    ['a class hour and a minute', minutes(41), [[0, minutes(40)], [minutes(40), minutes(41)]]],
    ['two class hours and a quarter', minutes(90), [[0, minutes(40)], [minutes(40), minutes(80)], [minutes(80), minutes(90)]]],
  ])('%s', (_name, durationMs, expected) => {
    expect(spans(durationMs)).toEqual(expected);
  });

  it('cover the lesson without a gap or an overlap, none of them shorter than a minute unless it is alone', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: minutes(400) }), fc.constantFrom(40, 45), (durationMs, minMinutes) => {
      const parts = lessonParts(durationMs, aPolicy({ classHour: { minMinutes } }));
      expect(parts.map(({ index }) => index)).toEqual(parts.map((_, index) => index));
      expect(parts[0]?.fromMs).toBe(0);
      expect(parts.at(-1)?.toMs).toBe(durationMs);
      parts.slice(1).forEach((part, index) => expect(part.fromMs).toBe(parts[index]?.toMs));
      if (parts.length > 1) parts.forEach(({ fromMs, toMs }) => expect(toMs - fromMs).toBeGreaterThanOrEqual(60_000));
    }));
  });
});

describe('instants at a fixed interval', () => {
  const instants = (durationMs: number, intervalMs: number) => fixedInstants(durationMs, intervalMs, policy).map(({ part, atMs }) => [part, atMs]);

  it('belong to the part they fall into: one where two parts meet to the second', () => {
    expect(instants(minutes(90), minutes(20))).toEqual([
      [0, seconds(1)], [0, minutes(20)], [1, minutes(40)], [1, minutes(60)], [2, minutes(80)], [2, minutes(90)],
    ]);
  });

  it.each([
    ['a minute before sign-out is one of its own', minutes(21), [[0, seconds(1)], [0, minutes(20)], [0, minutes(21)]]],
    ['one nearer to it is the sign-out itself', minutes(21) - 1, [[0, seconds(1)], [0, minutes(21) - 1]]],
  ])('%s', (_name, durationMs, expected) => {
    expect(instants(durationMs, minutes(20))).toEqual(expected);
  });
});
