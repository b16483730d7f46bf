import { mirroredSquare, sampleSquare, type Similarity } from './face-alignment.js';
import { FaceMesh, type MeshFace, type MeshPoint } from './face-mesh.js';
import type { FaceNets } from './face-nets.js';
import { UNIT, writeInput } from './net-input.js';
import { weightsHash } from './onnx/model-store.js';
import type { Box, Point, RgbImage } from './rgb-image.js';

const MESH_PX = 192;
const EYE_PX = 64;
const POINTS = 468;
/** Room around the face and around the eye, as in the nets' training. */
const FACE_ROOM = 1.5;
const EYE_ROOM = 2.3;
/** Under this the net says that there is no face. */
const MIN_CONFIDENCE = 0.5;
const IRIS_VALUES = 228;

interface Eye {
  /** Outer corner, lower lid, inner corner; then the upper lid: indices into the mesh, in the order of the iris net. */
  readonly lower: readonly number[];
  readonly upper: readonly number[];
  /** The iris net knows the eye on the picture's left; the other is shown to it as in a mirror. */
  readonly isMirrored: boolean;
}

const LEFT_EYE: Eye = { lower: [33, 7, 163, 144, 145, 153, 154, 155, 133], upper: [246, 161, 160, 159, 158, 157, 173], isMirrored: false };
const RIGHT_EYE: Eye = { lower: [263, 249, 390, 373, 374, 380, 381, 382, 362], upper: [466, 388, 387, 386, 385, 384, 398], isMirrored: true };
/** Lids are measured between the middle points of the contour, the corners are apart by the width. */
const MIDDLE = [2, 3, 4] as const;

/** A square of the picture around `centre`, turned by `angle`. */
interface Square {
  readonly centre: Point;
  readonly sizePx: number;
  readonly angle: number;
}

/** MediaPipe's FaceMesh and Iris nets, in whichever runtime. */
export class MediaPipeMesh extends FaceMesh {
  private identity = 'not-loaded';
  private rehearsed: Promise<void> | null = null;

  constructor(private readonly nets: FaceNets<'facemesh' | 'iris'>) {
    super();
  }

  override get id(): string {
    return this.identity;
  }

  override async warmUp(): Promise<void> {
    this.rehearsed ??= this.rehearse();
    await this.rehearsed;
  }

  override async read(image: RgbImage, near: Box | MeshFace): Promise<MeshFace | null> {
    if ('points' in near) return this.readSquare(image, squareAround(near.points));
    // The box of a detector says little of how the head is held: the first mesh says where to look.
    const first = await this.readMesh(image, squareOf(near));
    return first === null ? null : this.readSquare(image, squareAround(first.points));
  }

  private async readSquare(image: RgbImage, square: Square): Promise<MeshFace | null> {
    const mesh = await this.readMesh(image, square);
    return mesh === null ? null : this.withEyes(image, mesh, square.angle);
  }

  private async readMesh(image: RgbImage, square: Square): Promise<{ readonly points: MeshPoint[]; readonly confidence: number } | null> {
    const toImage = similarityOf(square, MESH_PX);
    const input = new Float32Array(3 * MESH_PX * MESH_PX);
    writeInput(input, 0, sampleSquare(image, toImage, MESH_PX, 1), UNIT, this.nets.layout);
    const { points, face } = await this.nets.run('facemesh', input, MESH_PX);
    const confidence = face![0]!;
    if (!(confidence >= MIN_CONFIDENCE)) return null;
    const scale = square.sizePx / MESH_PX;
    return {
      confidence,
      points: Array.from({ length: POINTS }, (_, index) => {
        const [x, y, z] = points!.subarray(index * 3, index * 3 + 3) as unknown as readonly [number, number, number];
        return { ...apply(toImage, x, y), z: z * scale };
      }),
    };
  }

  private async withEyes(image: RgbImage, mesh: { readonly points: MeshPoint[]; readonly confidence: number }, angle: number): Promise<MeshFace> {
    const { points, confidence } = mesh;
    const eyes = [LEFT_EYE, RIGHT_EYE] as const;
    const views = eyes.map((eye) => similarityOf(eyeSquare(points, eye, angle), EYE_PX));
    const size = 3 * EYE_PX * EYE_PX;
    const input = new Float32Array(2 * size);
    eyes.forEach((eye, index) => {
      const seen = sampleSquare(image, views[index]!, EYE_PX);
      writeInput(input, index * size, eye.isMirrored ? mirroredSquare(seen, EYE_PX) : seen, UNIT, this.nets.layout);
    });
    const { points: found } = await this.nets.run('iris', input, EYE_PX);
    const [left, right] = eyes.map((eye, index) => {
      const contour = found!.subarray(index * IRIS_VALUES, (index + 1) * IRIS_VALUES);
      for (const [at, point] of [...eye.lower, ...eye.upper].entries()) {
        const x = contour[at * 3]!;
        points[point] = { ...apply(views[index]!, eye.isMirrored ? EYE_PX - 1 - x : x, contour[at * 3 + 1]!), z: points[point]!.z };
      }
      return opennessOf(points, eye);
    }) as [number, number];
    return { points, confidence, openness: { left, right } };
  }

  private async rehearse(): Promise<void> {
    const grey: RgbImage = { data: new Uint8Array(64 * 64 * 3).fill(128), width: 64, height: 64 };
    const blank = Array.from({ length: POINTS }, (_, index) => ({ x: index % 64, y: index >> 3, z: 0 }));
    await this.readMesh(grey, squareAround(blank));
    await this.withEyes(grey, { points: blank, confidence: 0 }, 0);
    this.identity = `mediapipe-facemesh+iris/${this.nets.runtime}/${(await weightsHash(['facemesh', 'iris'])).slice(0, 12)}`;
  }
}

const squareOf = ({ x, y, width, height }: Box): Square => ({ centre: { x: x + width / 2, y: y + height / 2 }, sizePx: FACE_ROOM * Math.max(width, height), angle: 0 });

/** The square around a face in which the line of its eyes lies level. */
function squareAround(points: readonly Point[]): Square {
  const [left, right] = [points[LEFT_EYE.lower[0]!]!, points[RIGHT_EYE.lower[0]!]!];
  const angle = Math.atan2(right.y - left.y, right.x - left.x);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  let [minX, minY, maxX, maxY] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y } of points) {
    const [u, v] = [cos * x + sin * y, cos * y - sin * x];
    [minX, minY, maxX, maxY] = [Math.min(minX, u), Math.min(minY, v), Math.max(maxX, u), Math.max(maxY, v)];
  }
  const [u, v] = [(minX + maxX) / 2, (minY + maxY) / 2];
  return { centre: { x: cos * u - sin * v, y: sin * u + cos * v }, sizePx: FACE_ROOM * Math.max(maxX - minX, maxY - minY, 1), angle };
}

function eyeSquare(points: readonly Point[], { lower }: Eye, angle: number): Square {
  const [outer, inner] = [points[lower[0]!]!, points[lower.at(-1)!]!];
  const centre = { x: (outer.x + inner.x) / 2, y: (outer.y + inner.y) / 2 };
  return { centre, sizePx: EYE_ROOM * Math.max(1, Math.hypot(inner.x - outer.x, inner.y - outer.y)), angle };
}

/** Takes the pixels of a net's input to the picture's. */
function similarityOf({ centre, sizePx, angle }: Square, inputPx: number): Similarity {
  const a = (Math.cos(angle) * sizePx) / inputPx;
  const b = (Math.sin(angle) * sizePx) / inputPx;
  const half = inputPx / 2;
  return { a, b, tx: centre.x - a * half + b * half, ty: centre.y - b * half - a * half };
}

const apply = ({ a, b, tx, ty }: Similarity, x: number, y: number): Point => ({ x: a * x - b * y + tx, y: b * x + a * y + ty });

/** Gap between the lids, across the line of the corners, over their distance; never negative. */
function opennessOf(points: readonly Point[], { lower, upper }: Eye): number {
  const [outer, inner] = [points[lower[0]!]!, points[lower.at(-1)!]!];
  const [dx, dy] = [inner.x - outer.x, inner.y - outer.y];
  const width = Math.hypot(dx, dy);
  if (width === 0) return 0;
  const gap = MIDDLE.reduce((sum, index) => {
    const [above, below] = [points[upper[index]!]!, points[lower[index + 1]!]!];
    return sum + ((below.y - above.y) * dx - (below.x - above.x) * dy) / width;
  }, 0);
  return Math.max(0, gap * Math.sign(dx)) / MIDDLE.length / width;
}
