import { describe, expect, it } from '@jest/globals';
import type { WindowReported } from './event.js';
import { cameraDoubt } from './camera-tells.js';
import { NANYANG } from './testing/nanyang-policy.js';

const { doubtScore } = NANYANG.camera;

/** A webcam as Chromium shows it. */
const webcam = {
  camera: 'Integrated Webcam', cameraId: 'a1', width: 640, height: 480, trackClass: 'MediaStreamTrack', isLabelId: false, hasGroupId: true, isNative: true, isOwn: false, jitterMs: 2.6,
} as const satisfies WindowReported['detail'];
const doubt = (changes: WindowReported['detail'] = {}) => cameraDoubt({ ...webcam, ...changes });

describe('signs of a made-up stream', () => {
  it.each([
    ['MADE_UP_TRACK', { trackClass: 'CanvasCaptureMediaStreamTrack' }, 0.5],
    ['MADE_UP_TRACK', { trackClass: 'MediaStreamTrackGenerator' }, 0.5],
    ['LABEL_IS_ID', { isLabelId: true }, 0.3],
    ['NO_GROUP', { hasGroupId: false }, 0.2],
    ['WRAPPED', { isNative: false }, 0.4],
    ['OWN_PROPERTY', { isOwn: true }, 0.3],
    ['SOFTWARE_NAME', { camera: 'OBS Virtual Camera' }, 0.4],
    ['EVEN_FRAMES', { jitterMs: 0.2 }, 0.15],
  ])('%s by %j weighs alone less than a doubt', (tell, changes, score) => {
    expect(doubt(changes)).toEqual({ tells: [tell], score });
    expect(score).toBeLessThan(doubtScore);
  });

  it.each([
    ['a webcam', {}],
    ['a browser that tells little', { hasGroupId: null, isNative: null, jitterMs: null }],
    ['an old page that tells nothing', { trackClass: null, isLabelId: null, hasGroupId: null, isNative: null, isOwn: null, jitterMs: null }],
    ['frames with the least jitter of a lens', { jitterMs: 0.25 }],
  ])('%s shows none', (_what, changes) => {
    expect(doubt(changes)).toEqual({ tells: [], score: 0 });
  });

  it('an extension that guards privacy and wraps the camera raises no doubt', () => {
    const { score } = doubt({ isNative: false, isOwn: true });
    expect(score).toBe(0.58);
    expect(score).toBeLessThan(doubtScore);
  });

  it('a canvas in place of the camera does, also where its trace in the page is hidden', () => {
    const canvas = { trackClass: 'CanvasCaptureMediaStreamTrack', isLabelId: true, hasGroupId: false };
    expect(doubt(canvas).score).toBe(0.72);
    expect(doubt(canvas).score).toBeGreaterThanOrEqual(doubtScore);
    expect(doubt({ ...canvas, isNative: false, isOwn: true, jitterMs: 0.1 })).toEqual({
      tells: ['MADE_UP_TRACK', 'LABEL_IS_ID', 'NO_GROUP', 'WRAPPED', 'OWN_PROPERTY', 'EVEN_FRAMES'], score: 0.9,
    });
  });
});
