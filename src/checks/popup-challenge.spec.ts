import { describe, expect, it } from '@jest/globals';
import { drawDigits, drawPopupChallenge } from './popup-challenge.js';

describe('popup challenges', () => {
  it('never carries the digits as text', () => {
    for (let seed = 0; seed < 50; seed += 1) {
      expect(drawDigits('7351', seed)).not.toContain('7351');
      expect(drawDigits('7351', seed)).not.toMatch(/<text/);
    }
  });

  it('draws the same picture from the same seed, so that it can be shown again', () => {
    expect(drawDigits('0429', 17)).toBe(drawDigits('0429', 17));
    expect(drawDigits('0429', 17)).not.toBe(drawDigits('0429', 18));
  });

  it('asks in words who is entitled to it, with the right answer among the options', () => {
    for (let round = 0; round < 50; round += 1) {
      const challenge = drawPopupChallenge(['NUMBER', 'QUESTION'], true);
      expect(challenge.kind).toBe('QUESTION');
      expect(challenge.options).toContain(challenge.expected);
      expect(new Set(challenge.options).size).toBe(4);
    }
  });
});
