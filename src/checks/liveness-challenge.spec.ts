import { describe, expect, it } from '@jest/globals';
import type { LivenessAct } from '../rules/event.js';
import { drawAct } from './liveness-challenge.js';

const KINDS: readonly LivenessAct[] = ['BLINK', 'OPEN_MOUTH', 'NOD'];

describe('drawing an act', () => {
  it('draws every kind, and none twice in a row', () => {
    let before: LivenessAct | null = null;
    const drawn = Array.from({ length: 300 }, () => {
      const act = drawAct(KINDS, before);
      expect(act).not.toBe(before);
      return (before = act);
    });
    expect(new Set(drawn)).toEqual(new Set(KINDS));
    expect(new Set(Array.from({ length: 100 }, () => drawAct(KINDS, null)))).toEqual(new Set(KINDS));
  });

  it('draws after each act both others, so that the next one cannot be known', () => {
    const next = new Set(Array.from({ length: 100 }, () => drawAct(KINDS, 'NOD')));
    expect(next).toEqual(new Set(['BLINK', 'OPEN_MOUTH']));
  });
});
