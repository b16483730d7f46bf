import type { FaceMeasurement, LivenessAct, LivenessMeasurement } from '../event.js';
import type { ReplayMeasurement } from '../replay.js';

/** What the face workers would have measured, by what stood before the camera. */
export type Picture = 'TRAINEE' | 'GLASSES' | 'NOBODY' | 'TWO_PEOPLE' | 'MASKED' | 'STRANGER' | 'UNCLEAR' | 'DARK' | 'BLURRED' | 'FAR' | 'CORRUPT' | 'NO_IMAGE' | 'LENS_COVERED' | 'SMALL'
  | 'SEEN_IN_SESSION' | 'SEEN_OF_PERSON' | 'SEEN_ON_PLATFORM' | 'ALIKE' | 'STILL';

const portrait: FaceMeasurement = { failure: null, faceCount: 1, distance: 0.42, luminance: 120, sharpness: 80, interocularPx: 90, pixels: 640 * 480, contrast: 45 };
const unseen: ReplayMeasurement = { exact: null, near: null, still: null, periodMs: null };
const faceless: FaceMeasurement = { ...portrait, faceCount: 0, distance: null, interocularPx: null };

const PICTURES: Readonly<Record<Picture, FaceMeasurement>> = {
  TRAINEE: portrait,
  NOBODY: faceless,
  TWO_PEOPLE: { ...portrait, faceCount: 2, distance: null },
  GLASSES: { ...portrait, distance: 0.53 },
  MASKED: { ...portrait, isCovered: true, distance: 0.66 },
  STRANGER: { ...portrait, distance: 0.82 },
  UNCLEAR: { ...portrait, distance: 0.575 },
  DARK: { ...faceless, luminance: 4 },
  BLURRED: { ...faceless, sharpness: 3 },
  FAR: { ...portrait, interocularPx: 22 },
  CORRUPT: { ...faceless, failure: 'IMAGE_UNREADABLE' },
  NO_IMAGE: { ...faceless, failure: 'IMAGE_ABSENT' },
  LENS_COVERED: { ...faceless, luminance: 70, sharpness: 170, contrast: 6 },
  SMALL: { ...portrait, pixels: 320 * 240 },
  SEEN_IN_SESSION: { ...portrait, replay: { ...unseen, exact: 'SESSION' } },
  SEEN_OF_PERSON: { ...portrait, replay: { ...unseen, exact: 'PERSON' } },
  SEEN_ON_PLATFORM: { ...portrait, replay: { ...unseen, exact: 'PLATFORM' } },
  ALIKE: { ...portrait, replay: { ...unseen, near: { scope: 'SESSION', bits: 3, difference: 0.4 } } },
  STILL: { ...portrait, replay: { ...unseen, still: 0.04 } },
};

export const measured = (picture: Picture, changes: Partial<FaceMeasurement> = {}): FaceMeasurement => ({ ...PICTURES[picture], ...changes });

export type Burst = 'TRAINEE' | 'GLASSES' | 'MASKED' | 'STRANGER' | 'PHOTO' | 'RECORDED_LOOP' | 'NOBODY' | 'CROWD' | 'UNCLEAR' | 'FACE_SWAPPED_IN' | 'CORRUPT' | 'TOO_SHORT' | 'NO_NEUTRAL_FRAMES'
  | 'SEEN_OF_PERSON' | 'ALIKE' | 'LOOPED';

/** A liveness burst as it would have been measured; `acts` are those asked for. */
export function burst(kind: Burst, acts: readonly LivenessAct[], changes: Partial<LivenessMeasurement> = {}): LivenessMeasurement {
  const seen = acts.map((act) => ({ act, seen: true, otherSeen: null, peak: 0.6, frames: 6 }));
  const still = seen.map((act) => ({ ...act, seen: false, peak: 0.02, frames: 0 }));
  const live: LivenessMeasurement = { failure: null, frames: 60, oneFace: 58, noFace: 2, manyFaces: 0, acts: seen, distances: [0.38, 0.4, 0.43, 0.47], spread: 0.22 };
  const bursts: Readonly<Record<Burst, LivenessMeasurement>> = {
    TRAINEE: live,
    GLASSES: { ...live, distances: [0.5, 0.52, 0.54, 0.56] },
    MASKED: { ...live, coveredFaces: 58, distances: [0.64, 0.66, 0.7, 0.72] },
    STRANGER: { ...live, distances: [0.78, 0.8, 0.83, 0.9] },
    PHOTO: { ...live, acts: still, spread: 0.01 },
    RECORDED_LOOP: { ...live, acts: seen.map((act) => ({ ...act, otherSeen: act.act === 'OPEN_MOUTH' ? 'TURN_LEFT' : 'OPEN_MOUTH' })) },
    NOBODY: { ...live, oneFace: 0, noFace: 60, acts: still, distances: [], spread: null },
    CROWD: { ...live, oneFace: 20, manyFaces: 40 },
    UNCLEAR: { ...live, distances: [0.56, 0.57, 0.58, 0.59] },
    FACE_SWAPPED_IN: { ...live, spread: 0.7 },
    CORRUPT: { ...live, failure: 'IMAGE_UNREADABLE' },
    TOO_SHORT: { ...live, failure: 'TOO_FEW_FRAMES', frames: 3 },
    NO_NEUTRAL_FRAMES: { ...live, distances: [0.4] },
    SEEN_OF_PERSON: { ...live, replay: { ...unseen, exact: 'PERSON' } },
    ALIKE: { ...live, replay: { ...unseen, near: { scope: 'PERSON', bits: 3, difference: 0.4 } } },
    LOOPED: { ...live, replay: { ...unseen, periodMs: 1_500 } },
  };
  return { ...bursts[kind], ...changes };
}
