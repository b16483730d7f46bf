// Plain bindings: a global is looked up for every pixel where modules run in a context of their own.
const { floor, ceil, min, max, sqrt } = Math;

/** A decoded picture: 8-bit RGB, row by row. */
export interface RgbImage {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface ImageQuality {
  /** Mean luminance 0…255. */
  readonly luminance: number;
  /** Variance of the Laplacian of the grey picture, brought to the luminance of a well-lit one: dim is not blurred. */
  readonly sharpness: number;
  /** Standard deviation of the grey levels: a covered lens shows next to none. */
  readonly contrast: number;
}

/** Longest side at which quality is measured, so that one threshold holds for every camera resolution. */
const QUALITY_SIDE_PX = 320;

/** Mean luminance to which sharpness is brought, and the least that is believed: below it noise would be blown up. */
const WELL_LIT = 118;
const DARKEST = 15;

/** Luminance and sharpness of the picture, or of the part of it inside `box`. */
export function measureQuality(image: RgbImage, box?: Box): ImageQuality {
  const region = box === undefined ? { x: 0, y: 0, width: image.width, height: image.height } : clip(box, image);
  const scale = max(1, max(image.width, image.height) / QUALITY_SIDE_PX);
  const grey = shrinkToGrey(image, region, scale);
  let sum = 0;
  let squares = 0;
  for (const value of grey.data) {
    sum += value;
    squares += value * value;
  }
  const luminance = sum / max(1, grey.data.length);
  const contrast = sqrt(max(0, squares / max(1, grey.data.length) - luminance ** 2));
  return { luminance, sharpness: laplacianVariance(grey) * (WELL_LIT / max(DARKEST, luminance)) ** 2, contrast };
}

/** The part of `box` that lies inside the picture, in whole pixels and never empty. */
export function clip(box: Box, image: { readonly width: number; readonly height: number }): Box {
  const x = min(max(0, floor(box.x)), image.width - 1);
  const y = min(max(0, floor(box.y)), image.height - 1);
  const right = min(image.width, max(x + 1, ceil(box.x + box.width)));
  const bottom = min(image.height, max(y + 1, ceil(box.y + box.height)));
  return { x, y, width: right - x, height: bottom - y };
}

interface GreyImage {
  readonly data: Float32Array;
  readonly width: number;
  readonly height: number;
}

/** Averages blocks of `scale` pixels (area sampling keeps sensor noise from passing as sharpness). */
function shrinkToGrey(image: RgbImage, region: Box, scale: number): GreyImage {
  const width = max(1, floor(region.width / scale));
  const height = max(1, floor(region.height / scale));
  const data = new Float32Array(width * height);
  for (let y = 0; y < height; y += 1) {
    const top = region.y + floor(y * scale);
    const bottom = max(top + 1, min(region.y + region.height, region.y + floor((y + 1) * scale)));
    for (let x = 0; x < width; x += 1) {
      const left = region.x + floor(x * scale);
      const right = max(left + 1, min(region.x + region.width, region.x + floor((x + 1) * scale)));
      let sum = 0;
      for (let py = top; py < bottom; py += 1) {
        for (let px = left; px < right; px += 1) {
          const at = (py * image.width + px) * 3;
          sum += 0.299 * image.data[at]! + 0.587 * image.data[at + 1]! + 0.114 * image.data[at + 2]!;
        }
      }
      data[y * width + x] = sum / ((bottom - top) * (right - left));
    }
  }
  return { data, width, height };
}

function laplacianVariance({ data, width, height }: GreyImage): number {
  let sum = 0;
  let squares = 0;
  let count = 0;
  for (let y = 1; y < height - 1; y += 1) {
    for (let x = 1; x < width - 1; x += 1) {
      const at = y * width + x;
      const value = data[at - 1]! + data[at + 1]! + data[at - width]! + data[at + width]! - 4 * data[at]!;
      sum += value;
      squares += value * value;
      count += 1;
    }
  }
  if (count === 0) return 0;
  const mean = sum / count;
  return squares / count - mean * mean;
}
