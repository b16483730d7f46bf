import { eyeCentre, interocular } from './face-geometry.js';
import type { FaceSignals } from './liveness/face-signals.js';
import type { ReferenceFaceQuality, ReferenceFaceRefusal } from './reference-face.entity.js';
import { type Box, clip, measureQuality, type Point, type RgbImage } from './rgb-image.js';

/** Half of a usual snapshot's: LFW's pictures of 250 px have 38…48, and are told apart as well as larger ones. */
const MIN_INTEROCULAR_PX = 35;
const MIN_LUMINANCE = 40;
const MIN_SHARPNESS = 14;
/** Share of the face without any drawing left; from about here on the distance to other photos rises. */
const MAX_BLEACHED = 0.5;
const BLEACHED_LUMINANCE = 250;
/** The darker half of the face to the lighter one. Shade alone hardly moves a descriptor: only a half lost in it is refused. */
const MIN_EVENNESS = 0.25;
/** Beyond it one side of the face is missing from the template. */
const MAX_YAW_DEGREES = 25;
const MAX_PITCH_DEGREES = 25;
const MAX_ROLL_DEGREES = 25;
/** Opening of the inner lips over their width: an open mouth, not a smile. */
const MAX_MOUTH = 0.5;
/** Lid gap over eye width of the wider eye. Half of the narrowest open eyes seen: narrow eyes are not closed ones. */
const MIN_EYES = 0.08;

type Measured = Omit<ReferenceFaceQuality, 'widthPx' | 'heightPx'>;

/** Measures what a reference photo needs to be good for. `landmarks`: the 68 points. */
export function measureReference(image: RgbImage, face: Box, landmarks: readonly Point[], { yaw, pitch, mouth, eyes }: FaceSignals): Measured {
  const { luminance, sharpness } = measureQuality(image, face);
  const pose = { yawDegrees: yaw, pitchDegrees: pitch, rollDegrees: rollOf(landmarks), mouth, eyes };
  return { interocularPx: interocular(landmarks), luminance, sharpness, ...light(image, landmarks), ...pose };
}

/** Why the photo cannot stand for a person, the easiest to mend first; null when it can. */
export function refusalOf(quality: Measured): ReferenceFaceRefusal | null {
  if (quality.interocularPx < MIN_INTEROCULAR_PX) return 'FACE_TOO_SMALL';
  if (quality.luminance < MIN_LUMINANCE) return 'IMAGE_DARK';
  if (quality.bleachedShare > MAX_BLEACHED) return 'IMAGE_BRIGHT';
  if (quality.sharpness < MIN_SHARPNESS) return 'IMAGE_BLURRED';
  if (Math.abs(quality.yawDegrees) > MAX_YAW_DEGREES) return 'FACE_TURNED';
  if (Math.abs(quality.rollDegrees) > MAX_ROLL_DEGREES || Math.abs(quality.pitchDegrees) > MAX_PITCH_DEGREES) return 'FACE_TILTED';
  if (quality.eyes < MIN_EYES) return 'EYES_CLOSED';
  if (quality.mouth > MAX_MOUTH) return 'MOUTH_OPEN';
  if (quality.evenness < MIN_EVENNESS) return 'IMAGE_UNEVEN';
  return null;
}

function rollOf(landmarks: readonly Point[]): number {
  const [left, right] = [eyeCentre(landmarks, 36), eyeCentre(landmarks, 42)];
  return (Math.atan2(right.y - left.y, right.x - left.x) * 180) / Math.PI;
}

/** Light on the two halves of the face, left and right of the line from the bridge of the nose to the chin. */
function light(image: RgbImage, landmarks: readonly Point[]): Pick<ReferenceFaceQuality, 'bleachedShare' | 'evenness'> {
  const [xs, ys] = [landmarks.map(({ x }) => x), landmarks.map(({ y }) => y)];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  const face = clip({ x: left, y: top, width: Math.max(...xs) - left, height: Math.max(...ys) - top }, image);
  const [bridge, chin] = [landmarks[27]!, landmarks[8]!];
  const slope = (chin.x - bridge.x) / Math.max(1, chin.y - bridge.y);
  const sums: [number, number] = [0, 0];
  const counts: [number, number] = [0, 0];
  let bleached = 0;
  for (let y = face.y; y < face.y + face.height; y += 1) {
    const middle = bridge.x + slope * (y - bridge.y);
    for (let x = face.x; x < face.x + face.width; x += 1) {
      const at = (y * image.width + x) * 3;
      const luminance = 0.299 * image.data[at]! + 0.587 * image.data[at + 1]! + 0.114 * image.data[at + 2]!;
      const half = x < middle ? 0 : 1;
      sums[half] += luminance;
      counts[half] += 1;
      if (luminance >= BLEACHED_LUMINANCE) bleached += 1;
    }
  }
  const [one, other] = [sums[0] / Math.max(1, counts[0]), sums[1] / Math.max(1, counts[1])];
  return { bleachedShare: bleached / (face.width * face.height), evenness: Math.min(one, other) / Math.max(1, one, other) };
}
