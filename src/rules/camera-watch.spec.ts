import { describe, expect, it } from '@jest/globals';
import type { WindowReported } from './event.js';
import { NANYANG } from './testing/nanyang-policy.js';
import { aPolicy, minutes } from './testing/opening.js';
import { aSession, type Story } from './testing/story.js';

const webcam = { camera: 'camera', cameraId: 'a1', width: 640, height: 480, trackClass: 'MediaStreamTrack', isLabelId: false, hasGroupId: true, isNative: true, isOwn: false, jitterMs: 2 };
const canvas = { ...webcam, trackClass: 'CanvasCaptureMediaStreamTrack', isLabelId: true, hasGroupId: false };
const setup = { durationMs: minutes(8), faceChecks: [], snapshots: [{ part: 0, atMs: minutes(1) }] };

const studying = (): Story => aSession(setup).begins().plays(minutes(2));
const observed = (story: Story, detail: WindowReported['detail'] = webcam): Story => story.reports('CAMERA_OBSERVED', detail);
const reasons = (story: Story) => story.journal.flatMap((event) => (event.type === 'liveness.requested' ? [event.reason] : []));
const acts = (story: Story) => story.journal.flatMap((event) => (event.type === 'liveness.requested' ? [event.demand?.acts] : []));
const toTheEnd = (story: Story): Story => story.playsToTheEnd().finishes();

describe('R4: what the page sees of its camera', () => {
  it('asks nothing of who has a webcam, also when it is seen again after a reload', () => {
    const story = toTheEnd(observed(observed(studying()).reloads()));
    expect([story.codes, reasons(story), story.verdict]).toEqual([[], ['SESSION_START'], 'VALID']);
  });

  it('asks for one act more, at once, of who shows a made-up stream, and convicts nobody', () => {
    const story = toTheEnd(observed(studying(), canvas));
    expect(story.state.findings).toMatchObject([{
      code: 'R4_CAMERA_DOUBT', effect: 'RECORD_ONLY', attribution: 'UNKNOWN', detail: { camera: 'camera', score: 0.72, tells: 'MADE_UP_TRACK LABEL_IS_ID NO_GROUP' },
    }]);
    expect(reasons(story)).toEqual(['SESSION_START', 'DOUBT']);
    expect(acts(story)).toEqual([NANYANG.face.acts, NANYANG.face.acts + 1]);
    expect(story.verdict).toBe('VALID');
  });

  it('tells it once of a camera, and again when it shows more', () => {
    const story = observed(observed(studying(), canvas).passesLiveness(), canvas);
    expect(reasons(story)).toEqual(['SESSION_START', 'DOUBT']);
    observed(story, { ...canvas, isOwn: true }).passesLiveness();
    expect(reasons(story)).toEqual(['SESSION_START', 'DOUBT', 'DOUBT']);
  });

  it('weighs at the number of the policy', () => {
    const codes = (doubtScore: number) => observed(aSession({ ...setup, policy: aPolicy({ camera: { doubtScore } }) }).begins(), canvas).codes;
    expect([codes(0.72), codes(0.721)]).toEqual([['R4_CAMERA_DOUBT'], []]);
  });

  it('asks who sits there when another camera gives the pictures, by its label or by its id', () => {
    for (const other of [{ ...webcam, camera: 'other' }, { ...webcam, cameraId: 'b2' }]) {
      const story = observed(observed(studying()), other);
      expect(story.passesLiveness().codes).toEqual([]);
      expect(reasons(story)).toEqual(['SESSION_START', 'DOUBT']);
    }
  });

  it('asks so too when another one comes back, and not when the same does', () => {
    const back = (camera: WindowReported['detail']) => observed(studying()).reports('CAMERA_LOST').reports('CAMERA_BACK', camera).passesLiveness();
    expect(reasons(back({ camera: 'camera', cameraId: 'a1' }))).toEqual(['SESSION_START']);
    expect(reasons(back({ camera: 'camera', cameraId: 'b2' }))).toEqual(['SESSION_START', 'DOUBT']);
    expect(back({ camera: 'camera', cameraId: 'a1' }).state.holds).toEqual([]);
  });

  it('is not concerned by what other cameras are installed: only the one in use is named', () => {
    expect(toTheEnd(observed(studying(), { ...webcam, installed: 'OBS Virtual Camera' })).codes).toEqual([]);
  });
});

describe('R4: a camera that gives too few pixels', () => {
  it('holds play until another one is used, and is told once', () => {
    const story = observed(observed(aSession(setup).joined(), { ...webcam, width: 320, height: 240 }), { ...webcam, width: 320, height: 240 }).resumes().timePasses(minutes(3));
    expect(story.codes).toEqual(['R4_CAMERA_TOO_SMALL']);
    expect(story.state.findings).toMatchObject([{ effect: 'WITHHOLD_INTERVAL', attribution: 'ENVIRONMENT', detail: { width: 320, height: 240, minPixels: 300_000 } }]);
    expect([story.state.holds, story.creditedMs]).toEqual([['FACE_CHECK', 'CAMERA'], 0]);
    expect(toTheEnd(observed(story, { ...webcam, cameraId: 'b2' })).verdict).toBe('VALID');
  });

  it.each([
    [600, 500, []],
    [599, 500, ['R4_CAMERA_TOO_SMALL']],
    [480, 640, []],
  ])('%d×%d of the 300,000 asked for: %j', (width, height, codes) => {
    expect(observed(studying(), { ...webcam, width, height }).codes).toEqual(codes);
  });

  it('is enough where the policy says so, where no face check is asked for, and where the page does not say', () => {
    const small = { ...webcam, width: 320, height: 240 };
    expect(observed(aSession({ ...setup, policy: aPolicy({ camera: { minPixels: 76_800 } }) }).begins(), small).codes).toEqual([]);
    expect(observed(aSession({ ...setup, policy: aPolicy({ face: { required: false } }) }).joined(), small).codes).toEqual(['R4_NOT_REQUIRED']);
    expect(observed(studying(), { camera: 'camera', cameraId: 'a1' }).codes).toEqual([]);
  });
});
