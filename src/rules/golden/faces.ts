import { expect } from '@jest/globals';
import { minutes, seconds } from '../testing/opening.js';
import { aSession, type Story } from '../testing/story.js';
import { calm, faceChecksIn, type StoryCase, toTheEnd } from './golden-case.js';

/** What stands before the camera at the first face check, again and again. */
const withBurst = (kind: Story['trainee']['usualBurst']): Story => {
  const story = aSession(calm);
  story.trainee.usualBurst = kind;
  return story.joined().resumes();
};

const withCamera = (label: string | null): Story => {
  const story = aSession(calm);
  story.browser.camera = label;
  return story.joined().resumes();
};

/** A camera that looks like a virtual one, then a real one in its place. */
const fromVirtualToReal = (): Story => {
  const story = withCamera('OBS Virtual Camera').timePasses(minutes(2));
  expect([story.state.holds, story.creditedMs, faceChecksIn(story)]).toEqual([['FACE_CHECK', 'CAMERA'], 0, []]);
  return toTheEnd(story.reports('CAMERA_CHANGED', { camera: 'Integrated Webcam' }));
};

const suspected = { code: 'R4_VIRTUAL_CAMERA', attribution: 'UNKNOWN', effect: 'REVIEW' } as const;

/** R4 无法进行人脸活体比对 and R6 每课时无随机保留影像照片: what the camera sees */
export const faces: readonly StoryCase[] = [
  {
    number: 40,
    title: 'face away at a snapshot, retry in 60 s ok',
    ends: [{ verdict: 'VALID', code: 'R6_RETRIED', attribution: 'TRAINEE_CONDUCT', effect: 'RECORD_ONLY' }],
    tell: () => {
      const story = aSession(calm).begins();
      story.trainee.pictures.push('NOBODY');
      return [toTheEnd(story)];
    },
  },
  {
    number: 41,
    title: 'nobody in view at both snapshots and retries',
    ends: [{ verdict: 'INVALID', code: 'R6_FACE_ABSENT', attribution: 'TRAINEE_CONDUCT', effect: 'INVALIDATE_SESSION', besides: ['R6_SNAPSHOT_MISSED'] }],
    tell: () => {
      const story = aSession(calm).begins();
      story.trainee.usualPicture = 'NOBODY';
      expect(story.plays(minutes(1)).timePasses(seconds(2)).state.holds).toEqual(['SNAPSHOT_RETRY']);
      return [toTheEnd(story)];
    },
  },
  {
    number: 42,
    title: 'second person walks by',
    ends: [
      { verdict: 'VALID', code: 'R6_MULTIPLE_FACES', attribution: 'UNKNOWN', effect: 'RECORD_ONLY', besides: ['R6_RETRIED'] },
      { verdict: 'PENDING_REVIEW', code: 'R6_MULTIPLE_FACES', attribution: 'UNKNOWN', effect: 'REVIEW', besides: ['R6_RETRIED'] },
    ],
    tell: () => {
      const once = aSession(calm).begins();
      once.trainee.pictures.push('TWO_PEOPLE');
      const again = aSession(calm).begins();
      again.trainee.pictures.push('TWO_PEOPLE', 'TRAINEE', 'TWO_PEOPLE');
      return [toTheEnd(once), toTheEnd(again)];
    },
  },
  {
    number: 43,
    title: 'glasses',
    ends: [{ verdict: 'VALID', code: null }],
    tell: () => {
      const story = aSession({ ...calm, faceChecks: [{ part: 0, atMs: minutes(3) }] });
      story.trainee.usualBurst = 'GLASSES';
      story.trainee.usualPicture = 'GLASSES';
      return [story.studiesTheLesson()];
    },
  },
  {
    number: 44,
    title: 'mask',
    ends: [{ verdict: 'VALID', code: 'R4_FACE_COVERED', attribution: 'TRAINEE_CONDUCT', effect: 'WITHHOLD_INTERVAL' }],
    tell: () => {
      const story = withBurst('MASKED').timePasses(minutes(2));
      expect([story.state.holds, story.creditedMs, story.state.slices.R4.lastFailure]).toEqual([['FACE_CHECK'], 0, 'FACE_COVERED']);
      story.trainee.usualBurst = 'TRAINEE';
      return [toTheEnd(story)];
    },
    // To be asked to take it off costs no try.
    proves: (story) => expect(story.codes).not.toContain('R4_TRY_FAILED'),
  },
  {
    number: 46,
    title: 'photo or screen replay before camera',
    ends: [
      { verdict: 'VALID', code: 'R4_TRY_FAILED', attribution: 'UNKNOWN', effect: 'RECORD_ONLY' },
      {
        verdict: 'INVALID', code: 'R4_LIVENESS_FAILED', attribution: 'UNKNOWN', effect: 'INVALIDATE_SESSION',
        besides: ['R4_TRY_FAILED', 'R4_TRIES_EXHAUSTED', 'IDLE_CLOSED'],
      },
    ],
    tell: () => {
      const passed = aSession(calm);
      passed.trainee.bursts.push('PHOTO');
      const held = withBurst('PHOTO').timePasses(minutes(4));
      expect([held.state.holds, held.creditedMs]).toEqual([['ALTERNATIVE'], 0]);
      return [passed.studiesTheLesson(), held.timePasses(minutes(20))];
    },
  },
  {
    number: 47,
    title: 'virtual camera / injected stream',
    ends: [{ verdict: 'PENDING_REVIEW', ...suspected }, { verdict: 'INVALID', ...suspected }],
    tell: () => {
      const review = { type: 'review.decided', by: 'reviewer-1', secondBy: null, reasonCode: 'STREAM_WAS_INJECTED', textSha256: 'e'.repeat(64), disputedSeq: null } as const;
      return [fromVirtualToReal(), fromVirtualToReal().happens({ ...review, outcome: 'UPHELD' })];
    },
  },
  {
    number: 48,
    title: 'no camera',
    ends: [{ verdict: 'INCOMPLETE', code: 'R4_NO_CAMERA', attribution: 'ENVIRONMENT', effect: 'WITHHOLD_INTERVAL' }],
    tell: () => [withCamera(null).timePasses(minutes(10))],
    proves: (story) => expect([story.state.holds, story.creditedMs]).toEqual([['FACE_CHECK', 'CAMERA'], 0]),
  },
  {
    number: 49,
    title: 'camera permission revoked mid-way',
    ends: [{ verdict: 'VALID', code: 'R4_CAMERA_LOST', attribution: 'UNKNOWN', effect: 'WITHHOLD_INTERVAL' }],
    tell: () => {
      const story = aSession(calm).begins().plays(minutes(2)).reports('CAMERA_LOST').timePasses(minutes(3));
      expect([story.state.holds, story.creditedMs]).toEqual([['CAMERA'], minutes(2)]);
      return [toTheEnd(story.reports('CAMERA_BACK', { camera: 'camera' }))];
    },
  },
  {
    number: 50,
    title: 'face vendor down at start',
    ends: [{ verdict: 'INCOMPLETE', code: 'R4_PROVIDER_DOWN', attribution: 'ENVIRONMENT', effect: 'RECORD_ONLY' }],
    tell: () => {
      const story = aSession(calm);
      story.trainee.isFaceServiceDown = true;
      return [story.joined().resumes().timePasses(minutes(5))];
    },
    proves: (story) => expect([story.creditedMs, story.state.slices.R4.failedTries]).toEqual([0, 0]),
  },
];
