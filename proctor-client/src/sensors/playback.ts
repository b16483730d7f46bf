import type { PlaybackState, WindowReportKind } from '@xuejian/protocol';
import type { Clock } from '../clock.js';
import type { BeatDraft } from '../connection/outbox.js';
import type { Frontier } from './frontier.js';

/** A server position this far behind ours means that credit was withheld. */
const WITHHELD_MS = 300;
/** Nearer to the end than this the lesson has been watched: containers and players disagree about the last frames. */
const UNFINISHED_MS = 1_000;
/** A drag fires dozens of events: one report tells as much. */
const REPORT_EVERY_MS = 1_000;

export interface PlaybackLimits {
  readonly heartbeatMs: number;
  readonly maxRate: number;
  readonly durationMs: number;
}

export interface PlaybackObserver {
  onBeat(beat: BeatDraft): void;
  onReport(kind: WindowReportKind, detail: Readonly<Record<string, string | number | boolean | null>>): void;
  onEnded(): void;
  /** The browser wants a click before it plays. */
  onPlayRefused(): void;
}

/** What the sensor needs of the page: the video, and whether it can be seen. */
export interface PlaybackParts {
  readonly video: HTMLVideoElement;
  readonly frontier: Frontier;
  readonly clock: Clock;
  readonly isVisible: () => boolean;
  readonly isInPictureInPicture: () => boolean;
  readonly observer: PlaybackObserver;
}

interface Sample {
  readonly positionMs: number;
  readonly mono: number;
  readonly isPlaying: boolean;
}

/**
 * Watches the video: beats, seeks, rate. A forward seek and a higher rate are undone before they are reported, so that
 * no beat ever claims them; the server judges by its own arithmetic all the same.
 */
export class PlaybackSensor {
  #limits: PlaybackLimits = { heartbeatMs: 10_000, maxRate: 1, durationMs: 0 };
  #isHeld = true;
  #wantsPlay = false;
  #last: Sample;
  #lastBeat: BeatDraft | null = null;
  #cancelHeartbeat: (() => void) | null = null;
  readonly #reportedAt = new Map<WindowReportKind, number>();
  readonly #undo: (() => void)[] = [];

  constructor(private readonly parts: PlaybackParts) {
    this.#last = this.#now();
  }

  get positionMs(): number {
    const ms = Math.max(0, this.parts.video.currentTime * 1000);
    return this.#limits.durationMs > 0 ? Math.min(ms, this.#limits.durationMs) : ms;
  }

  /** The trainee means to go on playing once nothing holds. */
  get wantsPlay(): boolean {
    return this.#wantsPlay;
  }

  attach(): void {
    const { video } = this.parts;
    video.disablePictureInPicture = true;
    video.disableRemotePlayback = true;
    (video as HTMLVideoElement & { controlsList?: DOMTokenList }).controlsList?.add('noplaybackrate', 'nodownload', 'noremoteplayback');
    const handlers: Readonly<Record<string, () => void>> = {
      play: () => this.#onPlay(),
      pause: () => this.#onPause(),
      seeking: () => this.#onSeeking(),
      seeked: () => this.#onSeeked(),
      timeupdate: () => this.#sample(),
      ratechange: () => this.#onRateChange(),
      ended: () => this.#onEnded(),
    };
    for (const [event, handler] of Object.entries(handlers)) {
      video.addEventListener(event, handler);
      this.#undo.push(() => video.removeEventListener(event, handler));
    }
    if (!video.paused) this.#wantsPlay = true;
    this.hold(null);
  }

  configure(limits: PlaybackLimits): void {
    this.#limits = limits;
    this.#onRateChange();
  }

  /** Pauses at once and tells where; goes back to `positionMs` when credit beyond it is withheld. */
  hold(positionMs: number | null): void {
    const { video } = this.parts;
    this.#isHeld = true;
    if (!video.paused) {
      this.#sample();
      this.#wantsPlay = true;
      video.pause();
      this.#beat('PAUSED');
    }
    this.#stopHeartbeat();
    this.#goBackTo(positionMs);
  }

  /** Play may go on, and does if the trainee was playing. */
  release(positionMs: number | null): void {
    this.#isHeld = false;
    this.#goBackTo(positionMs);
    if (this.parts.video.ended && !this.parts.video.seeking) this.#onEnded();
    else if (this.#wantsPlay) this.play();
  }

  /** Plays, or remembers the wish while something holds. */
  play(): void {
    this.#wantsPlay = true;
    if (this.#isHeld) return;
    this.parts.video.play().catch((error: unknown) => {
      if ((error as DOMException | null)?.name === 'NotAllowedError') {
        this.#wantsPlay = false;
        this.parts.observer.onPlayRefused();
      }
    });
  }

  playFrom(positionMs: number): void {
    this.seekTo(positionMs);
    this.play();
  }

  seekTo(positionMs: number): void {
    this.parts.video.currentTime = positionMs / 1000;
  }

  /** A last beat, when the page goes away. */
  flush(): void {
    this.#sample();
    if (this.#last.isPlaying) this.#beat('PAUSED');
  }

  detach(): void {
    this.#stopHeartbeat();
    for (const undo of this.#undo.splice(0)) undo();
  }

  #onPlay(): void {
    this.#wantsPlay = true;
    if (this.#isHeld) {
      this.parts.video.pause();
      // The few frames shown before the pause were not credited: without this they would be a hole in the coverage.
      if (this.positionMs > this.#last.positionMs) this.seekTo(this.#last.positionMs);
      return;
    }
    this.#last = this.#resumed();
    this.#beat('PLAYING', this.#last);
  }

  #onPause(): void {
    this.#sample();
    if (!this.#isHeld && !this.parts.video.ended && this.parts.isVisible()) this.#wantsPlay = false;
    if (!this.parts.video.ended) this.#beat('PAUSED');
    this.#stopHeartbeat();
  }

  #onSeeking(): void {
    const { frontier } = this.parts;
    const targetMs = this.positionMs;
    if (!frontier.allows(targetMs)) {
      const backMs = Math.min(this.#last.positionMs, frontier.ms);
      this.seekTo(backMs);
      this.#last = { ...this.#now(), positionMs: backMs, isPlaying: false };
      this.#report('SEEK_BLOCKED', { fromMs: Math.round(backMs), toMs: Math.round(targetMs) });
      return;
    }
    // Play ends where it was last seen: no run of credit may span a seek.
    if (this.#lastBeat?.state === 'PLAYING') this.#beat('PAUSED', this.#last);
    this.#last = { ...this.#now(), isPlaying: false };
  }

  #onSeeked(): void {
    if (this.parts.video.seeking) return;
    this.#last = this.#resumed();
    this.#beat(this.#state(), this.#last);
  }

  #onRateChange(): void {
    const { video } = this.parts;
    const rate = video.playbackRate;
    if (rate > this.#limits.maxRate + 0.001) {
      video.playbackRate = this.#limits.maxRate;
      this.#report('RATE_BLOCKED', { rate });
      return;
    }
    if (this.#lastBeat && this.#lastBeat.rate !== rate) this.#beat(this.#state());
  }

  #onEnded(): void {
    this.#sample();
    this.#wantsPlay = false;
    this.#stopHeartbeat();
    if (this.#isHeld) return;
    this.#beat(this.#state());
    this.parts.observer.onEnded();
  }

  #goBackTo(positionMs: number | null): void {
    if (positionMs === null || positionMs >= this.positionMs - WITHHELD_MS) return;
    this.parts.frontier.cutAt(positionMs);
    this.seekTo(positionMs);
  }

  #state(): PlaybackState {
    const { video } = this.parts;
    // With a hole behind it the end is only a stop: the lesson is not claimed to be watched.
    if (video.ended && this.#limits.durationMs - this.parts.frontier.ms < UNFINISHED_MS) return 'ENDED';
    return video.paused || this.#isHeld ? 'PAUSED' : 'PLAYING';
  }

  #now(): Sample {
    const { video, clock } = this.parts;
    return { positionMs: this.positionMs, mono: clock.mono(), isPlaying: !video.paused && !video.seeking };
  }

  /** `play` and `seeked` arrive some frames late: play began where it stood still, and the beat says so. */
  #resumed(): Sample {
    const now = this.#now();
    const stoodAt = this.#last;
    const lateMs = now.positionMs - stoodAt.positionMs;
    return !stoodAt.isPlaying && lateMs >= 0 && lateMs < 500 ? { ...now, positionMs: stoodAt.positionMs } : now;
  }

  #sample(): void {
    const before = this.#last;
    const { video } = this.parts;
    if (video.seeking) return;
    const now = this.#now();
    const elapsedMs = (now.mono - before.mono) * Math.max(1, video.playbackRate);
    const stepMs = now.positionMs - before.positionMs;
    if (before.isPlaying && stepMs > 0 && stepMs <= elapsedMs * 1.1 + 500) {
      this.parts.frontier.played(before.positionMs, now.positionMs);
    }
    this.#last = now;
  }

  #beat(state: PlaybackState, at: Sample = this.#now()): void {
    const previous = this.#lastBeat;
    const isNews = !previous || state === 'PLAYING' || previous.state !== state || Math.abs(previous.positionMs - at.positionMs) > 1;
    if (isNews) {
      const beat: BeatDraft = {
        positionMs: Math.round(at.positionMs),
        rate: this.parts.video.playbackRate,
        state,
        clientMonoMs: at.mono,
        clientWallAt: this.parts.clock.wall(),
        visible: this.parts.isVisible(),
        pictureInPicture: this.parts.isInPictureInPicture(),
      };
      this.#lastBeat = beat;
      this.parts.observer.onBeat(beat);
    }
    if (state === 'PLAYING') this.#startHeartbeat();
  }

  #startHeartbeat(): void {
    this.#stopHeartbeat();
    this.#cancelHeartbeat = this.parts.clock.after(this.#limits.heartbeatMs, () => {
      this.#cancelHeartbeat = null;
      this.#sample();
      if (this.#state() === 'PLAYING') this.#beat('PLAYING');
    });
  }

  #stopHeartbeat(): void {
    this.#cancelHeartbeat?.();
    this.#cancelHeartbeat = null;
  }

  #report(kind: WindowReportKind, detail: Readonly<Record<string, string | number | boolean | null>>): void {
    const now = this.parts.clock.mono();
    if (now - (this.#reportedAt.get(kind) ?? -Infinity) < REPORT_EVERY_MS) return;
    this.#reportedAt.set(kind, now);
    this.parts.observer.onReport(kind, detail);
  }
}
