import type { MeshFace, MeshPoint } from '../face-mesh.js';

/** What one mesh says about the face, independent of where in the picture it is. Angles in degrees, of the person's own sides. */
export interface FaceSignals {
  /** Positive: turned to the own left, which is the picture's right. */
  readonly yaw: number;
  /** Positive: chin towards the chest. */
  readonly pitch: number;
  /** Mean length of the face's two axes, px: grows as the face comes nearer. */
  readonly size: number;
  /** Gap between the inner lips over the width of the mouth. */
  readonly mouth: number;
  /** Lid gap over eye width of the wider eye: both must close for it to fall. */
  readonly eyes: number;
  /** Height of the face over its width as they appear in the picture, natural logarithm. */
  readonly aspect: number;
  /** What `aspect` owes to yaw and pitch when a head was turned. A flat picture turned away shrinks far more than its mesh turns. */
  readonly foreshortening: number;
}

/** Pairs of bone-fast points on both sides, the picture's left first: eye corners, temples, cheekbones. */
const SIDES: readonly (readonly [left: number, right: number])[] = [[33, 263], [133, 362], [127, 356], [234, 454], [116, 345], [117, 346], [50, 280], [101, 330], [54, 284], [103, 332]];
/** Forehead and brow ridge; below them nose wings, base of the nose and cheeks. */
const UPPER = [10, 151, 9, 8, 67, 297, 109, 338, 54, 284];
const LOWER = [2, 98, 327, 129, 358, 50, 280, 117, 346, 205, 425];
const LIPS: readonly (readonly [upper: number, lower: number])[] = [[82, 87], [13, 14], [312, 317]];
const MOUTH_CORNERS = [78, 308] as const;

export function signalsOf({ points, openness }: MeshFace): FaceSignals {
  const across = mean(SIDES.map(([left, right]) => minus(points[right]!, points[left]!)));
  const down = minus(mean(LOWER.map((index) => points[index]!)), mean(UPPER.map((index) => points[index]!)));
  const gap = LIPS.reduce((sum, [upper, lower]) => sum + length(minus(points[lower]!, points[upper]!)), 0) / LIPS.length;
  const width = length(minus(points[MOUTH_CORNERS[1]]!, points[MOUTH_CORNERS[0]]!));
  const yaw = Math.atan2(across.z, Math.hypot(across.x, across.y));
  const pitch = Math.atan2(down.z, Math.hypot(down.x, down.y));
  return {
    // z grows away from the camera: the side that recedes is the one turned to.
    yaw: degrees(yaw),
    pitch: degrees(pitch),
    size: (length(across) + length(down)) / 2,
    mouth: width === 0 ? 0 : gap / width,
    eyes: Math.max(openness.left, openness.right),
    aspect: Math.log(Math.hypot(down.x, down.y) / Math.hypot(across.x, across.y)),
    foreshortening: Math.log(Math.cos(pitch) / Math.max(0.1, Math.cos(yaw))),
  };
}

const degrees = (radians: number): number => (radians * 180) / Math.PI;
const minus = (one: MeshPoint, other: MeshPoint): MeshPoint => ({ x: one.x - other.x, y: one.y - other.y, z: one.z - other.z });
const length = ({ x, y, z }: MeshPoint): number => Math.hypot(x, y, z);

function mean(points: readonly MeshPoint[]): MeshPoint {
  let [x, y, z] = [0, 0, 0];
  for (const point of points) [x, y, z] = [x + point.x / points.length, y + point.y / points.length, z + point.z / points.length];
  return { x, y, z };
}
