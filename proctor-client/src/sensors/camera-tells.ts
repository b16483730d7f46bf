import type { WindowReport } from '@xuejian/protocol';

export type CameraDetail = NonNullable<WindowReport['detail']>;

const TIMED_FRAMES = 30;
const TIMING_WINDOW_MS = 4_000;
const NATIVE = /^function getUserMedia\(\) \{\s*\[native code\]\s*\}$/;

/** By which a camera is told from another one. */
export function cameraName(track: MediaStreamTrack): CameraDetail {
  return { camera: track.label.slice(0, 200), cameraId: track.getSettings().deviceId?.slice(0, 32) ?? null };
}

/** What the browser lets a page see of where the pictures come from. The server weighs it; alone it proves nothing. */
export async function observeCamera(track: MediaStreamTrack, video: HTMLVideoElement): Promise<CameraDetail> {
  const { deviceId } = track.getSettings();
  const capabilities = typeof track.getCapabilities === 'function' ? track.getCapabilities() : null;
  return {
    ...cameraName(track),
    width: video.videoWidth,
    height: video.videoHeight,
    trackClass: Object.prototype.toString.call(track).slice(8, -1).slice(0, 60),
    isLabelId: deviceId !== undefined && track.label === deviceId,
    hasGroupId: capabilities && 'groupId' in capabilities,
    isNative: isNative(),
    isOwn: Object.hasOwn(navigator.mediaDevices, 'getUserMedia'),
    jitterMs: await jitterOf(video),
  };
}

/** Asked of a frame of our own, whose functions nothing in the page has touched. */
function isNative(): boolean | null {
  const frame = document.createElement('iframe');
  frame.hidden = true;
  document.body.append(frame);
  try {
    const realm = frame.contentWindow as (Window & typeof globalThis) | null;
    return realm && NATIVE.test(realm.Function.prototype.toString.call(navigator.mediaDevices.getUserMedia));
  } catch {
    return null;
  } finally {
    frame.remove();
  }
}

/** Standard deviation of the time between frames, ms; null where the browser does not tell, or too few come. */
function jitterOf(video: HTMLVideoElement): Promise<number | null> {
  if (typeof video.requestVideoFrameCallback !== 'function') return Promise.resolve(null);
  return new Promise((resolve) => {
    const times: number[] = [];
    const timer = setTimeout(() => resolve(null), TIMING_WINDOW_MS);
    const take: VideoFrameRequestCallback = (_now, { mediaTime }) => {
      times.push(mediaTime * 1_000);
      if (times.length <= TIMED_FRAMES) return void video.requestVideoFrameCallback(take);
      clearTimeout(timer);
      resolve(jitter(times));
    };
    video.requestVideoFrameCallback(take);
  });
}

/** Standard deviation of the gaps between instants. */
export function jitter(times: readonly number[]): number {
  const gaps = times.slice(1).map((time, index) => time - times[index]!);
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  return Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length);
}
