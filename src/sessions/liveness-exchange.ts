import type { LivenessFrame } from '@xuejian/protocol';
import type { Capture } from '../checks/check-tasks.service.js';
import type { LivenessAct, LivenessPrompted, LivenessRequested } from '../rules/event.js';

/** Timers of browsers are coarse, and a last frame may be taken just as its window closes. */
const CAPTURE_TOLERANCE_MS = 500;

/**
 * The frames of one face check as they come, step by step. In memory only: after a drop or a restart the check is asked
 * afresh, with other acts.
 */
export class LivenessExchange {
  readonly acts: LivenessAct[] = [];
  private readonly captures: Capture[] = [];
  private toldAt: number;
  /** Smallest known bound of server time minus the client's clock, ms: a message arrives after its last frame was taken. */
  private mostAheadMs = Infinity;
  readonly checkId: string;
  /** The nonce that the frames of the present step have to carry. */
  nonce: string;

  constructor({ checkId, nonce, at }: LivenessRequested) {
    this.checkId = checkId;
    this.nonce = nonce;
    this.toldAt = at;
  }

  /** The next act has been told: from now on the frames of its step are awaited. */
  prompted({ act, nonce, at }: LivenessPrompted): void {
    this.acts.push(act);
    this.nonce = nonce;
    this.toldAt = at;
  }

  /**
   * Whether the frames can have been taken as they say: one after another, within one window, after all frames before,
   * and not before their act was told. `receivedAt`: server time, ms.
   */
  canBe(frames: readonly LivenessFrame[], receivedAt: number, windowMs: number): boolean {
    const times = frames.map(({ clientMonoMs }) => clientMonoMs);
    const [first = 0, last = 0] = [times[0], times.at(-1)];
    const isInOrder = times.every((ms, index) => index === 0 || ms > times[index - 1]!) && first > (this.captures.at(-1)?.clientMonoMs ?? -1);
    const latestStartAt = first + Math.min(this.mostAheadMs, receivedAt - last);
    return isInOrder && last - first <= windowMs + CAPTURE_TOLERANCE_MS && latestStartAt >= this.toldAt - CAPTURE_TOLERANCE_MS;
  }

  /** All frames up to and with these, as they are stored. */
  with(frames: readonly LivenessFrame[]): readonly Capture[] {
    return [...this.captures, ...frames.map((frame) => ({ ...frame, step: this.acts.length }))];
  }

  /** Keeps the frames of a step that was taken; before the next act is told. */
  keep(captures: readonly Capture[], receivedAt: number): void {
    this.captures.splice(0, Infinity, ...captures);
    const last = captures.at(-1);
    if (last !== undefined) this.mostAheadMs = Math.min(this.mostAheadMs, receivedAt - last.clientMonoMs);
  }
}
