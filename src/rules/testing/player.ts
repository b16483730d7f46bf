import type { PlaybackState } from '../event.js';
import type { Timeline } from './timeline.js';

/** The video element: a position that moves with time. */
export class Player {
  isPlaying = false;
  /** Media seconds per second. */
  speed = 1;
  private base = { positionMs: 0, at: 0 };
  private generation = 0;

  constructor(
    private readonly timeline: Timeline,
    private readonly durationMs: number,
    private readonly onEnd: () => void,
  ) {
    this.base = { positionMs: 0, at: timeline.now };
  }

  get positionMs(): number {
    const movedMs = this.isPlaying ? (this.timeline.now - this.base.at) * this.speed : 0;
    return Math.min(this.durationMs, this.base.positionMs + movedMs);
  }

  get isAtEnd(): boolean {
    return this.positionMs >= this.durationMs - 0.5;
  }

  get state(): PlaybackState {
    if (this.isAtEnd) return 'ENDED';
    return this.isPlaying ? 'PLAYING' : 'PAUSED';
  }

  play(): void {
    this.restart(this.positionMs, !this.isAtEnd);
  }

  pause(): void {
    this.restart(this.positionMs, false);
  }

  seekTo(positionMs: number): void {
    this.restart(Math.min(positionMs, this.durationMs), this.isPlaying);
  }

  setSpeed(speed: number): void {
    const { positionMs } = this;
    this.speed = speed;
    this.restart(positionMs, this.isPlaying);
  }

  private restart(positionMs: number, isPlaying: boolean): void {
    this.base = { positionMs, at: this.timeline.now };
    this.isPlaying = isPlaying;
    const generation = (this.generation += 1);
    if (!isPlaying) return;
    this.timeline.after((this.durationMs - positionMs) / this.speed, () => {
      if (generation !== this.generation) return;
      this.restart(this.durationMs, false);
      this.onEnd();
    });
  }
}
