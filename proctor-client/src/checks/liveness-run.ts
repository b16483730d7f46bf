import { LIMITS, type LivenessAct, type LivenessFrame, type LivenessRequest } from '@xuejian/protocol';
import { sleep, type Clock } from '../clock.js';

/** What the trainee is asked to do now: look straight ahead, or an act. */
export type LivenessPrompt = 'NEUTRAL' | LivenessAct;

export interface LivenessStep {
  /** 0 for the neutral phase, i for `acts[i - 1]`. */
  readonly step: number;
  readonly steps: number;
  readonly prompt: LivenessPrompt;
  readonly durationMs: number;
}

export interface LivenessRunParts {
  readonly clock: Clock;
  /** One JPEG, or null while the camera shows nothing. */
  readonly capture: () => Promise<Uint8Array | null>;
  readonly onStep: (step: LivenessStep) => void;
  /** True once the run is of no use any more. */
  readonly isCancelled: () => boolean;
}

/**
 * Prompts the neutral phase and each act for `actWindowMs` and takes frames meanwhile. The server's numbers decide; the
 * burst stays within the limits of one message whatever they are.
 */
export async function runLiveness(request: LivenessRequest, parts: LivenessRunParts): Promise<readonly LivenessFrame[]> {
  const prompts: readonly LivenessPrompt[] = ['NEUTRAL', ...request.acts];
  const framesPerStep = Math.max(1, Math.floor(LIMITS.framesPerBurst / prompts.length));
  const wanted = Math.round((request.framesPerSecond * request.actWindowMs) / 1000);
  const perStep = Math.min(framesPerStep, wanted);
  const intervalMs = request.actWindowMs / perStep;
  const frames: LivenessFrame[] = [];
  for (const [step, prompt] of prompts.entries()) {
    const startedAt = parts.clock.mono();
    parts.onStep({ step, steps: prompts.length, prompt, durationMs: request.actWindowMs });
    for (let index = 0; index < perStep; index += 1) {
      // The first half interval gives the eye time to read; frames lie in the middle of their slots.
      await sleep(parts.clock, startedAt + (index + 0.5) * intervalMs - parts.clock.mono());
      if (parts.isCancelled()) return [];
      const clientMonoMs = parts.clock.mono();
      if (clientMonoMs >= startedAt + request.actWindowMs) break;
      const image = await parts.capture();
      if (image && image.byteLength <= LIMITS.frameBytes) frames.push({ step, clientMonoMs, image });
    }
    await sleep(parts.clock, startedAt + request.actWindowMs - parts.clock.mono());
    if (parts.isCancelled()) return [];
  }
  return frames;
}
