import type { Clock } from '../clock.js';
import { type CameraDetail, cameraName, observeCamera } from './camera-tells.js';

export interface CameraObserver {
  onLost(): void;
  onBack(): void;
  /** Another camera than before gives the pictures now. */
  onChanged(): void;
  /** What there is to see of where the pictures come from, once they run. */
  onObserved(detail: CameraDetail): void;
}

/** A muted track may come back within this; a flicker is not a loss. */
const MUTE_GRACE_MS = 1_500;

export const openDefaultCamera = (): Promise<MediaStream> =>
  navigator.mediaDevices.getUserMedia({
    audio: false,
    video: { width: { ideal: 640 }, height: { ideal: 480 }, facingMode: 'user' },
  });

/** Holds the camera: one stream, one hidden video that pictures are taken from, and the word when it is gone. */
export class CameraSensor {
  #stream: MediaStream | null = null;
  #isLost = false;
  #video: HTMLVideoElement | null = null;
  #cancelMute: (() => void) | null = null;

  constructor(
    private readonly open: () => Promise<MediaStream>,
    private readonly clock: Clock,
    private readonly observer: CameraObserver,
  ) {}

  get stream(): MediaStream | null {
    return this.#stream;
  }

  get label(): string | null {
    return this.#stream?.getVideoTracks()[0]?.label.slice(0, 200) ?? null;
  }

  /** By which the camera is told from another one. */
  get name(): CameraDetail {
    const track = this.#stream?.getVideoTracks()[0];
    return track ? cameraName(track) : { camera: null };
  }

  /** Asks for the camera, also again after a loss. Rejects when the trainee or the device refuses. */
  async start(): Promise<MediaStream> {
    const before = this.#stream && !this.#isLost ? JSON.stringify(this.name) : null;
    const stream = await this.open();
    this.#release();
    this.#stream = stream;
    const track = stream.getVideoTracks()[0];
    if (!track) throw new Error('the camera stream has no video track');
    track.addEventListener('ended', () => this.#lost(stream));
    track.addEventListener('mute', () => {
      this.#cancelMute = this.clock.after(MUTE_GRACE_MS, () => this.#lost(stream));
    });
    track.addEventListener('unmute', () => {
      this.#cancelMute?.();
      this.#back(stream);
    });
    const video = await this.#show(stream);
    this.#back(stream);
    if (before !== null && before !== JSON.stringify(this.name)) this.observer.onChanged();
    void observeCamera(track, video).then((detail) => {
      if (this.#stream === stream) this.observer.onObserved(detail);
    });
    return stream;
  }

  /** One JPEG as the camera sees it (never mirrored), its short side `shortSide` px at the most; `null` when there is nothing to see. */
  async capture(shortSide: number, quality: number): Promise<Uint8Array | null> {
    const video = this.#video;
    if (this.#isLost || !video || video.videoWidth === 0 || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return null;
    // A phone held upright gives as many pixels as one that lies.
    const scale = Math.min(1, shortSide / Math.min(video.videoWidth, video.videoHeight));
    const blob = await drawJpeg(video, Math.round(video.videoWidth * scale), Math.round(video.videoHeight * scale), quality);
    return blob && new Uint8Array(await blob.arrayBuffer());
  }

  stop(): void {
    this.#release();
    this.#video?.remove();
    this.#video = null;
  }

  async #show(stream: MediaStream): Promise<HTMLVideoElement> {
    if (!this.#video) {
      const video = document.createElement('video');
      video.muted = true;
      video.playsInline = true;
      video.setAttribute('aria-hidden', 'true');
      video.tabIndex = -1;
      // Kept in the page: Safari does not decode a stream for a detached element.
      video.style.cssText = 'position:fixed;inset:auto auto 0 0;width:2px;height:2px;opacity:0;pointer-events:none';
      document.body.append(video);
      this.#video = video;
    }
    this.#video.srcObject = stream;
    await this.#video.play();
    return this.#video;
  }

  #lost(stream: MediaStream): void {
    if (this.#stream !== stream || this.#isLost) return;
    this.#isLost = true;
    this.observer.onLost();
  }

  #back(stream: MediaStream): void {
    if (this.#stream !== stream || !this.#isLost) return;
    this.#isLost = false;
    this.observer.onBack();
  }

  #release(): void {
    this.#cancelMute?.();
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = null;
  }
}

async function drawJpeg(video: HTMLVideoElement, width: number, height: number, quality: number): Promise<Blob | null> {
  if (typeof OffscreenCanvas !== 'undefined') {
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext('2d');
    if (context) {
      context.drawImage(video, 0, 0, width, height);
      return canvas.convertToBlob({ type: 'image/jpeg', quality });
    }
  }
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  canvas.getContext('2d')?.drawImage(video, 0, 0, width, height);
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', quality));
}
