import type { Burst, Picture } from './faces.js';
import type { Random } from './random.js';
import { between } from './random.js';

/** The person before the camera. Queues are used up first; then the person is an attentive trainee. */
export class Trainee {
  /** What the coming pictures show; `null`: none is sent at all. */
  readonly pictures: (Picture | null)[] = [];
  readonly bursts: (Burst | null)[] = [];
  readonly popups: ('IGNORED' | 'WRONG')[] = [];
  /** What is before the camera when nothing is queued. */
  usualPicture: Picture | null = 'TRAINEE';
  usualBurst: Burst | null = 'TRAINEE';
  ignoresPopups = false;
  popupMs: readonly [number, number] = [3_000, 9_000];
  /** Returns so long after a missed popup, or never. */
  comesBackAfterMs: number | null = 20_000;
  isTrusted = true;
  /** From a face check's request to its last frames, of which each act takes so long. */
  livenessMs = 9_000;
  actMs = 2_000;
  /** After so many acts the trainee shows no more. */
  actsShown = Infinity;
  judgingMs = 700;
  isFaceServiceDown = false;

  constructor(private readonly random: Random) {}

  answers(expected: string): string | null {
    if (this.ignoresPopups) return null;
    const next = this.popups.shift();
    if (next === 'IGNORED') return null;
    return next === 'WRONG' ? '0' : ` ${expected} `;
  }

  popupDelayMs(): number {
    return between(this.random, ...this.popupMs);
  }

  poses(): Picture | null {
    return this.pictures.length > 0 ? (this.pictures.shift() ?? null) : this.usualPicture;
  }

  faces(): Burst | null {
    return this.bursts.length > 0 ? (this.bursts.shift() ?? null) : this.usualBurst;
  }
}
