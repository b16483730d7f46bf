import { describe, expect, it } from '@jest/globals';
import { jitter } from './camera-tells.js';

describe('the jitter of a stream', () => {
  it('is none where frames come by a timer, whatever its pace', () => {
    expect(jitter([0, 40, 80, 120])).toBe(0);
  });

  it('is the standard deviation of the gaps', () => {
    expect(jitter([0, 30, 80, 110, 160])).toBe(10);
  });
});
