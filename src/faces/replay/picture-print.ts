/** By what a picture is known again: exactly, by its bytes and pixels, and nearly, by its gradients and a small grey copy. */
import { createHash } from 'node:crypto';
import type { RgbImage } from '../rgb-image.js';

// Plain bindings: a global is looked up for every pixel where modules run in a context of their own.
const { abs, ceil, floor, max, min, round } = Math;

/** By what a picture is known exactly. Plain data, so that another process can hand it over. */
export interface ExactPrint {
  /** SHA-256 of the bytes as they came. */
  readonly bytes: Uint8Array;
  /** SHA-256 of size and decoded pixels: the same under another container, other metadata or lossless re-encoding. */
  readonly pixels: Uint8Array;
}

export interface PicturePrint extends ExactPrint {
  /** 256 bits: in a 17×16 grey copy, is each pixel darker than its right neighbour (dHash). */
  readonly gradients: Uint8Array;
  /** Grey copy of `GREY_WIDTH`×`GREY_HEIGHT`, 8 bit. */
  readonly grey: Uint8Array;
}

export const GREY_WIDTH = 160;
export const GREY_HEIGHT = 120;
const GRADIENTS = 16;
/** More is another picture, not another brightness. */
const MAX_GAIN = 1.25;

/** The exact print of a picture that has been decoded already. */
export function exactPrintOf(bytes: Uint8Array, { data, width, height }: RgbImage): ExactPrint {
  return {
    bytes: createHash('sha256').update(bytes).digest(),
    pixels: createHash('sha256').update(`${width}x${height}\n`).update(data).digest(),
  };
}

/** Both prints of a picture that has been decoded already. */
export function printOf(bytes: Uint8Array, image: RgbImage): PicturePrint {
  const grey = shrinkGrey(greyOf(image), GREY_WIDTH, GREY_HEIGHT);
  return { ...exactPrintOf(bytes, image), gradients: gradientsOf(shrinkGrey(grey, GRADIENTS + 1, GRADIENTS)), grey: Uint8Array.from(grey.data, round) };
}

/**
 * Shortest time after which the same pixels come again although other ones came in between, ms; null when none do. A slow
 * camera gives a frame several times running, a loop comes round to it.
 */
export function periodOf(frames: readonly { readonly clientMonoMs: number; readonly print: ExactPrint }[]): number | null {
  const last = new Map<string, number>();
  let period: number | null = null;
  let before = '';
  for (const { clientMonoMs, print } of frames) {
    const pixels = Buffer.from(print.pixels).toString('base64');
    const seenAt = last.get(pixels);
    if (pixels !== before && seenAt !== undefined) period = min(period ?? Infinity, clientMonoMs - seenAt);
    last.set(pixels, clientMonoMs);
    before = pixels;
  }
  return period;
}

/** Bits in which two strings of equal length differ. */
export function differingBits(one: Uint8Array, other: Uint8Array): number {
  let bits = 0;
  for (let index = 0; index < one.length; index += 1) {
    for (let rest = one[index]! ^ other[index]!; rest !== 0; rest &= rest - 1) bits += 1;
  }
  return bits;
}

/**
 * Mean absolute difference of two grey copies after the second has been brought to mean and contrast of the first, in grey
 * levels: exposure and brightness do not count.
 */
export function meanDifference(one: Uint8Array, other: Uint8Array): number {
  const [oneMean, otherMean] = [meanOf(one), meanOf(other)];
  let covariance = 0;
  let variance = 0;
  for (let index = 0; index < one.length; index += 1) {
    covariance += (one[index]! - oneMean) * (other[index]! - otherMean);
    variance += (other[index]! - otherMean) ** 2;
  }
  const gain = variance === 0 ? 1 : min(MAX_GAIN, max(1 / MAX_GAIN, covariance / variance));
  let sum = 0;
  for (let index = 0; index < one.length; index += 1) sum += abs(one[index]! - oneMean - gain * (other[index]! - otherMean));
  return sum / one.length;
}

const meanOf = (grey: Uint8Array): number => grey.reduce((sum, value) => sum + value, 0) / grey.length;

interface Grey {
  readonly data: Float32Array;
  readonly width: number;
  readonly height: number;
}

function greyOf({ data, width, height }: RgbImage): Grey {
  const grey = new Float32Array(width * height);
  for (let at = 0, from = 0; at < grey.length; at += 1, from += 3) grey[at] = 0.299 * data[from]! + 0.587 * data[from + 1]! + 0.114 * data[from + 2]!;
  return { data: grey, width, height };
}

/** Means over whole pixels; a picture smaller than the copy repeats some of its own. */
function shrinkGrey(grey: Grey, width: number, height: number): Grey {
  const data = new Float32Array(width * height);
  for (let y = 0; y < height; y += 1) {
    const top = floor((y * grey.height) / height);
    const bottom = max(top + 1, ceil(((y + 1) * grey.height) / height));
    for (let x = 0; x < width; x += 1) {
      const left = floor((x * grey.width) / width);
      const right = max(left + 1, ceil(((x + 1) * grey.width) / width));
      let sum = 0;
      for (let py = top; py < bottom; py += 1) for (let px = left; px < right; px += 1) sum += grey.data[py * grey.width + px]!;
      data[y * width + x] = sum / ((bottom - top) * (right - left));
    }
  }
  return { data, width, height };
}

function gradientsOf({ data, width }: Grey): Uint8Array {
  const bits = new Uint8Array((GRADIENTS * GRADIENTS) / 8);
  for (let index = 0; index < GRADIENTS * GRADIENTS; index += 1) {
    const at = floor(index / GRADIENTS) * width + (index % GRADIENTS);
    if (data[at]! < data[at + 1]!) bits[index >> 3]! |= 1 << (index & 7);
  }
  return bits;
}
