import type { LivenessMeasurement } from '../../rules/event.js';
import { chipCorrelation } from './face-chip.js';
import type { FrameObservation } from './liveness-analysis.js';

/** Frames at least this far apart may show the same picture again only when it is a recording, or a still. */
const RECURS_AFTER_MS = 1500;
/** Differences under this are the noise of compression alone. */
const LEAST_DIFFERENCE = 1e-4;
const MIN_FRAMES = 12;
/**
 * Fixed by hand between what was measured on the clips and on attacks made of them (docs/faces.md): live faces have a
 * motion of 1.3…4, photos in a trembling hand −0.1…1.5. Too few people to fit more.
 */
const WEIGHTS = { motion: 2, still: 1.6, recurrence: 2.5, looped: -1.5 };

type Passive = NonNullable<LivenessMeasurement['passive']>;

/** What the pictures of a burst say without any act. */
export function passiveLiveness(frames: readonly FrameObservation[]): Passive {
  const seen = frames.filter((frame): frame is FrameObservation & { readonly chip: Float32Array } => frame.chip !== null);
  if (seen.length < MIN_FRAMES) return { score: 0.5, parts: {} };
  const steps: number[] = [];
  const returns: number[] = [];
  seen.forEach((frame, position) => {
    const before = seen[position - 1];
    if (before === undefined) return;
    steps.push(Math.max(LEAST_DIFFERENCE, 1 - chipCorrelation(before.chip, frame.chip)));
    const earlier = seen.slice(0, position).filter(({ clientMonoMs }) => frame.clientMonoMs - clientMonoMs >= RECURS_AFTER_MS);
    if (earlier.length > 0) returns.push(Math.max(LEAST_DIFFERENCE, 1 - Math.max(...earlier.map(({ chip }) => chipCorrelation(chip, frame.chip)))));
  });
  const step = median(steps);
  // 0: what comes back is as new as the next frame; far below: the same pictures come again, as in a loop.
  const novelty = returns.length === 0 ? 0 : Math.log(median(returns) / step);
  // The face itself changes, whatever the hand that holds it does: 0 for a print in a trembling hand.
  const motion = Math.log(quantile(steps, 0.9) / 0.01);
  const logit = WEIGHTS.motion * (motion - WEIGHTS.still) + WEIGHTS.recurrence * Math.min(0, novelty - WEIGHTS.looped);
  return { score: round(1 / (1 + Math.exp(-logit))), parts: { novelty: round(novelty), motion: round(motion) } };
}

const round = (value: number): number => Math.round(value * 1000) / 1000;
const median = (values: readonly number[]): number => quantile(values, 0.5);

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}
