import type { LivenessFrame, LivenessPrompt, LivenessRequest } from '@xuejian/protocol';
import type { Clock } from '../clock.js';
import type { StudyConnection } from '../connection/study-connection.js';
import type { ProctorView } from '../ui/view.js';
import { captureStep, framesFor, type LivenessStep } from './liveness-run.js';

export interface LivenessRunnerParts {
  readonly clock: Clock;
  readonly connection: Pick<StudyConnection, 'request'>;
  /** One JPEG, or null while the camera shows nothing. */
  readonly capture: () => Promise<Uint8Array | null>;
  readonly view: Pick<ProctorView, 'liveness' | 'livenessStep' | 'livenessState'>;
  readonly onStep: (step: LivenessStep) => void;
}

/**
 * Takes the trainee through one face check at a time: the neutral phase, then each act when the server tells it, which it
 * does only for the frames of the step before. A check that is cut off is not gone on with: the server asks afresh.
 */
export class LivenessRunner {
  #request: LivenessRequest | null = null;
  #prompt: LivenessPrompt | null = null;
  #isRunning = false;
  /** Of the last burst that was sent. */
  #bytesPerMs: number | null = null;
  #bytesPerFrame = 1;

  constructor(private readonly parts: LivenessRunnerParts) {}

  /** Opens a check; one that is on the page already stays as it is. */
  open(request: LivenessRequest): boolean {
    if (this.#request?.checkId === request.checkId) return false;
    this.#request = request;
    this.#prompt = null;
    this.#isRunning = false;
    this.parts.view.liveness(request);
    return true;
  }

  close(): void {
    if (!this.#request) return;
    this.#request = null;
    this.#isRunning = false;
    this.parts.view.liveness(null);
  }

  /** The trainee is ready: goes on from the step that is asked for. */
  begin(): void {
    if (this.#request && !this.#isRunning) void this.#run(this.#request);
  }

  async #run(request: LivenessRequest): Promise<void> {
    const { view } = this.parts;
    this.#isRunning = true;
    const isCurrent = (): boolean => this.#isRunning && this.#request === request;
    do {
      const frames = await this.#capture(request, this.#prompt, () => !isCurrent());
      if (!isCurrent()) return;
      view.livenessState(frames.length > 0 ? 'SENDING' : 'AGAIN');
      const next = frames.length === 0 ? undefined : await this.#send(request, this.#prompt, frames);
      if (!isCurrent()) return;
      if (next === undefined) {
        // Nothing to send, or not taken: the trainee may try this step again while the server still waits for it.
        view.livenessState('AGAIN');
        this.#isRunning = false;
        return;
      }
      this.#prompt = next;
    } while (this.#prompt);
    view.livenessState('JUDGING');
  }

  #capture({ acts, actWindowMs, framesPerSecond }: LivenessRequest, prompt: LivenessPrompt | null, isCancelled: () => boolean): Promise<readonly LivenessFrame[]> {
    const { clock, capture, view, onStep } = this.parts;
    const step: LivenessStep = { step: prompt?.step ?? 0, steps: acts + 1, prompt: prompt?.act ?? 'NEUTRAL', durationMs: actWindowMs };
    view.livenessStep(step);
    onStep(step);
    const wanted = Math.round((framesPerSecond * actWindowMs) / 1_000);
    return captureStep(actWindowMs, Math.min(wanted, framesFor(this.#bytesPerMs, this.#bytesPerFrame)), { clock, capture, isCancelled });
  }

  /** The act told next, null when there is none left, undefined when the frames were not taken. */
  async #send({ checkId, nonce, transferMs }: LivenessRequest, prompt: LivenessPrompt | null, frames: readonly LivenessFrame[]): Promise<LivenessPrompt | null | undefined> {
    const { clock, connection } = this.parts;
    const bytes = frames.reduce((sum, { image }) => sum + image.byteLength, 0);
    const sentAt = clock.mono();
    try {
      const reply = await connection.request('liveness.burst', { checkId, nonce: prompt?.nonce ?? nonce, step: prompt?.step ?? 0, frames }, transferMs);
      this.#bytesPerFrame = bytes / frames.length;
      this.#bytesPerMs = bytes / Math.max(1, clock.mono() - sentAt);
      return reply.ok ? reply.next : undefined;
    } catch {
      return undefined;
    }
  }
}
