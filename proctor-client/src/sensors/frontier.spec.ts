import { describe, expect, it } from '@jest/globals';
import { firstHole, Frontier } from './frontier.js';

describe('frontier', () => {
  it('moves with continuous play and allows what lies behind it', () => {
    const frontier = new Frontier();
    frontier.played(0, 4_000);
    expect(frontier.allows(1_000)).toBe(true);
    expect(frontier.allows(4_200)).toBe(true);
    expect(frontier.allows(4_300)).toBe(false);
  });

  it('does not move by play that begins beyond it', () => {
    const frontier = new Frontier();
    frontier.played(10_000, 20_000);
    expect(frontier.ms).toBe(0);
  });

  it('is extended by what the server has credited, never shortened by a late answer', () => {
    const frontier = new Frontier();
    frontier.credited(30_000);
    frontier.played(30_000, 33_000);
    frontier.credited(31_000);
    frontier.acknowledged(31_000, 31_000);
    expect(frontier.ms).toBe(33_000);
  });

  it('falls back when the server shows a hole behind an acknowledged position', () => {
    const frontier = new Frontier();
    frontier.played(0, 20_000);
    frontier.acknowledged(20_000, 12_000);
    expect(frontier.allows(19_000)).toBe(false);
  });

  it('falls back when credit is withheld', () => {
    const frontier = new Frontier();
    frontier.played(0, 20_000);
    frontier.cutAt(15_000);
    expect(frontier.ms).toBe(15_000);
  });
});

describe('first hole', () => {
  it('finds the start, the middle and the tail', () => {
    expect(firstHole([[2_000, 60_000]], 60_000, 240)).toBe(0);
    expect(firstHole([[20_000, 60_000], [0, 10_000]], 60_000, 240)).toBe(10_000);
    expect(firstHole([[0, 50_000]], 60_000, 240)).toBe(50_000);
    expect(firstHole([], 60_000, 240)).toBe(0);
  });

  it('ignores what is too little to matter', () => {
    expect(firstHole([[0, 10_000], [10_100, 59_900]], 60_000, 240)).toBeNull();
  });
});
