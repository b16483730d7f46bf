import { fitSimilarity } from '../face-alignment.js';
import type { MeshFace } from '../face-mesh.js';
import type { Point, RgbImage } from '../rgb-image.js';

// Plain bindings: a global is looked up for every pixel where modules run in a context of their own.
const { floor, min, max, sqrt } = Math;

/** Side of the little picture by which a face is followed from frame to frame. */
const CHIP_PX = 24;
const EYES: readonly (readonly [outer: number, inner: number])[] = [[33, 133], [263, 362]];
const NOSE_BASE = 2;
/** Where the eyes and the base of the nose lie in it: brows to upper lip, cheek to cheek, without the mouth. */
const PLACES: readonly Point[] = [{ x: 6, y: 8 }, { x: 18, y: 8 }, { x: 12, y: 17 }];

/** The face upright and scaled, grey, of mean 0 and length 1: the scalar product of two chips is their correlation. */
export function faceChip(image: RgbImage, { points }: MeshFace): Float32Array {
  const eyes = EYES.map(([outer, inner]) => ({ x: (points[outer]!.x + points[inner]!.x) / 2, y: (points[outer]!.y + points[inner]!.y) / 2 }));
  const { a, b, tx, ty } = fitSimilarity(PLACES, [...eyes, points[NOSE_BASE]!]);
  const grid = max(1, min(4, Math.round(Math.hypot(a, b) / 2)));
  const chip = new Float32Array(CHIP_PX * CHIP_PX);
  let sum = 0;
  for (let at = 0; at < chip.length; at += 1) {
    let grey = 0;
    for (let sub = 0; sub < grid * grid; sub += 1) {
      const x = (at % CHIP_PX) + ((sub % grid) + 0.5) / grid - 0.5;
      const y = floor(at / CHIP_PX) + (floor(sub / grid) + 0.5) / grid - 0.5;
      const px = floor(min(max(0, a * x - b * y + tx), image.width - 1));
      const py = floor(min(max(0, b * x + a * y + ty), image.height - 1));
      const from = (py * image.width + px) * 3;
      grey += 0.299 * image.data[from]! + 0.587 * image.data[from + 1]! + 0.114 * image.data[from + 2]!;
    }
    chip[at] = grey / (grid * grid);
    sum += chip[at]!;
  }
  const mean = sum / chip.length;
  let squares = 0;
  for (let at = 0; at < chip.length; at += 1) {
    chip[at]! -= mean;
    squares += chip[at]! ** 2;
  }
  const norm = squares === 0 ? 1 : sqrt(squares);
  return chip.map((value) => value / norm);
}

/** 1 the same picture of the same face, about 0.6 another person's. */
export function chipCorrelation(one: Float32Array, other: Float32Array): number {
  let product = 0;
  for (let at = 0; at < one.length; at += 1) product += one[at]! * other[at]!;
  return product;
}
