import type { Point } from './rgb-image.js';

/** Distance between the centres of the eyes, px. */
export function interocular(landmarks: readonly Point[]): number {
  const left = eyeCentre(landmarks, 36);
  const right = eyeCentre(landmarks, 42);
  return Math.hypot(right.x - left.x, right.y - left.y);
}

/** Centre of the six points of the eye that begin at `first` (36: left in the picture, 42: right). */
export function eyeCentre(landmarks: readonly Point[], first: 36 | 42): Point {
  let x = 0;
  let y = 0;
  for (let index = first; index < first + 6; index += 1) {
    x += landmarks[index]!.x / 6;
    y += landmarks[index]!.y / 6;
  }
  return { x, y };
}
