import { LIMITS, type LivenessAct, type LivenessFrame } from '@xuejian/protocol';
import { sleep, type Clock } from '../clock.js';

/** What the trainee is asked to do now: look straight ahead, or an act. */
export type LivenessPromptKind = 'NEUTRAL' | LivenessAct;

export interface LivenessStep {
  /** 0 for the neutral phase, n for the n-th act. */
  readonly step: number;
  readonly steps: number;
  readonly prompt: LivenessPromptKind;
  readonly durationMs: number;
}

export interface StepRunParts {
  readonly clock: Clock;
  /** One JPEG, or null while the camera shows nothing. */
  readonly capture: () => Promise<Uint8Array | null>;
  /** True once the run is of no use any more. */
  readonly isCancelled: () => boolean;
}

/** Fewer show no act. */
const MIN_FRAMES = 8;
/** A step's frames should be over the line within this. */
const UPLOAD_MS = 6_000;

/** Frames a step may take on a line of this speed; an unknown one is taken for slow. `bytesPerMs`: null while unknown. */
export function framesFor(bytesPerMs: number | null, bytesPerFrame: number): number {
  return bytesPerMs === null ? MIN_FRAMES : Math.max(MIN_FRAMES, Math.floor((bytesPerMs * UPLOAD_MS) / bytesPerFrame));
}

/** Takes frames evenly over one step of `durationMs`. The server's numbers decide; the burst stays within the limits whatever they are. */
export async function captureStep(durationMs: number, frames: number, parts: StepRunParts): Promise<readonly LivenessFrame[]> {
  const { clock } = parts;
  const count = Math.max(1, Math.min(LIMITS.framesPerBurst, frames));
  const intervalMs = durationMs / count;
  const startedAt = clock.mono();
  const taken: LivenessFrame[] = [];
  let bytes = 0;
  for (let index = 0; index < count; index += 1) {
    // The first half interval gives the eye time to read; frames lie in the middle of their slots.
    await sleep(clock, startedAt + (index + 0.5) * intervalMs - clock.mono());
    if (parts.isCancelled()) return [];
    const clientMonoMs = clock.mono();
    if (clientMonoMs >= startedAt + durationMs) break;
    const image = await parts.capture();
    bytes += image?.byteLength ?? 0;
    if (image && image.byteLength <= LIMITS.frameBytes && bytes <= LIMITS.burstBytes) taken.push({ clientMonoMs, image });
  }
  await sleep(clock, startedAt + durationMs - clock.mono());
  return parts.isCancelled() ? [] : taken;
}
