import { describe, expect, it } from '@jest/globals';
import type { LivenessMeasurement } from './event.js';
import { judgeLiveness } from './liveness-outcome.js';
import { step } from './step.js';
import type { Burst } from './testing/faces.js';
import { burst } from './testing/faces.js';
import { NANYANG } from './testing/nanyang-policy.js';
import { aPolicy, minutes, seconds } from './testing/opening.js';
import { aSession, type SessionSetup, type Story } from './testing/story.js';

const ACTS = ['OPEN_MOUTH', 'TURN_LEFT', 'BLINK'] as const;
const plain: SessionSetup = { durationMs: minutes(8), faceChecks: [{ part: 0, atMs: minutes(3) }], snapshots: [{ part: 0, atMs: minutes(1) }] };
const requestsIn = (story: Story): readonly string[] => story.journal.flatMap((event) => (event.type === 'liveness.requested' ? [event.reason] : []));

describe('a burst is judged by the policy', () => {
  it.each<[Burst, string | null]>([
    ['TRAINEE', null],
    ['STRANGER', 'MISMATCH'],
    ['UNCLEAR', 'UNCERTAIN'],
    ['PHOTO', 'ACT_NOT_SEEN'],
    ['RECORDED_LOOP', 'WRONG_ACT'],
    ['FACE_SWAPPED_IN', 'FACE_CHANGED'],
    ['NOBODY', 'FACE_ABSENT'],
    ['CROWD', 'MULTIPLE_FACES'],
    ['GLASSES', null],
    ['MASKED', 'FACE_COVERED'],
    ['NO_NEUTRAL_FRAMES', 'FACE_ABSENT'],
    ['TOO_SHORT', 'FACE_ABSENT'],
    ['CORRUPT', 'UNREADABLE'],
  ])('%s: %s', (kind, failure) => {
    const outcome = judgeLiveness(burst(kind, ACTS), NANYANG);
    expect(outcome).toEqual(failure === null ? { passed: true } : { passed: false, failure });
  });

  it('passes at the match distance and not above it', () => {
    const at = (distance: number) => judgeLiveness(burst('TRAINEE', ACTS, { distances: [0.4, 0.4, distance] }), NANYANG);
    expect(at(0.55)).toEqual({ passed: true });
    expect(at(0.551)).toMatchObject({ failure: 'UNCERTAIN' });
  });

  it('wants the match in as many frames as the policy says, not in the luckiest one', () => {
    expect(judgeLiveness(burst('TRAINEE', ACTS, { distances: [0.4, 0.7, 0.8] }), NANYANG)).toMatchObject({ failure: 'UNCERTAIN' });
  });

  it('fails closed when fewer acts were measured than the policy asks', () => {
    expect(judgeLiveness(burst('TRAINEE', ['OPEN_MOUTH', 'NOD']), NANYANG)).toMatchObject({ failure: 'ACT_NOT_SEEN' });
    expect(judgeLiveness(burst('TRAINEE', []), NANYANG)).toMatchObject({ passed: false });
    expect(judgeLiveness(burst('TRAINEE', ['OPEN_MOUTH', 'NOD']), NANYANG, 2)).toEqual({ passed: true });
    expect(judgeLiveness(burst('TRAINEE', ACTS), NANYANG, 4)).toMatchObject({ failure: 'ACT_NOT_SEEN' });
  });

  it('fails closed when the same face in all frames could not be shown', () => {
    expect(judgeLiveness(burst('TRAINEE', ACTS, { spread: null }), NANYANG)).toMatchObject({ failure: 'FACE_CHANGED' });
  });

  it('sees a mask in more than half of the frames, not in half of them', () => {
    expect(judgeLiveness(burst('TRAINEE', ACTS, { coveredFaces: 30 }), NANYANG)).toEqual({ passed: true });
    expect(judgeLiveness(burst('TRAINEE', ACTS, { coveredFaces: 31 }), NANYANG)).toMatchObject({ failure: 'FACE_COVERED' });
  });

  const judged = (changes: Partial<LivenessMeasurement>) => {
    const outcome = judgeLiveness(burst('TRAINEE', ACTS, changes), NANYANG);
    return outcome.passed ? 'passed' : outcome.failure;
  };

  it('does not mind someone passing behind, in up to a quarter of the frames', () => {
    expect(judged({ oneFace: 43, manyFaces: 15 })).toBe('passed');
    expect(judged({ oneFace: 42, manyFaces: 16 })).toBe('MULTIPLE_FACES');
    expect(judged({ oneFace: 15, manyFaces: 15, noFace: 30 })).toBe('passed');
  });

  it('wants a face in at least half of the frames, and in one at all', () => {
    expect(judged({ oneFace: 30, noFace: 30 })).toBe('passed');
    expect(judged({ oneFace: 29, noFace: 31 })).toBe('FACE_ABSENT');
    expect(judged({ oneFace: 0, noFace: 0 })).toBe('FACE_ABSENT');
    expect(judged({ failure: 'IMAGE_ABSENT' })).toBe('FACE_ABSENT');
  });

  it('calls it another person only beyond the mismatch distance, and another face only beyond the spread', () => {
    expect(judged({ distances: [0.6, 0.6, 0.6] })).toBe('UNCERTAIN');
    expect(judged({ distances: [0.601, 0.601, 0.601] })).toBe('MISMATCH');
    expect(judged({ spread: 0.6 })).toBe('passed');
    expect(judged({ spread: 0.601 })).toBe('FACE_CHANGED');
  });

  it('wants every act, and is not content with one of them', () => {
    const [first, second, third] = burst('TRAINEE', ACTS).acts;
    expect(judged({ acts: [first!, { ...second!, seen: false }, third!] })).toBe('ACT_NOT_SEEN');
    expect(judged({ acts: [first!, { ...second!, otherSeen: 'TURN_RIGHT' }, third!] })).toBe('WRONG_ACT');
  });
});

describe('R4 无法进行人脸活体比对: what fails', () => {
  it.each<Burst>(['PHOTO', 'RECORDED_LOOP', 'UNCLEAR', 'NOBODY', 'CROWD', 'CORRUPT', 'FACE_SWAPPED_IN'])('%s before the camera in every allowed try', (kind) => {
    const story = aSession(plain);
    story.trainee.usualBurst = kind;
    story.joined().timePasses(minutes(3));
    expect(story.codes.filter((code) => code === 'R4_TRY_FAILED')).toHaveLength(5);
    expect(story.state).toMatchObject({ status: 'live', holds: ['ALTERNATIVE'] });
    // Nobody of the staff takes over: after that there is nothing left to wait for.
    expect(story.timePasses(minutes(15)).failure).toBe('R4_LIVENESS_FAILED');
    expect(story.creditedMs).toBe(0);
  });

  it('another person, twice', () => {
    const story = aSession(plain);
    story.trainee.bursts.push('STRANGER', 'STRANGER');
    expect(story.joined().timePasses(minutes(1)).failure).toBe('R4_MISMATCH');
  });

  it('another person at the random check in the middle', () => {
    const story = aSession(plain).begins().plays(minutes(2));
    story.trainee.usualBurst = 'STRANGER';
    expect(story.plays(minutes(3)).failure).toBe('R4_MISMATCH');
    expect(story.creditedMs).toBeLessThanOrEqual(minutes(3) + seconds(1));
  });

  it('playing on without the check', () => {
    const story = aSession(plain).begins().ignoresHolds();
    story.trainee.usualBurst = null;
    expect(story.resumes().timePasses(minutes(4)).failure).toBe('R4_NOT_PERFORMED');
    expect(story.creditedMs).toBeLessThanOrEqual(minutes(3) + seconds(3));
  });

  it('playing from the start without the first check', () => {
    const story = aSession(plain).ignoresHolds();
    story.trainee.usualBurst = null;
    story.joined().resumes().timePasses(minutes(1));
    expect(story.failure).toBe('R4_NOT_PERFORMED');
    expect(story.creditedMs).toBe(0);
  });
});

describe('R4 无法进行人脸活体比对: what does not', () => {
  it('two failed tries and then a pass', () => {
    const story = aSession(plain);
    story.trainee.bursts.push('NOBODY', 'PHOTO');
    story.studiesTheLesson();
    expect(story.verdict).toBe('VALID');
    expect(story.codes).toEqual(['R4_TRY_FAILED', 'R4_TRY_FAILED']);
  });

  it('one false mismatch', () => {
    const story = aSession(plain);
    story.trainee.bursts.push('STRANGER');
    expect(story.studiesTheLesson().verdict).toBe('VALID');
  });

  it('tries failed at one check, which are not counted at the next', () => {
    const story = aSession(plain);
    story.trainee.bursts.push('NOBODY', 'NOBODY', 'TRAINEE', 'NOBODY', 'NOBODY', 'TRAINEE');
    expect(story.studiesTheLesson().verdict).toBe('VALID');
  });

  it('a check that nobody takes: play stays held, told once, asked again until someone comes', () => {
    const story = aSession(plain).begins();
    story.trainee.bursts.push(null, null, null);
    story.plays(minutes(3)).timePasses(minutes(3) + seconds(5));
    expect(story.state.holds).toEqual(['FACE_CHECK']);
    expect(story.codes).toEqual(['R4_CHECK_UNANSWERED']);
    expect(story.playsToTheEnd().finishes().verdict).toBe('VALID');
  });

  it('a face service that is down: no credit, no try spent, no accusation', () => {
    const story = aSession(plain);
    story.trainee.isFaceServiceDown = true;
    story.joined().resumes().timePasses(minutes(5));
    expect(story.creditedMs).toBe(0);
    expect(new Set(story.codes)).toEqual(new Set(['R4_PROVIDER_DOWN']));
    expect(story.state.findings[0]?.attribution).toBe('ENVIRONMENT');
    expect(story.state.slices.R4.failedTries).toBe(0);
    story.trainee.isFaceServiceDown = false;
    expect(story.playsToTheEnd().finishes().verdict).toBe('VALID');
  });

  it('a camera that is unplugged and plugged in again: held meanwhile', () => {
    const story = aSession(plain).begins().plays(minutes(1)).reports('CAMERA_LOST');
    expect(story.state.holds).toEqual(['CAMERA']);
    story.timePasses(minutes(1)).reports('CAMERA_BACK').playsToTheEnd().finishes();
    expect(story.verdict).toBe('VALID');
    expect(story.codes).toEqual(['R4_CAMERA_LOST']);
  });

  it('a burst sent before the deadline and judged long after it', () => {
    const story = aSession(plain);
    story.trainee.livenessMs = seconds(59);
    story.trainee.judgingMs = seconds(90);
    expect(story.studiesTheLesson().codes).toEqual([]);
    expect(story.verdict).toBe('VALID');
  });
});

describe('R4: what answers a request', () => {
  it('is a burst that came in time, whether or not the clock had ticked', () => {
    const story = aSession(plain);
    story.trainee.usualBurst = null;
    const { state } = story.joined();
    const { checkId, deadlineAt } = state.slices.R4.open!;
    const receivedAt = (at: number) => step(state, { type: 'liveness.received', at, checkId, frames: 60, digest: 'a' }).state as typeof state;
    expect(receivedAt(deadlineAt).slices.R4.open).toMatchObject({ isReceived: true });
    expect(receivedAt(deadlineAt + 1).slices.R4).toMatchObject({ open: null, isUnanswered: true });
  });
});

describe('R4: when a face check is owed', () => {
  it('at the start and once in every class hour, at its random instant', () => {
    const story = aSession({ durationMs: minutes(90) }).studiesTheLesson();
    expect(story.verdict).toBe('VALID');
    expect(requestsIn(story)).toEqual(['SESSION_START', 'RANDOM', 'RANDOM', 'RANDOM']);
  });

  it('before any credit', () => {
    const story = aSession(plain).joined().resumes().timePasses(seconds(5));
    expect(story.state.holds).toEqual(['FACE_CHECK']);
    expect(story.creditedMs).toBe(0);
  });

  it.each([
    ['nine minutes', minutes(9), ['SESSION_START']],
    ['ten minutes', minutes(10), ['SESSION_START', 'RESUME']],
    ['half an hour, with a new join', minutes(30), ['SESSION_START', 'RESUME']],
  ])('after a pause of %s', (_name, pauseMs, reasons) => {
    const story = aSession(plain).begins().plays(minutes(1)).pauses(pauseMs);
    if (story.state.status === 'live' && story.state.isSuspended) story.joined();
    expect(requestsIn(story.plays(minutes(1)))).toEqual(reasons);
  });

  it('once, however the resume is made: by the join and then by the play', () => {
    const story = aSession(plain).begins().plays(minutes(1)).pauses(minutes(20)).joined().plays(minutes(1)).playsToTheEnd().finishes();
    expect(requestsIn(story)).toEqual(['SESSION_START', 'RESUME', 'RANDOM']);
    expect(story.verdict).toBe('VALID');
  });

  it('when the trainee passed the first check and came back half an hour later to press play', () => {
    const story = aSession(plain).begins().timePasses(minutes(14)).resumes().timePasses(seconds(30));
    expect(requestsIn(story)).toEqual(['SESSION_START', 'RESUME']);
  });

  it('on another device', () => {
    expect(requestsIn(aSession(plain).begins().plays(minutes(1)).takesOverOn('phone'))).toEqual(['SESSION_START', 'TAKEOVER']);
  });

  it('after a reload only if it was owed before', () => {
    expect(requestsIn(aSession(plain).begins().plays(minutes(1)).reloads().plays(minutes(1)))).toEqual(['SESSION_START']);
    expect(requestsIn(aSession(plain).joined().reloads().plays(minutes(1)))).toEqual(['SESSION_START', 'SESSION_START']);
  });

  it('never where the policy asks for none', () => {
    const story = aSession({ ...plain, faceChecks: [], policy: aPolicy({ face: { required: false } }) }).studiesTheLesson();
    expect(story.failure).toBe('R4_NOT_REQUIRED');
    expect(requestsIn(story)).toEqual([]);
  });
});
