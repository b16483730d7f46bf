import { describe, expect, it } from '@jest/globals';
import { alignedChip, CHIP_PX, fitSimilarity, mirroredSquare } from './face-alignment.js';
import type { Point, RgbImage } from './rgb-image.js';

const triangle: readonly Point[] = [{ x: 0, y: 0 }, { x: 10, y: 0 }, { x: 0, y: 5 }];

describe('aligning a face', () => {
  it('finds the turn, scale and shift between two sets of points', () => {
    const to = triangle.map(({ x, y }) => ({ x: 2 * x * Math.cos(0.3) - 2 * y * Math.sin(0.3) + 7, y: 2 * x * Math.sin(0.3) + 2 * y * Math.cos(0.3) - 4 }));
    const { a, b, tx, ty } = fitSimilarity(triangle, to);
    expect(Math.hypot(a, b)).toBeCloseTo(2, 6);
    expect(Math.atan2(b, a)).toBeCloseTo(0.3, 6);
    expect([tx, ty]).toEqual([expect.closeTo(7, 6), expect.closeTo(-4, 6)]);
  });

  it('survives points that all lie in one place', () => {
    const same = triangle.map(() => ({ x: 3, y: 3 }));
    expect(Object.values(fitSimilarity(same, triangle)).every(Number.isFinite)).toBe(true);
  });

  it('stays inside the picture when the face reaches over its edge', () => {
    const image: RgbImage = { data: new Uint8Array(40 * 30 * 3).fill(9), width: 40, height: 30 };
    const landmarks = Array.from({ length: 68 }, (_, index) => ({ x: -200 + index * 7, y: 400 - index * 11 }));
    const chip = alignedChip(image, landmarks);
    expect(chip).toHaveLength(CHIP_PX * CHIP_PX * 3);
    expect(new Set(chip)).toEqual(new Set([9]));
  });

  it('mirrors a chip, and twice is the same again', () => {
    const chip = Uint8Array.from({ length: CHIP_PX * CHIP_PX * 3 }, (_, index) => index % 251);
    const mirrored = mirroredSquare(chip, CHIP_PX);
    expect([...mirrored.subarray(0, 3)]).toEqual([...chip.subarray((CHIP_PX - 1) * 3, CHIP_PX * 3)]);
    expect(mirroredSquare(mirrored, CHIP_PX)).toEqual(chip);
  });
});
