import { describe, expect, it } from '@jest/globals';
import { seeded } from '../../../test/support/camera/actor.js';
import { meshOf } from './testing/synthetic-head.js';
import type { FrameObservation } from './liveness-analysis.js';
import { passiveLiveness } from './passive-score.js';

const CHIP = 576;
const face = meshOf({});

/** Frames of a face that `expression` changes in two ways, under the grain of a camera. */
function watch(expression: (frame: number) => readonly [number, number], { frames = 40, grain = 0.002, seed = 1 } = {}): readonly FrameObservation[] {
  const random = seeded(seed);
  const vector = (size: number): readonly number[] => Array.from({ length: CHIP }, () => (random() - 0.5) * size);
  const [base, one, other] = [vector(1), vector(1), vector(1)];
  return Array.from({ length: frames }, (_, index) => {
    const [a, b] = expression(index);
    const noise = vector(grain);
    return { step: 0, clientMonoMs: index * 100, faceCount: 1, widthPx: 320, face, chip: unit(base.map((value, at) => value + a * one[at]! + b * other[at]! + noise[at]!)) };
  });
}

function unit(values: readonly number[]): Float32Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const norm = Math.hypot(...values.map((value) => value - mean));
  return Float32Array.from(values, (value) => (value - mean) / norm);
}

describe('what the pictures say without any act', () => {
  const drifting = (index: number): readonly [number, number] => [0.9 * Math.sin(index / 2), index / 20];

  it('finds a face that changes alive', () => {
    for (const seed of [1, 2, 3]) expect(passiveLiveness(watch(drifting, { seed })).score).toBeGreaterThan(0.5);
  });

  it('finds a print in front of a noisy camera doubtful', () => {
    for (const seed of [1, 2, 3]) expect(passiveLiveness(watch(() => [0, 0], { seed, grain: 0.1 })).score).toBeLessThan(0.2);
  });

  it('thinks less of pictures that come again', () => {
    const looped = passiveLiveness(watch((index) => drifting(index % 20)));
    const live = passiveLiveness(watch(drifting));
    expect(looped.parts['novelty']).toBeLessThan(-2);
    expect(looped.score).toBeLessThan(live.score / 2);
  });

  it('says nothing of a few frames', () => {
    expect(passiveLiveness(watch(drifting, { frames: 11 }))).toEqual({ score: 0.5, parts: {} });
    expect(passiveLiveness([])).toEqual({ score: 0.5, parts: {} });
  });
});
