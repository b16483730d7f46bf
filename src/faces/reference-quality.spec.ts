import { describe, expect, it } from '@jest/globals';
import type { ReferenceFaceQuality } from './reference-face.entity.js';
import { measureReference, refusalOf } from './reference-quality.js';
import type { Point, RgbImage } from './rgb-image.js';

type Measured = Omit<ReferenceFaceQuality, 'widthPx' | 'heightPx'>;

/** An ordinary portrait. */
const good: Measured = { interocularPx: 90, luminance: 130, sharpness: 80, bleachedShare: 0, evenness: 0.75, yaw: -0.05, rollDegrees: 1, pitch: 0.36, mouth: 0.08 };

const SIZE = 200;
/** A face drawn by its 68 points: 100 px between the eyes' centres, looking straight ahead. */
const face = (): Point[] => {
  const points = Array.from({ length: 68 }, (): Point => ({ x: 100, y: 100 }));
  const place = (from: number, to: number, x: number, y: number): void => {
    for (let index = from; index <= to; index += 1) points[index] = { x, y };
  };
  place(0, 7, 30, 120);
  place(9, 16, 170, 120);
  points[8] = { x: 100, y: 180 };
  place(17, 26, 100, 50);
  points[27] = { x: 100, y: 70 };
  points[30] = { x: 100, y: 110 };
  place(36, 41, 50, 70);
  place(42, 47, 150, 70);
  points[60] = { x: 75, y: 140 };
  points[64] = { x: 125, y: 140 };
  points[62] = { x: 100, y: 138 };
  points[66] = { x: 100, y: 142 };
  return points;
};
const box = { x: 30, y: 50, width: 140, height: 130 };
const picture = (luminanceAt: (x: number, y: number) => number): RgbImage => {
  const data = new Uint8Array(SIZE * SIZE * 3);
  for (let at = 0; at < SIZE * SIZE; at += 1) data.fill(luminanceAt(at % SIZE, Math.floor(at / SIZE)), at * 3, at * 3 + 3);
  return { data, width: SIZE, height: SIZE };
};
const even = picture(() => 120);
const turnedBy = (points: readonly Point[], degrees: number): Point[] => {
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  return points.map(({ x, y }) => ({ x: 100 + (x - 100) * cos - (y - 100) * sin, y: 100 + (x - 100) * sin + (y - 100) * cos }));
};

describe('a reference photo', () => {
  it.each<[keyof Measured, number, number, string]>([
    ['interocularPx', 35, 34.9, 'FACE_TOO_SMALL'],
    ['luminance', 40, 39.9, 'IMAGE_DARK'],
    ['bleachedShare', 0.5, 0.51, 'IMAGE_BRIGHT'],
    ['sharpness', 14, 13.9, 'IMAGE_BLURRED'],
    ['yaw', 0.25, 0.251, 'FACE_TURNED'],
    ['yaw', -0.25, -0.251, 'FACE_TURNED'],
    ['rollDegrees', 25, 25.1, 'FACE_TILTED'],
    ['rollDegrees', -25, -25.1, 'FACE_TILTED'],
    ['pitch', 0.2, 0.199, 'FACE_TILTED'],
    ['pitch', 0.52, 0.521, 'FACE_TILTED'],
    ['mouth', 0.5, 0.51, 'MOUTH_OPEN'],
    ['evenness', 0.25, 0.249, 'IMAGE_UNEVEN'],
  ])('is taken with %s at %d and refused at %d: %s', (name, taken, refused, code) => {
    expect(refusalOf(good)).toBeNull();
    expect(refusalOf({ ...good, [name]: taken })).toBeNull();
    expect(refusalOf({ ...good, [name]: refused })).toBe(code);
  });

  it('is measured by where its points lie, whichever way the picture is held', () => {
    for (const degrees of [0, 20, -20]) {
      const measured = measureReference(even, box, turnedBy(face(), degrees));
      expect(measured.interocularPx).toBeCloseTo(100, 3);
      expect(measured.yaw).toBeCloseTo(0, 3);
      expect(measured.rollDegrees).toBeCloseTo(degrees, 3);
      expect(measured.pitch).toBeCloseTo(40 / 110, 3);
      expect(measured.mouth).toBeCloseTo(0.08, 3);
    }
  });

  it('shows a head turned to the picture’s right by the nose moving there', () => {
    const points = face();
    points[30] = { x: 130, y: 110 };
    expect(measureReference(even, box, points).yaw).toBeCloseTo(0.3, 3);
  });

  it('is measured for light on both halves of the face, and for what is bleached away', () => {
    expect(measureReference(even, box, face())).toMatchObject({ bleachedShare: 0, luminance: 120 });
    expect(measureReference(even, box, face()).evenness).toBeCloseTo(1, 3);
    expect(measureReference(picture((x) => (x < 100 ? 200 : 40)), box, face()).evenness).toBeCloseTo(0.2, 2);
    expect(measureReference(picture((x) => (x < 100 ? 40 : 200)), box, face()).evenness).toBeCloseTo(0.2, 2);
    expect(measureReference(picture((_, y) => (y < 115 ? 255 : 120)), box, face()).bleachedShare).toBeCloseTo(0.5, 2);
  });
});
