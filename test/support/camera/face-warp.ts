/** Moves the parts of a face in a photo: a smooth displacement field through the landmarks. Test gear only. */
import type { Point, RgbImage } from '../../../src/faces/rgb-image.js';

// Plain bindings: a global is looked up for every pixel where modules run in a context of their own.
const { floor, ceil, round, min, max, log, hypot } = Math;

/** For a pixel of the new picture, where it comes from in the old one. */
export type Warp = (x: number, y: number) => Point;

const GRID_PX = 8;

/** Thin-plate spline that takes each `to[i]` back to `from[i]`, evaluated on a coarse grid and interpolated. */
export function warpThrough(from: readonly Point[], to: readonly Point[], width: number, height: number): Warp {
  const anchors = border(width, height);
  const sources = [...from, ...anchors];
  const targets = [...to, ...anchors];
  const shiftX = solveSpline(targets, sources.map((point, index) => point.x - targets[index]!.x));
  const shiftY = solveSpline(targets, sources.map((point, index) => point.y - targets[index]!.y));
  const columns = ceil(width / GRID_PX) + 2;
  const rows = ceil(height / GRID_PX) + 2;
  const grid = new Float64Array(columns * rows * 2);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      grid[(row * columns + column) * 2] = shiftX(column * GRID_PX, row * GRID_PX);
      grid[(row * columns + column) * 2 + 1] = shiftY(column * GRID_PX, row * GRID_PX);
    }
  }
  return (x, y) => {
    const gx = min(max(0, x / GRID_PX), columns - 1.001);
    const gy = min(max(0, y / GRID_PX), rows - 1.001);
    const column = floor(gx);
    const row = floor(gy);
    const at = (part: number): number => {
      const value = (c: number, r: number): number => grid[(r * columns + c) * 2 + part]!;
      const top = value(column, row) + (value(column + 1, row) - value(column, row)) * (gx - column);
      const bottom = value(column, row + 1) + (value(column + 1, row + 1) - value(column, row + 1)) * (gx - column);
      return top + (bottom - top) * (gy - row);
    };
    return { x: x + at(0), y: y + at(1) };
  };
}

/** Draws `image` through `warp`. */
export function draw(image: RgbImage, warp: Warp): RgbImage {
  const { width, height } = image;
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const from = warp(x, y);
      const px = min(max(0, from.x), width - 1.001);
      const py = min(max(0, from.y), height - 1.001);
      const left = floor(px);
      const top = floor(py);
      const fx = px - left;
      const fy = py - top;
      const at = (top * width + left) * 3;
      for (let channel = 0; channel < 3; channel += 1) {
        const upper = image.data[at + channel]! * (1 - fx) + image.data[at + 3 + channel]! * fx;
        const lower = image.data[at + width * 3 + channel]! * (1 - fx) + image.data[at + width * 3 + 3 + channel]! * fx;
        data[(y * width + x) * 3 + channel] = round(upper * (1 - fy) + lower * fy);
      }
    }
  }
  return { data, width, height };
}

/** Landmarks with the mouth open by `amount` (1: wide). */
export function openedMouth(landmarks: readonly Point[], amount: number): readonly Point[] {
  const { across, down } = axes(landmarks);
  const mouth = hypot(landmarks[54]!.x - landmarks[48]!.x, landmarks[54]!.y - landmarks[48]!.y);
  const gap = 0.78 * mouth * amount;
  const drop = new Map<number, number>([
    [4, 0.1], [5, 0.35], [6, 0.6], [7, 0.75], [8, 0.8], [9, 0.75], [10, 0.6], [11, 0.35], [12, 0.1],
    [48, 0.35], [60, 0.35], [54, 0.35], [64, 0.35], [55, 0.8], [59, 0.8], [65, 0.95], [67, 0.95], [56, 1], [57, 1], [58, 1], [66, 1],
  ]);
  const narrow = new Map<number, number>([[48, 1], [60, 1], [54, -1], [64, -1], [49, 0.6], [59, 0.6], [53, -0.6], [55, -0.6]]);
  return landmarks.map((point, index) => {
    const sink = (drop.get(index) ?? 0) * gap;
    const pinch = (narrow.get(index) ?? 0) * 0.12 * mouth * amount;
    return { x: point.x + down.x * sink + across.x * pinch, y: point.y + down.y * sink + across.y * pinch };
  });
}

/** Depth of each landmark towards the camera, in distances between the eyes, of an average head. */
const DEPTH: readonly number[] = [
  -0.25, -0.24, -0.22, -0.19, -0.14, -0.06, 0.02, 0.12, 0.16, 0.12, 0.02, -0.06, -0.14, -0.19, -0.22, -0.24, -0.25,
  -0.12, 0, 0.08, 0.12, 0.14, 0.14, 0.12, 0.08, 0, -0.12,
  0.16, 0.32, 0.5, 0.66, 0.32, 0.4, 0.45, 0.4, 0.32,
  -0.08, 0, 0.02, 0.02, 0.02, 0, 0.02, 0.02, 0, -0.08, 0, 0,
  0.08, 0.18, 0.26, 0.28, 0.26, 0.18, 0.08, 0.16, 0.24, 0.26, 0.24, 0.16, 0.08, 0.2, 0.24, 0.2, 0.08, 0.2, 0.22, 0.2,
];

/**
 * Landmarks of the head turned to `degrees` (0: straight ahead; positive: to the own left, the picture's right).
 * `jaw` deepens the sides of the average head.
 */
export function turnedHead(landmarks: readonly Point[], degrees: number, jaw = 1): readonly Point[] {
  const { across, down, middle, eyes } = axes(landmarks);
  const along = (point: Point): number => ((point.x - middle.x) * across.x + (point.y - middle.y) * across.y) / eyes;
  // The nose tells how far the head of the photo is turned already.
  const before = Math.atan(along(landmarks[30]!) / DEPTH[30]!) * 0.9;
  const after = (degrees * Math.PI) / 180;
  return landmarks.map((point, index) => {
    const flat = (along(point) - DEPTH[index]! * Math.sin(before)) / Math.cos(before);
    const depth = DEPTH[index]! * (index < 17 ? jaw : 1);
    const x = (flat * Math.cos(after) + depth * Math.sin(after)) * eyes;
    const y = (point.x - middle.x) * down.x + (point.y - middle.y) * down.y;
    return { x: middle.x + across.x * x + down.x * y, y: middle.y + across.y * x + down.y * y };
  });
}

/** Paints closed lids over the eyes: the skin under the brows, down to the lashes on the lower lid. */
export function closedLids(image: RgbImage, landmarks: readonly Point[]): RgbImage {
  const data = Uint8Array.from(image.data);
  for (const first of [36, 42]) {
    const eye = landmarks.slice(first, first + 6);
    const centre = { x: eye.reduce((sum, { x }) => sum + x, 0) / 6, y: eye.reduce((sum, { y }) => sum + y, 0) / 6 };
    const half = hypot(eye[3]!.x - eye[0]!.x, eye[3]!.y - eye[0]!.y) / 2;
    const [wide, high] = [half * 1.35, half * 0.75];
    for (let y = floor(centre.y - high); y <= ceil(centre.y + high); y += 1) {
      for (let x = floor(centre.x - wide); x <= ceil(centre.x + wide); x += 1) {
        const across = (x - centre.x) / wide;
        const away = hypot(across, (y - centre.y) / high);
        if (away >= 1) continue;
        const share = min(1, (1 - away) * 4);
        const skin = (round(centre.y - half * 0.95) * image.width + x) * 3;
        const lash = centre.y + half * 0.3 * (1 - across * across);
        const dark = Math.abs(y - lash) < max(1, half * 0.07) && Math.abs(across) < 0.72 ? 0.4 : 1;
        const at = (y * image.width + x) * 3;
        for (let channel = 0; channel < 3; channel += 1) data[at + channel] = round(data[at + channel]! * (1 - share) + image.data[skin + channel]! * dark * share);
      }
    }
  }
  return { ...image, data };
}

/** Landmarks of the head lowered by `degrees`: chin to chest. */
export function noddingHead(landmarks: readonly Point[], degrees: number): readonly Point[] {
  const { across, down, middle, eyes } = axes(landmarks);
  const angle = (degrees * Math.PI) / 180;
  return landmarks.map((point, index) => {
    const along = (point.x - middle.x) * across.x + (point.y - middle.y) * across.y;
    const deep = ((point.x - middle.x) * down.x + (point.y - middle.y) * down.y) / eyes;
    const y = (deep * Math.cos(angle) + DEPTH[index]! * Math.sin(angle)) * eyes;
    return { x: middle.x + across.x * along + down.x * y, y: middle.y + across.y * along + down.y * y };
  });
}

/** Fills the opening between the inner lips with the dark of a mouth, soft at its rim. */
export function darkenMouth(image: RgbImage, landmarks: readonly Point[]): RgbImage {
  const rim = landmarks.slice(60, 68);
  const data = Uint8Array.from(image.data);
  const top = floor(min(...rim.map(({ y }) => y)));
  const bottom = ceil(max(...rim.map(({ y }) => y)));
  const left = floor(min(...rim.map(({ x }) => x)));
  const right = ceil(max(...rim.map(({ x }) => x)));
  for (let y = top; y <= bottom; y += 1) {
    for (let x = left; x <= right; x += 1) {
      const depth = depthInside(rim, x, y);
      if (depth <= 0) continue;
      const share = min(1, depth / 3);
      const tongue = (y - top) / max(1, bottom - top);
      const colour = [38 + 50 * tongue * tongue, 14 + 14 * tongue * tongue, 16 + 16 * tongue * tongue];
      for (let channel = 0; channel < 3; channel += 1) {
        const at = (y * image.width + x) * 3 + channel;
        data[at] = round(data[at]! * (1 - share) + colour[channel]! * share);
      }
    }
  }
  return { ...image, data };
}

/** Directions along and down the face, its middle between the eyes and their distance. */
function axes(landmarks: readonly Point[]): { readonly across: Point; readonly down: Point; readonly middle: Point; readonly eyes: number } {
  const centre = (first: number): Point => {
    const points = landmarks.slice(first, first + 6);
    return { x: points.reduce((sum, { x }) => sum + x, 0) / 6, y: points.reduce((sum, { y }) => sum + y, 0) / 6 };
  };
  const one = centre(36);
  const other = centre(42);
  const eyes = hypot(other.x - one.x, other.y - one.y);
  const across = { x: (other.x - one.x) / eyes, y: (other.y - one.y) / eyes };
  return { across, down: { x: -across.y, y: across.x }, middle: { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 }, eyes };
}

function border(width: number, height: number): readonly Point[] {
  const steps = [0, 0.25, 0.5, 0.75, 1];
  return steps.flatMap((share) => [
    { x: share * width, y: 0 },
    { x: share * width, y: height },
    { x: 0, y: share * height },
    { x: width, y: share * height },
  ]).filter((point, index, all) => all.findIndex((other) => other.x === point.x && other.y === point.y) === index);
}

const bend = (squared: number): number => (squared === 0 ? 0 : squared * log(squared));

function solveSpline(at: readonly Point[], values: readonly number[]): (x: number, y: number) => number {
  const count = at.length;
  const size = count + 3;
  const rows = Array.from({ length: size }, (_, row) => {
    const line = new Float64Array(size + 1);
    const point = at[row];
    if (point === undefined) {
      at.forEach((other, column) => (line[column] = row === count ? 1 : row === count + 1 ? other.x : other.y));
      return line;
    }
    at.forEach((other, column) => (line[column] = bend((point.x - other.x) ** 2 + (point.y - other.y) ** 2)));
    line[row]! += 50; // a little smoothing keeps close landmarks from tearing the picture
    line.set([1, point.x, point.y, values[row]!], count);
    return line;
  });
  const weights = eliminate(rows);
  return (x, y) => {
    let sum = weights[count]! + weights[count + 1]! * x + weights[count + 2]! * y;
    for (let index = 0; index < count; index += 1) sum += weights[index]! * bend((x - at[index]!.x) ** 2 + (y - at[index]!.y) ** 2);
    return sum;
  };
}

function eliminate(rows: Float64Array[]): readonly number[] {
  const size = rows.length;
  for (let pivot = 0; pivot < size; pivot += 1) {
    let best = pivot;
    for (let row = pivot + 1; row < size; row += 1) if (Math.abs(rows[row]![pivot]!) > Math.abs(rows[best]![pivot]!)) best = row;
    [rows[pivot], rows[best]] = [rows[best]!, rows[pivot]!];
    for (let row = 0; row < size; row += 1) {
      const factor = row === pivot ? 0 : rows[row]![pivot]! / rows[pivot]![pivot]!;
      if (factor !== 0) for (let column = pivot; column <= size; column += 1) rows[row]![column]! -= factor * rows[pivot]![column]!;
    }
  }
  return rows.map((row, index) => row[size]! / row[index]!);
}

/** Distance from the nearest edge of a convex-ish polygon when inside it, else 0. */
function depthInside(polygon: readonly Point[], x: number, y: number): number {
  let inside = false;
  let nearest = Infinity;
  polygon.forEach((a, index) => {
    const b = polygon[(index + 1) % polygon.length]!;
    if (a.y > y !== b.y > y && x < ((b.x - a.x) * (y - a.y)) / (b.y - a.y) + a.x) inside = !inside;
    const length = max(1e-6, (b.x - a.x) ** 2 + (b.y - a.y) ** 2);
    const share = min(1, max(0, ((x - a.x) * (b.x - a.x) + (y - a.y) * (b.y - a.y)) / length));
    nearest = min(nearest, hypot(x - a.x - share * (b.x - a.x), y - a.y - share * (b.y - a.y)));
  });
  return inside ? nearest : 0;
}
