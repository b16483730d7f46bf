import type { MeshFace, MeshPoint } from '../../face-mesh.js';

/** How a head is held and what its face does. Angles in degrees: to the own left, chin to chest, tilt in the picture. */
export interface Pose {
  readonly yaw?: number;
  readonly pitch?: number;
  readonly roll?: number;
  /** Size over that of a face 50 px between the eyes. */
  readonly size?: number;
  /** Inner-lip gap over mouth width. */
  readonly mouth?: number;
  /** Lid gap over eye width. */
  readonly eyes?: number;
  /** The picture is flat: a photograph of the head straight ahead, turned and tilted so far in the hand, degrees. */
  readonly photo?: { readonly yaw: number; readonly pitch: number };
}

export const OPEN_EYES = 0.35;

/** Points of an average head that the signals are read from, in distances between the eyes; y down, z away from the camera. */
const HEAD: readonly (readonly [index: number, x: number, y: number, z: number])[] = [
  [33, -0.7, 0, 0], [133, -0.3, 0, -0.08], [362, 0.3, 0, -0.08], [263, 0.7, 0, 0], [127, -1, 0, 0.5], [356, 1, 0, 0.5],
  [234, -1.05, 0.35, 0.55], [454, 1.05, 0.35, 0.55], [116, -0.85, 0.35, 0.15], [345, 0.85, 0.35, 0.15], [117, -0.7, 0.45, 0.02],
  [346, 0.7, 0.45, 0.02], [50, -0.55, 0.6, -0.1], [280, 0.55, 0.6, -0.1], [101, -0.5, 0.5, -0.1], [330, 0.5, 0.5, -0.1],
  [54, -0.75, -0.75, 0.2], [284, 0.75, -0.75, 0.2], [103, -0.6, -0.85, 0.12], [332, 0.6, -0.85, 0.12], [10, 0, -0.95, -0.05],
  [151, 0, -0.75, -0.12], [9, 0, -0.45, -0.18], [8, 0, -0.3, -0.18], [67, -0.4, -0.9, 0.02], [297, 0.4, -0.9, 0.02],
  [109, -0.2, -0.93, -0.03], [338, 0.2, -0.93, -0.03], [2, 0, 0.75, -0.35], [98, -0.2, 0.65, -0.3], [327, 0.2, 0.65, -0.3],
  [129, -0.28, 0.6, -0.25], [358, 0.28, 0.6, -0.25], [205, -0.5, 0.8, -0.1], [425, 0.5, 0.8, -0.1],
  [78, -0.35, 1.05, -0.15], [308, 0.35, 1.05, -0.15],
];
const NOWHERE: readonly MeshPoint[] = Array.from({ length: 468 }, () => ({ x: 0, y: 0, z: 0 }));
const LIPS: readonly (readonly [upper: number, lower: number, x: number])[] = [[82, 87, -0.12], [13, 14, 0], [312, 317, 0.12]];
const MOUTH_WIDTH = 0.7;
/** The mesh net takes a flat picture turned away for a head turned a little: the most measured is 4° at 30°, 7° at 40°, 24° at 60°. */
const believed = (degrees: number): number => degrees * (0.12 + 0.28 * (Math.abs(degrees) / 60) ** 4);

/** The mesh of a head, or of a photograph of one. */
export function meshOf({ yaw = 0, pitch = 0, roll = 0, size = 1, mouth = 0.03, eyes = OPEN_EYES, photo }: Pose): MeshFace {
  const points = NOWHERE.slice();
  const gap = (mouth * MOUTH_WIDTH) / 2;
  const solid = [...HEAD, ...LIPS.flatMap(([upper, lower, x]) => [[upper, x, 1.05 - gap, -0.2], [lower, x, 1.05 + gap, -0.2]] as const)];
  const turned = photo === undefined ? rotation(yaw, pitch) : rotation(believed(photo.yaw), believed(photo.pitch));
  const [cos, sin] = [Math.cos(radians(roll)), Math.sin(radians(roll))];
  for (const [index, x, y, z] of solid) {
    const at = turned(x, y, z);
    const flat = photo === undefined ? at : { x: x * Math.cos(radians(photo.yaw)), y: y * Math.cos(radians(photo.pitch)), z: at.z };
    const scale = 50 * size;
    points[index] = { x: 160 + (flat.x * cos - flat.y * sin) * scale, y: 110 + (flat.x * sin + flat.y * cos) * scale, z: flat.z * scale };
  }
  const lids = eyes * (photo === undefined ? 1 : Math.cos(radians(photo.pitch)) / Math.cos(radians(photo.yaw)));
  return { points, confidence: 1, openness: { left: lids, right: lids } };
}

const radians = (degrees: number): number => (degrees * Math.PI) / 180;

function rotation(yaw: number, pitch: number): (x: number, y: number, z: number) => MeshPoint {
  const [cy, sy, cp, sp] = [Math.cos(radians(yaw)), Math.sin(radians(yaw)), Math.cos(radians(pitch)), Math.sin(radians(pitch))];
  return (x, y, z) => {
    const [py, pz] = [y * cp - z * sp, y * sp + z * cp];
    return { x: x * cy - pz * sy, y: py, z: x * sy + pz * cy };
  };
}
