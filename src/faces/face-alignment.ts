import type { Point, RgbImage } from './rgb-image.js';

// Plain bindings: a global is looked up for every pixel where modules run in a context of their own.
const { round, min, max, hypot } = Math;

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

const CHIP_POINTS: readonly Point[] = MEAN_FACE.map(([, x, y]) => ({
  x: ((x + PADDING) / (1 + 2 * PADDING)) * CHIP_PX,
  y: ((y + PADDING) / (1 + 2 * PADDING)) * CHIP_PX,
}));

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
  const toImage = fitSimilarity(CHIP_POINTS, MEAN_FACE.map(([index]) => landmarks[index]!));
  return sampleSquare(image, toImage, CHIP_PX);
}

/** Eyes, tip of the nose and corners of the mouth of a face that fills a unit square, as nets of the ArcFace family are shown it. */
const FIVE_POINTS: readonly (readonly [indices: readonly number[], x: number, y: number])[] = [
  [[36, 37, 38, 39, 40, 41], 0.341916, 0.461574],
  [[42, 43, 44, 45, 46, 47], 0.656534, 0.459834],
  [[30], 0.500225, 0.640505],
  [[48], 0.370976, 0.824692],
  [[54], 0.631517, 0.823250],
];

/** The face upright in an RGB square; `share` of it is the tight square of the five points, the rest room around it. */
export function fivePointChip(image: RgbImage, landmarks: readonly Point[], sidePx: number, share: number): Uint8Array {
  const place = (at: number): number => (0.5 + (at - 0.5) * share) * sidePx;
  const toImage = fitSimilarity(
    FIVE_POINTS.map(([, x, y]) => ({ x: place(x), y: place(y) })),
    FIVE_POINTS.map(([indices]) => centroid(indices.map((index) => landmarks[index]!))),
  );
  return sampleSquare(image, toImage, sidePx);
}

/** The same square as in a mirror. */
export function mirroredSquare(rgb: Uint8Array, sidePx: number): Uint8Array {
  const mirrored = new Uint8Array(rgb.length);
  for (let y = 0; y < sidePx; y += 1) {
    for (let from = y * sidePx * 3, to = from + (sidePx - 1) * 3; to >= y * sidePx * 3; from += 3, to -= 3) {
      mirrored[to] = rgb[from]!;
      mirrored[to + 1] = rgb[from + 1]!;
      mirrored[to + 2] = rgb[from + 2]!;
    }
  }
  return mirrored;
}

/**
 * A square of the picture as RGB: `toImage` takes its pixels to the picture's. Bilinear; where a pixel of the square
 * covers several of the picture a grid of them, at most `maxGrid` wide, is averaged, which keeps it from aliasing.
 * Outside the picture its edge goes on.
 */
export function sampleSquare(image: RgbImage, toImage: Similarity, sidePx: number, maxGrid = 4): Uint8Array {
  const out = new Uint8Array(sidePx * sidePx * 3);
  const { data, width, height } = image;
  const { a, b, tx, ty } = toImage;
  const grid = min(maxGrid, max(1, round(hypot(a, b))));
  const share = 1 / (grid * grid);
  const first = (1 / grid - 1) / 2;
  const [mostX, mostY] = [max(0, width - 1.001), max(0, height - 1.001)];
  const stride = width * 3;
  let to = 0;
  for (let y = 0; y < sidePx; y += 1) {
    for (let x = 0; x < sidePx; x += 1, to += 3) {
      let red = 0.5;
      let green = 0.5;
      let blue = 0.5;
      for (let down = 0; down < grid; down += 1) {
        const cy = y + first + down / grid;
        for (let across = 0; across < grid; across += 1) {
          const cx = x + first + across / grid;
          const atX = a * cx - b * cy + tx;
          const atY = b * cx + a * cy + ty;
          const px = atX < 0 ? 0 : atX > mostX ? mostX : atX;
          const py = atY < 0 ? 0 : atY > mostY ? mostY : atY;
          const left = px | 0;
          const top = py | 0;
          const fx = px - left;
          const fy = (py - top) * share;
          const w11 = fx * fy;
          const w01 = fy - w11;
          const w10 = fx * share - w11;
          const w00 = share - fy - w10;
          const at = top * stride + left * 3;
          const below = at + stride;
          red += w00 * data[at]! + w10 * data[at + 3]! + w01 * data[below]! + w11 * data[below + 3]!;
          green += w00 * data[at + 1]! + w10 * data[at + 4]! + w01 * data[below + 1]! + w11 * data[below + 4]!;
          blue += w00 * data[at + 2]! + w10 * data[at + 5]! + w01 * data[below + 2]! + w11 * data[below + 5]!;
        }
      }
      out[to] = red;
      out[to + 1] = green;
      out[to + 2] = blue;
    }
  }
  return out;
}

function centroid(points: readonly Point[]): Point {
  let x = 0;
  let y = 0;
  for (const point of points) {
    x += point.x / points.length;
    y += point.y / points.length;
  }
  return { x, y };
}
