import type { FakeClock } from '../clock.fake.js';

/** A video element as far as the playback sensor looks at one: it plays by the fake clock, ticking every 250 ms. */
export class FakeVideo extends EventTarget {
  paused = true;
  seeking = false;
  ended = false;
  disablePictureInPicture = false;
  disableRemotePlayback = false;
  #rate = 1;
  #position = 0;
  #since: number | null = null;

  constructor(
    private readonly clock: FakeClock,
    readonly duration: number,
  ) {
    super();
  }

  get currentTime(): number {
    const moved = this.#since === null ? 0 : ((this.clock.mono() - this.#since) / 1000) * this.#rate;
    return Math.min(this.duration, this.#position + moved);
  }

  set currentTime(seconds: number) {
    this.#position = seconds;
    this.#since = this.#since === null ? null : this.clock.mono();
    this.ended = false;
    this.seeking = true;
    this.clock.after(1, () => this.#fire('seeking'));
    this.clock.after(20, () => {
      this.seeking = false;
      this.#fire('seeked');
    });
  }

  get playbackRate(): number {
    return this.#rate;
  }

  set playbackRate(rate: number) {
    this.#settle();
    this.#rate = rate;
    this.clock.after(1, () => this.#fire('ratechange'));
  }

  play(): Promise<void> {
    if (this.paused) {
      this.paused = false;
      this.#since = this.clock.mono();
      this.clock.after(1, () => this.#fire('play'));
      this.#tick();
    }
    return Promise.resolve();
  }

  pause(): void {
    if (this.paused) return;
    this.#settle();
    this.paused = true;
    this.#since = null;
    this.clock.after(1, () => this.#fire('pause'));
  }

  #settle(): void {
    this.#position = this.currentTime;
    if (this.#since !== null) this.#since = this.clock.mono();
  }

  #tick(): void {
    this.clock.after(250, () => {
      if (this.paused) return;
      this.#fire('timeupdate');
      if (this.currentTime < this.duration) return this.#tick();
      this.#settle();
      this.#since = null;
      this.paused = true;
      this.ended = true;
      this.#fire('pause');
      this.#fire('ended');
    });
  }

  #fire(event: string): void {
    this.dispatchEvent(new Event(event));
  }
}
