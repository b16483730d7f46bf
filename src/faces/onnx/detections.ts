import type { FaceBox } from '../face-engine.js';

/** Anchors of the tiny detector, in cells. */
const ANCHORS: readonly (readonly [width: number, height: number])[] = [
  [1.603231, 2.094468], [6.041143, 7.080126], [2.882459, 3.518061], [4.266906, 5.178857], [9.041765, 10.66308],
];
const TINY_OVERLAP = 0.4;
const SSD_OVERLAP = 0.5;
const VALUES = 5;

/** Boxes in the cells of the tiny detector; `side` is that of the square seen, in source pixels. */
export function readTinyCells(cells: Float32Array, side: number, minScore: number): readonly FaceBox[] {
  const count = Math.sqrt(cells.length / (ANCHORS.length * VALUES));
  const cellPx = side / count;
  const found: FaceBox[] = [];
  // The score's sigmoid is monotonous: most cells are left by their raw value.
  const minRaw = Math.log(minScore / (1 - minScore));
  for (let at = 0; at < cells.length; at += VALUES) {
    if (!(cells[at + 4]! > minRaw)) continue;
    const [anchorWidth, anchorHeight] = ANCHORS[(at / VALUES) % ANCHORS.length]!;
    const cell = Math.floor(at / VALUES / ANCHORS.length);
    const width = Math.exp(cells[at + 2]!) * anchorWidth * cellPx;
    const height = Math.exp(cells[at + 3]!) * anchorHeight * cellPx;
    const x = ((cell % count) + sigmoid(cells[at]!)) * cellPx - width / 2;
    const y = (Math.floor(cell / count) + sigmoid(cells[at + 1]!)) * cellPx - height / 2;
    found.push({ x, y, width, height, score: sigmoid(cells[at + 4]!) });
  }
  return withoutOverlaps(found, TINY_OVERLAP);
}

/** Boxes of the SSD net: [top, left, bottom, right] of the square seen. */
export function readSsdBoxes(boxes: Float32Array, scores: Float32Array, side: number, minScore: number, maxFaces: number): readonly FaceBox[] {
  const found: FaceBox[] = [];
  for (let index = 0; index < scores.length; index += 1) {
    if (!(scores[index]! > minScore)) continue;
    const [top, left, bottom, right] = boxes.subarray(index * 4, index * 4 + 4) as unknown as readonly [number, number, number, number];
    found.push({ x: left, y: top, width: right - left, height: bottom - top, score: scores[index]! });
  }
  return withoutOverlaps(found, SSD_OVERLAP)
    .slice(0, maxFaces)
    .map(({ x, y, width, height, score }) => {
      const [left, top, right, bottom] = [Math.max(0, x), Math.max(0, y), Math.min(1, x + width), Math.min(1, y + height)];
      return { x: left * side, y: top * side, width: (right - left) * side, height: (bottom - top) * side, score };
    });
}

/** Of boxes that overlap more than `most` (intersection over union) the surest, surest first. */
function withoutOverlaps(boxes: readonly FaceBox[], most: number): readonly FaceBox[] {
  const kept: FaceBox[] = [];
  for (const box of [...boxes].sort((one, other) => other.score - one.score)) {
    if (kept.every((other) => overlap(box, other) <= most)) kept.push(box);
  }
  return kept;
}

function overlap(one: FaceBox, other: FaceBox): number {
  const width = Math.max(0, Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x));
  const height = Math.max(0, Math.min(one.y + one.height, other.y + other.height) - Math.max(one.y, other.y));
  const both = width * height;
  return both === 0 ? 0 : both / (one.width * one.height + other.width * other.height - both);
}

const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));
