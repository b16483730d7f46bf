import type { Point, RgbImage } from './rgb-image.js';

// Plain bindings: a global is looked up for every pixel where modules run in a context of their own.
const { floor, round, min, max, hypot } = Math;

/** Side of the picture the descriptor net was trained on. */
export const CHIP_PX = 150;
/** Room around the face in the chip, as in the net's training. */
const PADDING = 0.25;

/**
 * Mean face of the net's training (nose, eyes, upper lip and inner mouth of the 68 points), in a unit square.
 * Eyebrows and the lower lip are left out: they move with the expression.
 */
const MEAN_FACE: readonly (readonly [index: number, x: number, y: number])[] = [
  [27, 0.490127, 0.203352], [28, 0.490127, 0.307009], [29, 0.490127, 0.409805], [30, 0.490127, 0.515625],
  [31, 0.36688, 0.587326], [32, 0.426036, 0.609345], [33, 0.490127, 0.628106], [34, 0.554217, 0.609345],
  [35, 0.613373, 0.587326], [36, 0.121737, 0.216423], [37, 0.187122, 0.178758], [38, 0.265825, 0.179852],
  [39, 0.334606, 0.231733], [40, 0.260918, 0.245099], [41, 0.182743, 0.244077], [42, 0.645647, 0.231733],
  [43, 0.714428, 0.179852], [44, 0.793132, 0.178758], [45, 0.858516, 0.216423], [46, 0.79751, 0.244077],
  [47, 0.719335, 0.245099], [48, 0.254149, 0.780233], [49, 0.340985, 0.745405], [50, 0.428858, 0.727388],
  [51, 0.490127, 0.742578], [52, 0.551395, 0.727388], [53, 0.639268, 0.745405], [54, 0.726104, 0.780233],
  [60, 0.290379, 0.784792], [61, 0.428096, 0.778746], [62, 0.490127, 0.785343], [63, 0.552157, 0.778746],
  [64, 0.689874, 0.784792], [65, 0.553364, 0.824182], [66, 0.490127, 0.831803], [67, 0.42689, 0.824182],
];

/** `x' = a·x − b·y + tx`, `y' = b·x + a·y + ty`: turn, scale and shift. */
export interface Similarity {
  readonly a: number;
  readonly b: number;
  readonly tx: number;
  readonly ty: number;
}

/** Least-squares turn, scale and shift that takes `from` to `to`. */
export function fitSimilarity(from: readonly Point[], to: readonly Point[]): Similarity {
  const meanFrom = centroid(from);
  const meanTo = centroid(to);
  let dot = 0;
  let cross = 0;
  let norm = 0;
  from.forEach((point, index) => {
    const fx = point.x - meanFrom.x;
    const fy = point.y - meanFrom.y;
    const tx = to[index]!.x - meanTo.x;
    const ty = to[index]!.y - meanTo.y;
    dot += fx * tx + fy * ty;
    cross += fx * ty - fy * tx;
    norm += fx * fx + fy * fy;
  });
  const a = norm === 0 ? 1 : dot / norm;
  const b = norm === 0 ? 0 : cross / norm;
  return { a, b, tx: meanTo.x - a * meanFrom.x + b * meanFrom.y, ty: meanTo.y - b * meanFrom.x - a * meanFrom.y };
}

/** The face upright, centred and scaled as in the descriptor net's training: 150×150 RGB. */
export function alignedChip(image: RgbImage, landmarks: readonly Point[]): Uint8Array {
  const chipPoints = MEAN_FACE.map(([, x, y]) => ({
    x: ((x + PADDING) / (1 + 2 * PADDING)) * CHIP_PX,
    y: ((y + PADDING) / (1 + 2 * PADDING)) * CHIP_PX,
  }));
  const toImage = fitSimilarity(chipPoints, MEAN_FACE.map(([index]) => landmarks[index]!));
  return sample(image, toImage, CHIP_PX);
}

/** The same chip as in a mirror. */
export function mirroredChip(chip: Uint8Array): Uint8Array {
  const mirrored = new Uint8Array(chip.length);
  for (let y = 0; y < CHIP_PX; y += 1) {
    for (let x = 0; x < CHIP_PX; x += 1) {
      const from = (y * CHIP_PX + x) * 3;
      const to = (y * CHIP_PX + (CHIP_PX - 1 - x)) * 3;
      for (let channel = 0; channel < 3; channel += 1) mirrored[to + channel] = chip[from + channel]!;
    }
  }
  return mirrored;
}

/** Bilinear; a face that fills more pixels than the chip is averaged over a small grid, which keeps it from aliasing. */
function sample(image: RgbImage, toImage: Similarity, sidePx: number): Uint8Array {
  const out = new Uint8Array(sidePx * sidePx * 3);
  const grid = min(4, max(1, round(hypot(toImage.a, toImage.b))));
  for (let y = 0; y < sidePx; y += 1) {
    for (let x = 0; x < sidePx; x += 1) {
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let sub = 0; sub < grid * grid; sub += 1) {
        const cx = x + ((sub % grid) + 0.5) / grid - 0.5;
        const cy = y + (floor(sub / grid) + 0.5) / grid - 0.5;
        const px = clamp(toImage.a * cx - toImage.b * cy + toImage.tx, image.width - 1.001);
        const py = clamp(toImage.b * cx + toImage.a * cy + toImage.ty, image.height - 1.001);
        const left = floor(px);
        const top = floor(py);
        const fx = px - left;
        const fy = py - top;
        const at = (top * image.width + left) * 3;
        const below = at + image.width * 3;
        const w00 = (1 - fx) * (1 - fy);
        const w10 = fx * (1 - fy);
        const w01 = (1 - fx) * fy;
        const w11 = fx * fy;
        const { data } = image;
        red += w00 * data[at]! + w10 * data[at + 3]! + w01 * data[below]! + w11 * data[below + 3]!;
        green += w00 * data[at + 1]! + w10 * data[at + 4]! + w01 * data[below + 1]! + w11 * data[below + 4]!;
        blue += w00 * data[at + 2]! + w10 * data[at + 5]! + w01 * data[below + 2]! + w11 * data[below + 5]!;
      }
      const to = (y * sidePx + x) * 3;
      out[to] = round(red / (grid * grid));
      out[to + 1] = round(green / (grid * grid));
      out[to + 2] = round(blue / (grid * grid));
    }
  }
  return out;
}

const clamp = (value: number, most: number): number => min(max(0, value), max(0, most));

function centroid(points: readonly Point[]): Point {
  let x = 0;
  let y = 0;
  for (const point of points) {
    x += point.x / points.length;
    y += point.y / points.length;
  }
  return { x, y };
}
