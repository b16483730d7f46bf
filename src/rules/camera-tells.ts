/**
 * Signs that a camera's stream was made up or led through a program, as the page reports them. Each can be hidden, and
 * most have an innocent cause: together they ask for more, and none of them convicts.
 */
import { isSoftwareCamera } from './camera.js';
import type { WindowReported } from './event.js';

export type CameraTell = 'MADE_UP_TRACK' | 'LABEL_IS_ID' | 'NO_GROUP' | 'WRAPPED' | 'OWN_PROPERTY' | 'SOFTWARE_NAME' | 'EVEN_FRAMES';
type Detail = WindowReported['detail'];

/** Frames of a lens come with some jitter; a timer's do not. */
const EVEN_JITTER_MS = 0.25;

/** Weights: how much of the remaining doubt each sign removes from innocence. Measured in Chromium, see docs/faces.md. */
const TELLS: readonly { readonly tell: CameraTell; readonly weight: number; readonly isShown: (detail: Detail) => boolean }[] = [
  // A canvas or a generator of frames names its tracks after itself.
  { tell: 'MADE_UP_TRACK', weight: 0.5, isShown: ({ trackClass }) => typeof trackClass === 'string' && trackClass !== 'MediaStreamTrack' },
  { tell: 'LABEL_IS_ID', weight: 0.3, isShown: ({ isLabelId }) => isLabelId === true },
  { tell: 'NO_GROUP', weight: 0.2, isShown: ({ hasGroupId }) => hasGroupId === false },
  // Also what extensions do that guard privacy.
  { tell: 'WRAPPED', weight: 0.4, isShown: ({ isNative }) => isNative === false },
  { tell: 'OWN_PROPERTY', weight: 0.3, isShown: ({ isOwn }) => isOwn === true },
  { tell: 'SOFTWARE_NAME', weight: 0.4, isShown: ({ camera }) => typeof camera === 'string' && isSoftwareCamera(camera) },
  { tell: 'EVEN_FRAMES', weight: 0.15, isShown: ({ jitterMs }) => typeof jitterMs === 'number' && jitterMs < EVEN_JITTER_MS },
];

export interface CameraDoubt {
  readonly tells: readonly CameraTell[];
  /** 0…1; grows with every sign and never reaches 1. */
  readonly score: number;
}

export function cameraDoubt(detail: Detail): CameraDoubt {
  const shown = TELLS.filter(({ isShown }) => isShown(detail));
  const innocence = shown.reduce((left, { weight }) => left * (1 - weight), 1);
  return { tells: shown.map(({ tell }) => tell), score: Math.round((1 - innocence) * 1_000) / 1_000 };
}
