import type { Ack, Finished, SessionProgress } from '@xuejian/protocol';
import type { Clock } from './clock.js';
import { firstHole } from './sensors/frontier.js';

/** Less than any policy's tolerated gap (0.5 %): what is missing below this is not worth going back for. */
const IGNORED_SHARE = 0.004;
const RETRY_MS = 2_000;

export interface FinisherParts {
  readonly clock: Clock;
  readonly request: () => Promise<Ack<Finished>>;
  /** True while beats wait for their acknowledgement: coverage is not up to date yet. */
  readonly hasUnsent: () => boolean;
  /** Goes back to a part that has not been watched, and plays. */
  readonly playFrom: (positionMs: number) => void;
  readonly onFinished: (finished: Finished) => void;
}

/** After the end of the video: asks for the verdict when the lesson is complete, goes back to what is missing when not. */
export class Finisher {
  #hasEnded = false;
  /** The server's coverage includes the last beat. */
  #isFresh = false;
  #isAsking = false;
  #finished: Finished | null = null;
  #progress: SessionProgress | null = null;
  #cancelRetry: (() => void) | null = null;

  constructor(private readonly parts: FinisherParts) {}

  ended(): void {
    this.#hasEnded = true;
    this.#isFresh = false;
    this.check();
    this.#later(() => {
      this.#isFresh = true;
    });
  }

  /** The trainee plays again: the end is open. */
  resumed(): void {
    this.#hasEnded = false;
  }

  progress(progress: SessionProgress): void {
    this.#progress = progress;
    if (!this.parts.hasUnsent()) this.#isFresh = true;
    this.check();
  }

  /** Looks at what is known and does what is due; also called when the outbox has run empty. */
  check(): void {
    const progress = this.#progress;
    if (!this.#hasEnded || this.#finished || this.#isAsking || !progress || this.parts.hasUnsent()) return;
    if (progress.isComplete) {
      void this.finish().catch(() => this.#later());
      return;
    }
    if (!this.#isFresh) return;
    const hole = firstHole(progress.coverage, progress.durationMs, progress.durationMs * IGNORED_SHARE);
    if (hole !== null && progress.holds.length === 0 && progress.status !== 'CLOSED') this.#goBack(hole);
  }

  async finish(): Promise<Finished> {
    if (this.#finished) return this.#finished;
    this.#isAsking = true;
    try {
      const answer = await this.parts.request();
      if (!answer.ok) {
        if (answer.error.code === 'SESSION_NOT_COMPLETE' && this.#hasEnded && this.#progress) {
          const hole = firstHole(this.#progress.coverage, this.#progress.durationMs, 0);
          if (hole !== null) this.#goBack(hole);
        }
        throw Object.assign(new Error(answer.error.message), { code: answer.error.code });
      }
      this.#finished = { verdict: answer.verdict, progress: answer.progress };
      this.parts.onFinished(this.#finished);
      return this.#finished;
    } finally {
      this.#isAsking = false;
    }
  }

  stop(): void {
    this.#cancelRetry?.();
    this.#hasEnded = false;
  }

  #goBack(positionMs: number): void {
    this.#hasEnded = false;
    this.parts.playFrom(positionMs);
  }

  #later(before: () => void = () => undefined): void {
    this.#cancelRetry?.();
    this.#cancelRetry = this.parts.clock.after(RETRY_MS, () => {
      before();
      this.check();
    });
  }
}
