import type { Page } from 'playwright-core';

/** JPEG frames of one person; `test/support/camera/actor.ts` makes them. */
export interface ActorFrames {
  readonly neutral: readonly Buffer[];
  readonly closedEyes: readonly Buffer[];
  readonly openMouth: readonly Buffer[];
  readonly turnLeft: readonly Buffer[];
  readonly turnRight: readonly Buffer[];
  readonly nod: readonly Buffer[];
  readonly leanIn: readonly Buffer[];
}

/** How the camera of a page behaves, switchable while it runs. */
export interface ActorCamera {
  /** Does what the SDK asks for, as an honest trainee (the default). */
  follow(): Promise<void>;
  /** Keeps still whatever is asked for. */
  freeze(): Promise<void>;
  /** A hand over the lens: black. */
  cover(): Promise<void>;
  /** Nobody in view: a grey wall. */
  leave(): Promise<void>;
  /** Pulled out: tracks end, and there is no camera to open. */
  unplug(): Promise<void>;
  plugIn(): Promise<void>;
  /** Another person sits down. */
  swap(frames: ActorFrames): Promise<void>;
}

type Mode = 'follow' | 'freeze' | 'cover' | 'leave' | 'unplug';
type Encoded = Readonly<Record<keyof ActorFrames, readonly string[]>>;
interface CameraWindow {
  actorCamera: { setMode(mode: Mode): void; setFrames(frames: Encoded): Promise<void> };
}

/**
 * Puts a camera into the page that plays an actor: `getUserMedia` answers with the stream of a canvas. Call it before the
 * page is opened; it survives navigation within the page. Test gear: its tells of a virtual camera are expected.
 */
export async function installActorCamera(page: Page, frames: ActorFrames): Promise<ActorCamera> {
  await page.addInitScript(cameraInPage, encode(frames));
  const setMode = (mode: Mode) => async (): Promise<void> => {
    await page.evaluate((next) => (window as unknown as CameraWindow).actorCamera.setMode(next), mode);
  };
  return {
    follow: setMode('follow'),
    freeze: setMode('freeze'),
    cover: setMode('cover'),
    leave: setMode('leave'),
    unplug: setMode('unplug'),
    plugIn: setMode('follow'),
    swap: async (other) => {
      const encoded = encode(other);
      await page.addInitScript((next) => void (window as unknown as CameraWindow).actorCamera.setFrames(next), encoded);
      await page.evaluate((next) => (window as unknown as CameraWindow).actorCamera.setFrames(next), encoded);
    },
  };
}

function encode(frames: ActorFrames): Encoded {
  const texts = (pictures: readonly Buffer[]): readonly string[] => pictures.map((frame) => frame.toString('base64'));
  return {
    neutral: texts(frames.neutral),
    closedEyes: texts(frames.closedEyes),
    openMouth: texts(frames.openMouth),
    turnLeft: texts(frames.turnLeft),
    turnRight: texts(frames.turnRight),
    nod: texts(frames.nod),
    leanIn: texts(frames.leanIn),
  };
}

/** Runs in the page and can use nothing of this module. */
function cameraInPage(first: Encoded): void {
  const MODE_KEY = 'actor-camera.mode';
  const ROLE_OF: Readonly<Record<string, keyof ActorFrames>> = {
    BLINK: 'closedEyes', OPEN_MOUTH: 'openMouth', TURN_LEFT: 'turnLeft', TURN_RIGHT: 'turnRight', NOD: 'nod', LEAN_IN: 'leanIn',
  };
  const FRAME_MS = 100;
  const SLIP_PX = 6;
  let mode = (sessionStorage.getItem(MODE_KEY) ?? 'follow') as Mode;
  let images: Partial<Record<keyof ActorFrames, readonly ImageBitmap[]>> = {};
  const tracks: MediaStreamTrack[] = [];

  const setFrames = async (encoded: Encoded): Promise<void> => {
    const decode = async (text: string): Promise<ImageBitmap> => {
      const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
      return createImageBitmap(new Blob([bytes], { type: 'image/jpeg' }));
    };
    const entries = Object.entries(encoded) as [keyof ActorFrames, readonly string[]][];
    images = Object.fromEntries(await Promise.all(entries.map(async ([role, texts]) => [role, await Promise.all(texts.map(decode))] as const)));
  };
  const loaded = setFrames(first);

  const draw = (context: CanvasRenderingContext2D): void => {
    const { width, height } = context.canvas;
    if (mode === 'cover' || mode === 'leave') {
      context.fillStyle = mode === 'cover' ? '#000' : '#8a8f94';
      context.fillRect(0, 0, width, height);
      return;
    }
    const act = document.querySelector('xuejian-proctor')?.getAttribute('data-xj-act') ?? '';
    const frames = images[mode === 'follow' ? (ROLE_OF[act] ?? 'neutral') : 'neutral'] ?? [];
    const frame = frames[Math.floor(performance.now() / FRAME_MS) % Math.max(1, frames.length)];
    // Framed a little anew each time: no lens gives the same picture twice.
    const slip = (): number => Math.random() * SLIP_PX;
    if (frame) context.drawImage(frame, slip(), slip(), frame.width - SLIP_PX, frame.height - SLIP_PX, 0, 0, width, height);
  };

  const open = async (): Promise<MediaStream> => {
    await loaded;
    if (mode === 'unplug') throw new DOMException('Requested device not found', 'NotFoundError');
    const canvas = document.createElement('canvas');
    canvas.width = 640;
    canvas.height = 480;
    const context = canvas.getContext('2d');
    if (!context) throw new Error('no canvas');
    draw(context);
    const timer = setInterval(() => draw(context), 33);
    const stream = canvas.captureStream(30);
    for (const track of stream.getVideoTracks()) {
      tracks.push(track);
      track.addEventListener('ended', () => clearInterval(timer));
    }
    return stream;
  };
  Object.defineProperty(navigator.mediaDevices, 'getUserMedia', { configurable: true, value: open });

  const setMode = (next: Mode): void => {
    mode = next;
    sessionStorage.setItem(MODE_KEY, next);
    if (next !== 'unplug') return;
    for (const track of tracks.splice(0)) {
      track.stop();
      // `stop` is silent by the standard; a device that goes away is not.
      track.dispatchEvent(new Event('ended'));
    }
  };
  (window as unknown as CameraWindow).actorCamera = { setMode, setFrames };
}
