import type { Box, RgbImage } from './rgb-image.js';

// Plain bindings: a global is looked up for every pixel where modules run in a context of their own.
const { floor, max, min, round } = Math;

/** How a net was trained to see pixels: `(value - mean) × scale`, by channel. */
export interface Normalisation {
  readonly mean: readonly [red: number, green: number, blue: number];
  readonly scale: number;
}

/** Values 0…1. */
export const UNIT: Normalisation = { mean: [0, 0, 0], scale: 1 / 255 };

/** `PLANES`: all of one channel, then the next (ONNX). `PIXELS`: the channels of each pixel together (tfjs). */
export type Layout = 'PLANES' | 'PIXELS';

/** Position of the source in the input of a net: the input shows a square of `side` source pixels. */
export interface SquareView {
  readonly data: Float32Array;
  readonly side: number;
  /** Of the region's corner in the square, source pixels. */
  readonly left: number;
  readonly top: number;
}

/**
 * A region of the picture made square with black and scaled by linear interpolation, exactly as face-api does it:
 * black to the right and below, or on both sides where `isCentred`.
 */
export function squareView(image: RgbImage, region: Box, sidePx: number, isCentred: boolean, normalisation: Normalisation): SquareView {
  const side = max(region.width, region.height);
  const [left, top] = isCentred ? [leading(side - region.width), leading(side - region.height)] : [0, 0];
  const columns = taps(sidePx, side, left, region.x, region.width);
  const rows = taps(sidePx, side, top, region.y, region.height);
  const { data: pixels, width } = image;
  const { mean: [red, green, blue], scale } = normalisation;
  const plane = sidePx * sidePx;
  const data = new Float32Array(3 * plane);
  let to = 0;
  for (let y = 0; y < sidePx; y += 1) {
    const upper = rows.first[y]! * width * 3;
    const lower = rows.second[y]! * width * 3;
    const upperShare = rows.firstShare[y]!;
    const lowerShare = rows.secondShare[y]!;
    for (let x = 0; x < sidePx; x += 1, to += 1) {
      const near = columns.first[x]! * 3;
      const far = columns.second[x]! * 3;
      const nearShare = columns.firstShare[x]!;
      const farShare = columns.secondShare[x]!;
      const w00 = upperShare * nearShare;
      const w01 = upperShare * farShare;
      const w10 = lowerShare * nearShare;
      const w11 = lowerShare * farShare;
      const p00 = upper + near;
      const p01 = upper + far;
      const p10 = lower + near;
      const p11 = lower + far;
      data[to] = (w00 * pixels[p00]! + w01 * pixels[p01]! + w10 * pixels[p10]! + w11 * pixels[p11]! - red) * scale;
      data[to + plane] = (w00 * pixels[p00 + 1]! + w01 * pixels[p01 + 1]! + w10 * pixels[p10 + 1]! + w11 * pixels[p11 + 1]! - green) * scale;
      data[to + 2 * plane] = (w00 * pixels[p00 + 2]! + w01 * pixels[p01 + 2]! + w10 * pixels[p10 + 2]! + w11 * pixels[p11 + 2]! - blue) * scale;
    }
  }
  return { data, side, left, top };
}

/** Writes an RGB square into `target` from `offset` on. */
export function writeInput(target: Float32Array, offset: number, rgb: Uint8Array, { mean: [red, green, blue], scale }: Normalisation, layout: Layout): void {
  const plane = rgb.length / 3;
  const [step, apart] = layout === 'PLANES' ? [1, plane] : [3, 1];
  for (let pixel = 0, from = 0, to = offset; pixel < plane; pixel += 1, from += 3, to += step) {
    target[to] = (rgb[from]! - red) * scale;
    target[to + apart] = (rgb[from + 1]! - green) * scale;
    target[to + 2 * apart] = (rgb[from + 2]! - blue) * scale;
  }
}

/** face-api rounds the black at the end up. */
const leading = (missing: number): number => missing - round(missing / 2);

interface Taps {
  readonly first: Int32Array;
  readonly second: Int32Array;
  readonly firstShare: Float32Array;
  readonly secondShare: Float32Array;
}

/** For each position of the input its two source positions and their shares; black has no share. */
function taps(count: number, side: number, before: number, start: number, length: number): Taps {
  const all: Taps = { first: new Int32Array(count), second: new Int32Array(count), firstShare: new Float32Array(count), secondShare: new Float32Array(count) };
  for (let index = 0; index < count; index += 1) {
    const at = (index * side) / count;
    const low = floor(at);
    const share = at - low;
    const first = low - before;
    const second = min(low + 1, side - 1) - before;
    all.first[index] = start + min(max(first, 0), length - 1);
    all.second[index] = start + min(max(second, 0), length - 1);
    all.firstShare[index] = first >= 0 && first < length ? 1 - share : 0;
    all.secondShare[index] = second >= 0 && second < length ? share : 0;
  }
  return all;
}
