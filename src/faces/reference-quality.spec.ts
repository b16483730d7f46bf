import { describe, expect, it } from '@jest/globals';
import type { FaceSignals } from './liveness/face-signals.js';
import type { ReferenceFaceQuality } from './reference-face.entity.js';
import { measureReference, refusalOf } from './reference-quality.js';
import type { Point, RgbImage } from './rgb-image.js';

type Measured = Omit<ReferenceFaceQuality, 'widthPx' | 'heightPx'>;

/** An ordinary portrait. */
const good: Measured = { interocularPx: 90, luminance: 130, sharpness: 80, bleachedShare: 0, evenness: 0.75, yawDegrees: -4, pitchDegrees: 6, rollDegrees: 1, mouth: 0.08, eyes: 0.3 };
const calm: FaceSignals = { yaw: -4, pitch: 6, size: 200, mouth: 0.08, eyes: 0.3, aspect: 0, foreshortening: 0 };

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
  place(36, 41, 50, 70);
  place(42, 47, 150, 70);
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
    ['yawDegrees', 25, 25.1, 'FACE_TURNED'],
    ['yawDegrees', -25, -25.1, 'FACE_TURNED'],
    ['rollDegrees', 25, 25.1, 'FACE_TILTED'],
    ['rollDegrees', -25, -25.1, 'FACE_TILTED'],
    ['pitchDegrees', 25, 25.1, 'FACE_TILTED'],
    ['pitchDegrees', -25, -25.1, 'FACE_TILTED'],
    ['eyes', 0.08, 0.079, 'EYES_CLOSED'],
    ['mouth', 0.5, 0.51, 'MOUTH_OPEN'],
    ['evenness', 0.25, 0.249, 'IMAGE_UNEVEN'],
  ])('is taken with %s at %d and refused at %d: %s', (name, taken, refused, code) => {
    expect(refusalOf(good)).toBeNull();
    expect(refusalOf({ ...good, [name]: taken })).toBeNull();
    expect(refusalOf({ ...good, [name]: refused })).toBe(code);
  });

  it('is measured by its points and by its mesh, whichever way the picture is held', () => {
    for (const degrees of [0, 20, -20]) {
      const measured = measureReference(even, box, turnedBy(face(), degrees), calm);
      expect(measured).toMatchObject({ yawDegrees: -4, pitchDegrees: 6, mouth: 0.08, eyes: 0.3 });
      expect(measured.interocularPx).toBeCloseTo(100, 3);
      expect(measured.rollDegrees).toBeCloseTo(degrees, 3);
    }
  });

  it('is measured for light on both halves of the face, and for what is bleached away', () => {
    expect(measureReference(even, box, face(), calm)).toMatchObject({ bleachedShare: 0, luminance: 120 });
    expect(measureReference(even, box, face(), calm).evenness).toBeCloseTo(1, 3);
    expect(measureReference(picture((x) => (x < 100 ? 200 : 40)), box, face(), calm).evenness).toBeCloseTo(0.2, 2);
    expect(measureReference(picture((x) => (x < 100 ? 40 : 200)), box, face(), calm).evenness).toBeCloseTo(0.2, 2);
    expect(measureReference(picture((_, y) => (y < 115 ? 255 : 120)), box, face(), calm).bleachedShare).toBeCloseTo(0.5, 2);
  });
});
