import { describe, expect, it } from '@jest/globals';
import { judgeSnapshot } from './random-snapshot.js';
import { step } from './step.js';
import type { Picture } from './testing/faces.js';
import { measured } from './testing/faces.js';
import { NANYANG } from './testing/nanyang-policy.js';
import { aPolicy, minutes, seconds } from './testing/opening.js';
import { aSession, type SessionSetup, type Story } from './testing/story.js';

const two: SessionSetup = { durationMs: minutes(8), faceChecks: [], snapshots: [{ part: 0, atMs: minutes(1) }, { part: 0, atMs: minutes(5) }] };
const asked = (story: Story): readonly boolean[] => story.journal.flatMap((event) => (event.type === 'snapshot.requested' ? [event.isRetry] : []));

describe('a picture is judged by the policy', () => {
  it.each<[Picture, string | null]>([
    ['TRAINEE', null],
    ['STRANGER', 'MISMATCH'],
    ['UNCLEAR', 'UNCERTAIN'],
    ['NOBODY', 'FACE_ABSENT'],
    ['TWO_PEOPLE', 'MULTIPLE_FACES'],
    ['GLASSES', null],
    ['MASKED', 'FACE_COVERED'],
    ['FAR', 'TOO_FAR'],
    ['DARK', 'DARK'],
    ['BLURRED', 'BLURRED'],
    ['CORRUPT', 'UNREADABLE'],
    ['LENS_COVERED', 'LENS_COVERED'],
    ['SMALL', 'LOW_RESOLUTION'],
    ['SEEN_IN_SESSION', 'REPLAYED'],
    ['SEEN_OF_PERSON', 'REPLAYED'],
    ['SEEN_ON_PLATFORM', 'REPLAYED'],
    ['ALIKE', null],
    ['STILL', null],
    ['NO_IMAGE', 'NO_IMAGE'],
  ])('%s: %s', (picture, failure) => {
    expect(judgeSnapshot(measured(picture), NANYANG)).toBe(failure);
  });

  it('fails closed when a single face could not be measured', () => {
    expect(judgeSnapshot(measured('TRAINEE', { distance: null }), NANYANG)).toBe('MISMATCH');
  });

  it('takes a sharp enough face in low light', () => {
    expect(judgeSnapshot(measured('TRAINEE', { luminance: NANYANG.snapshot.minLuminance }), NANYANG)).toBeNull();
  });
});

describe('a picture at the edge of a number', () => {
  const { minContrast, minSharpness } = NANYANG.snapshot;
  const { minPixels } = NANYANG.camera;

  it.each([
    [minContrast, 'FACE_ABSENT'],
    [minContrast - 0.01, 'LENS_COVERED'],
  ])('contrast %d without a face: %s', (contrast, failure) => {
    expect(judgeSnapshot(measured('NOBODY', { contrast }), NANYANG)).toBe(failure);
  });

  it('a covered lens is told from a blurred picture, and a face is believed whatever the contrast', () => {
    expect(judgeSnapshot(measured('BLURRED', { contrast: 45 }), NANYANG)).toBe('BLURRED');
    expect(judgeSnapshot(measured('BLURRED', { sharpness: minSharpness, contrast: 45 }), NANYANG)).toBe('FACE_ABSENT');
    expect(judgeSnapshot(measured('TRAINEE', { contrast: 1 }), NANYANG)).toBeNull();
  });

  it('pixels are enough at the number, and a low-end camera is enough where the policy says so', () => {
    expect(judgeSnapshot(measured('TRAINEE', { pixels: minPixels }), NANYANG)).toBeNull();
    expect(judgeSnapshot(measured('TRAINEE', { pixels: minPixels - 1 }), NANYANG)).toBe('LOW_RESOLUTION');
    expect(judgeSnapshot(measured('SMALL'), aPolicy({ camera: { minPixels: 76_800 } }))).toBeNull();
  });

  it('journals from before these were measured are judged as they were', () => {
    const { pixels: _pixels, contrast: _contrast, ...old } = measured('TRAINEE');
    expect(judgeSnapshot(old, NANYANG)).toBeNull();
    expect(judgeSnapshot({ ...old, faceCount: 0, distance: null }, NANYANG)).toBe('FACE_ABSENT');
  });
});

describe('R6 每课时无随机保留影像照片: what fails', () => {
  it('nobody in view at both snapshots and their retries', () => {
    const story = aSession(two).begins();
    story.trainee.usualPicture = 'NOBODY';
    story.playsToTheEnd().finishes();
    expect(story.failure).toBe('R6_FACE_ABSENT');
    expect(asked(story)).toEqual([false, true, false, true]);
  });

  it.each<Picture | null>(['STRANGER', 'DARK', 'BLURRED', 'CORRUPT', 'NO_IMAGE', null])('%s every time: the part has no picture', (picture) => {
    const story = aSession(two).begins();
    story.trainee.usualPicture = picture;
    expect(story.playsToTheEnd().finishes().failure).toBe('R6_NO_SNAPSHOT');
  });

  it('a stranger among pictures that could not be decided', () => {
    const story = aSession(two).begins();
    story.trainee.pictures.push('UNCLEAR', 'STRANGER', 'TWO_PEOPLE', 'UNCLEAR');
    expect(story.playsToTheEnd().finishes().failure).toBe('R6_NO_SNAPSHOT');
  });

  it('a second class hour without a picture, whatever the first one had', () => {
    const story = aSession({ durationMs: minutes(60) }).begins().plays(minutes(40));
    story.trainee.usualPicture = 'NOBODY';
    expect(story.playsToTheEnd().finishes().failure).toBe('R6_FACE_ABSENT');
  });

  it('a session in which the snapshots never fall due because nobody issues them cannot end', () => {
    const story = aSession({ ...two, unserved: ['snapshot.request'] }).studiesTheLesson();
    expect(story.verdict).toBe('INCOMPLETE');
  });
});

describe('R6 每课时无随机保留影像照片: what does not', () => {
  it('one of two missed', () => {
    const story = aSession(two).begins();
    story.trainee.pictures.push('NOBODY', 'NOBODY');
    story.playsToTheEnd().finishes();
    expect(story.codes).toEqual(['R6_SNAPSHOT_MISSED']);
    expect(story.verdict).toBe('VALID');
  });

  it('a face turned away, back within the retry: play is held in between', () => {
    const story = aSession(two).begins();
    story.trainee.pictures.push('NOBODY');
    story.plays(minutes(1)).timePasses(seconds(3));
    expect(story.state.holds).toEqual(['SNAPSHOT_RETRY']);
    story.playsToTheEnd().finishes();
    expect(story.codes).toEqual(['R6_RETRIED']);
    expect(story.verdict).toBe('VALID');
  });

  it('a picture that came too late, made good by the retry', () => {
    const story = aSession(two).begins();
    story.trainee.pictures.push(null);
    expect(story.playsToTheEnd().finishes().codes).toEqual(['R6_RETRIED']);
  });

  it('somebody walking by once', () => {
    const story = aSession(two).begins();
    story.trainee.pictures.push('TWO_PEOPLE');
    story.playsToTheEnd().finishes();
    expect(story.codes).toEqual(['R6_MULTIPLE_FACES', 'R6_RETRIED']);
    expect(story.verdict).toBe('VALID');
  });

  it('a mask at a snapshot, taken off for the retry', () => {
    const story = aSession(two).begins();
    story.trainee.pictures.push('MASKED');
    story.playsToTheEnd().finishes();
    expect(story.codes).toEqual(['R4_FACE_COVERED', 'R6_RETRIED']);
    expect(story.verdict).toBe('VALID');
  });

  it('a second person at a snapshot and at its retry: that is one passer-by', () => {
    const story = aSession(two).begins();
    story.trainee.pictures.push('TWO_PEOPLE', 'TWO_PEOPLE');
    expect(story.playsToTheEnd().finishes().verdict).toBe('VALID');
  });

  it.each<Picture>(['TWO_PEOPLE', 'UNCLEAR'])('%s in every picture of a class hour: that is for a human', (picture) => {
    const story = aSession(two).begins();
    story.trainee.usualPicture = picture;
    story.playsToTheEnd().finishes();
    expect(story.codes).toContain('R6_UNDECIDED');
    expect(story.verdict).toBe('PENDING_REVIEW');
  });

  it('a picture asked for while the line was gone', () => {
    const story = aSession(two).begins().plays(seconds(59.5)).goesOffline(seconds(25), seconds(5));
    expect(story.playsToTheEnd().finishes().codes).toEqual(['OFFLINE_GRACE']);
    const longer = aSession(two).begins().plays(minutes(1)).crashes().timePasses(minutes(2)).comesBack();
    expect(longer.playsToTheEnd().finishes().codes.filter((code) => code.startsWith('R6'))).toEqual([]);
  });

  it('a picture that our side lost, or could not keep: it is asked for again and nobody is blamed', () => {
    const story = aSession(two).begins();
    story.trainee.isFaceServiceDown = true;
    story.plays(minutes(1)).timePasses(seconds(3));
    story.trainee.isFaceServiceDown = false;
    expect(story.playsToTheEnd().finishes().codes).toEqual([]);
    expect(story.verdict).toBe('VALID');

    const unkept = aSession(two).begins().plays(minutes(1)).timePasses(500);
    const { open } = unkept.state.slices.R6;
    unkept.happens({ type: 'snapshot.judged', snapshotId: open!.snapshotId, measurement: measured('TRAINEE'), imageId: null, engine: 'test' });
    expect(unkept.state.slices.R6.qualifying).toEqual([]);
    expect(unkept.playsToTheEnd().finishes().verdict).toBe('VALID');
  });
});

describe('R6: what answers a request', () => {
  const asking = (): Story => {
    const story = aSession(two).begins();
    story.trainee.usualPicture = null;
    return story.plays(minutes(1)).timePasses(seconds(1));
  };
  const judged = (snapshotId: string) => ({ type: 'snapshot.judged', snapshotId, measurement: measured('TRAINEE'), imageId: 'image', engine: 'test' }) as const;

  it('is a picture for it, not one for another', () => {
    const story = asking().happens(judged('snapshot-of-another'));
    expect(story.state.slices.R6.qualifying).toEqual([]);
    expect(story.happens(judged(story.state.slices.R6.open!.snapshotId)).state.slices.R6.qualifying).toMatchObject([{ part: 0 }]);
  });

  it('is a picture that came in time, whether or not the clock had ticked', () => {
    const { state } = asking();
    const { snapshotId, deadlineAt } = state.slices.R6.open!;
    const receivedAt = (at: number) => step(state, { type: 'snapshot.received', at, snapshotId, digest: 'a', bytes: 1 }).state as typeof state;
    expect(receivedAt(deadlineAt).slices.R6.open).toMatchObject({ isReceived: true });
    expect(receivedAt(deadlineAt + 1).slices.R6).toMatchObject({ open: null, owed: { isRetry: true } });
  });
});

describe('R6: the instants', () => {
  it('come on credited time: a pause does not bring them nearer', () => {
    const story = aSession(two).begins().plays(seconds(50)).pauses(minutes(4)).plays(seconds(9));
    expect(asked(story)).toEqual([]);
    expect(asked(story.plays(seconds(2)))).toEqual([false]);
  });

  it('are kept to the millisecond while play goes on', () => {
    const story = aSession(two).begins();
    const from = Math.round(story.timeline.now);
    story.plays(minutes(1)).timePasses(1);
    expect(story.journal.find(({ type }) => type === 'snapshot.requested')?.at).toBe(from + minutes(1));
  });

  it('do not come nearer by watching a part again, and the clock does not spin meanwhile', () => {
    const story = aSession(two).begins().plays(seconds(59)).seeksTo(0);
    const before = story.journal.length;
    story.plays(seconds(59));
    expect(asked(story)).toEqual([]);
    expect(story.journal.slice(before).filter(({ type }) => type === 'clock.ticked').length).toBeLessThan(3);
    expect(asked(story.plays(seconds(2)))).toEqual([false]);
  });

  it('come all the same when credit before them was withheld', () => {
    const story = aSession({ ...two, popupGaps: [seconds(200), minutes(4), minutes(4), minutes(4)] }).begins().leavesPopupUnanswered().playsToTheEnd().finishes();
    expect(story.verdict).toBe('VALID');
    expect(asked(story)).toEqual([false, false]);
  });

  it('in the last fraction of the lesson come with its end', () => {
    const story = aSession({ ...two, snapshots: [{ part: 0, atMs: minutes(8) - 1 }] }).studiesTheLesson();
    expect(story.verdict).toBe('VALID');
    expect(asked(story)).toEqual([false]);
  });

  it('come with the end also where a player stops a second short of it', () => {
    const story = aSession({ ...two, snapshots: [{ part: 0, atMs: minutes(8) - 300 }] }).begins().plays(minutes(8) - 1_000).pauses(seconds(5));
    expect(story.happens({ type: 'finish.requested' }).verdict).toBe('VALID');
  });

  it('are not moved by a camera covered between them', () => {
    const story = aSession(two).begins();
    story.trainee.usualPicture = 'DARK';
    story.trainee.pictures.push('TRAINEE');
    expect(story.playsToTheEnd().finishes().verdict).toBe('VALID');
    const covered = aSession(two).begins();
    covered.trainee.usualPicture = 'DARK';
    expect(covered.playsToTheEnd().finishes().failure).toBe('R6_NO_SNAPSHOT');
  });
});

describe('R6 and R4: someone else sits there between the checks', () => {
  it('a stranger in a snapshot and its retry has to pass a face check at once', () => {
    const story = aSession(two).begins();
    story.trainee.pictures.push('STRANGER', 'STRANGER');
    story.plays(minutes(1)).timePasses(seconds(13));
    expect(story.state.slices.R4.need?.reason).toBe('SNAPSHOT_FAILED');
    expect(story.playsToTheEnd().finishes().verdict).toBe('VALID');
  });

  it('and fails when it is the stranger who takes it', () => {
    const story = aSession(two).begins();
    story.trainee.pictures.push('STRANGER', 'STRANGER');
    story.trainee.usualBurst = 'STRANGER';
    expect(story.plays(minutes(3)).failure).toBe('R4_MISMATCH');
  });

  it('and fails when the hired one is there for the face checks only', () => {
    const story = aSession({ durationMs: minutes(30) }).begins();
    story.trainee.usualPicture = 'STRANGER';
    expect(story.playsToTheEnd().finishes().failure).toBe('R6_NO_SNAPSHOT');
  });
});
