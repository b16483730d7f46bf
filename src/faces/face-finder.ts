import type { Detector, FaceBox, FaceEngine } from './face-engine.js';
import type { RgbImage } from './rgb-image.js';

/** The faces of one picture. */
export interface FoundFaces {
  readonly count: number;
  /** The largest face: the one nearest to the camera, whoever scores best. */
  readonly main: FaceBox | null;
}

const FACE_SCORE = 0.5;
const TRACE_SCORE = 0.3;
/** 224 places landmarks best; 160 still sees large faces that turn or open the mouth; 320 the small ones. */
const GLANCE_SIZES_PX: readonly number[] = [224, 160, 320];
const tiny = (inputPx: number): Detector => ({ net: 'TINY', inputPx, minScore: FACE_SCORE });
const SSD: Detector = { net: 'SSD', minScore: FACE_SCORE };
/** The quick net misses very tight crops at one size and finds them at another. */
const QUICK_SIZES_PX: readonly number[] = [320, 224, 416];
/** Share of the smaller box that lies in the larger one when both are the same face. */
const SAME_FACE_OVERLAP = 0.5;
/** Border added before the last look: the sure net needs room around a face. */
const PADDING_SHARE = 0.4;

/**
 * Finds the faces of a picture. The quick net decides alone when it sees exactly one; it invents faces now and
 * then, so a second face, or none, is confirmed by the sure net before it is said.
 */
export async function findFaces(engine: FaceEngine, image: RgbImage, firstPx: number = 320): Promise<FoundFaces> {
  for (const inputPx of [firstPx, ...QUICK_SIZES_PX.filter((px) => px !== firstPx)]) {
    const boxes = distinct(await engine.detect(image, tiny(inputPx)));
    if (boxes.length === 1) return found(boxes);
    if (boxes.length > 1) {
      const sure = distinct(await engine.detect(image, SSD));
      return sure.length > 0 ? found(sure) : { count: 1, main: largest(boxes) };
    }
  }
  return findFacesSurely(engine, image);
}

/** Finds faces by the sure net at once: for pictures judged once and kept for long. */
export async function findFacesSurely(engine: FaceEngine, image: RgbImage): Promise<FoundFaces> {
  const boxes = distinct(await engine.detect(image, SSD));
  if (boxes.length > 0) return found(boxes);
  const border = Math.round(Math.max(image.width, image.height) * PADDING_SHARE);
  const padded = distinct(await engine.detect(pad(image, border), SSD));
  return found(padded.map((box) => ({ ...box, x: box.x - border, y: box.y - border })));
}

/**
 * One quick look at a frame of a burst, unconfirmed: the caller decides which frames deserve a second look. A weak
 * trace of a face (turned, mouth open) counts where the face was just before, `near`.
 */
export async function glance(engine: FaceEngine, image: RgbImage, near: FaceBox | null = null): Promise<FoundFaces> {
  let trace: FaceBox | null = null;
  for (const inputPx of GLANCE_SIZES_PX) {
    const boxes = distinct(await engine.detect(image, { net: 'TINY', inputPx, minScore: TRACE_SCORE }));
    const sure = boxes.filter(({ score }) => score >= FACE_SCORE);
    if (sure.length > 0) return found(sure);
    if (near !== null) trace = boxes.find((box) => isSamePlace(box, near) && box.score > (trace?.score ?? 0)) ?? trace;
  }
  return trace === null ? { count: 0, main: null } : { count: 1, main: trace };
}

const area = (box: FaceBox): number => box.width * box.height;
const found = (boxes: readonly FaceBox[]): FoundFaces => ({ count: boxes.length, main: largest(boxes) });
const largest = (boxes: readonly FaceBox[]): FaceBox | null =>
  boxes.reduce<FaceBox | null>((best, box) => (best === null || area(box) > area(best) ? box : best), null);

/** Without boxes that show a face already found (a face inside a face is one face). */
function distinct(boxes: readonly FaceBox[]): readonly FaceBox[] {
  const kept: FaceBox[] = [];
  for (const box of boxes) if (!kept.some((other) => overlap(box, other) > SAME_FACE_OVERLAP)) kept.push(box);
  return kept;
}

const isSamePlace = (box: FaceBox, near: FaceBox): boolean =>
  overlap(box, near) > 0.6 && Math.max(area(box), area(near)) < 2.5 * Math.min(area(box), area(near));

function overlap(one: FaceBox, other: FaceBox): number {
  const width = Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x);
  const height = Math.min(one.y + one.height, other.y + other.height) - Math.max(one.y, other.y);
  return width <= 0 || height <= 0 ? 0 : (width * height) / Math.min(area(one), area(other));
}

function pad(image: RgbImage, border: number): RgbImage {
  const width = image.width + 2 * border;
  const height = image.height + 2 * border;
  const data = new Uint8Array(width * height * 3);
  for (let row = 0; row < image.height; row += 1) {
    const from = row * image.width * 3;
    data.set(image.data.subarray(from, from + image.width * 3), ((row + border) * width + border) * 3);
  }
  return { data, width, height };
}
