import { describe, expect, it } from '@jest/globals';
import type { FaceMeasurement } from './event.js';
import type { FindingCode } from './finding.js';
import { judgeSnapshot } from './random-snapshot.js';
import { outstanding } from './step.js';
import { measured, type Picture } from './testing/faces.js';
import { NANYANG } from './testing/nanyang-policy.js';
import { aPolicy, minutes, seconds } from './testing/opening.js';
import { aSession, type SessionSetup, type Story } from './testing/story.js';

const two: SessionSetup = { durationMs: minutes(8), faceChecks: [], snapshots: [{ part: 0, atMs: minutes(1) }, { part: 0, atMs: minutes(5) }] };
/** Ninety minutes, with one picture in each of the parts of 40, 40 and 10 minutes. */
const long: SessionSetup = {
  durationMs: minutes(90), courseType: 'GENERAL', faceChecks: [], snapshots: [{ part: 0, atMs: minutes(10) }, { part: 1, atMs: minutes(50) }, { part: 2, atMs: minutes(85) }],
};
const withPictures = (setup: SessionSetup, ...pictures: readonly Picture[]): Story => {
  const story = aSession(setup).begins();
  story.trainee.pictures.push(...pictures);
  return story.playsToTheEnd().finishes();
};
const details = (story: Story, wanted: FindingCode) => story.state.findings.filter(({ code }) => code === wanted).map(({ detail }) => detail);
const isMissing = ({ state }: Story): boolean => state.status === 'live' && outstanding(state).some(({ code }) => code === 'R6_NO_SNAPSHOT');

describe('a picture at the edge of a number', () => {
  const { matchDistance, mismatchDistance } = NANYANG.face;
  const { minInterocularPx } = NANYANG.snapshot;

  it.each<[Partial<FaceMeasurement>, string | null]>([
    [{ distance: matchDistance }, null],
    [{ distance: matchDistance + 0.001 }, 'UNCERTAIN'],
    [{ distance: mismatchDistance }, 'UNCERTAIN'],
    [{ distance: mismatchDistance + 0.001 }, 'MISMATCH'],
    [{ interocularPx: minInterocularPx }, null],
    [{ interocularPx: minInterocularPx - 1 }, 'TOO_FAR'],
    [{ interocularPx: null }, null],
    [{ luminance: null }, null],
  ])('%j: %s', (changes, failure) => expect(judgeSnapshot(measured('TRAINEE', changes), NANYANG)).toBe(failure));

  it('whose sharpness was not measured is not called blurred', () => {
    expect(judgeSnapshot(measured('NOBODY', { sharpness: null }), NANYANG)).toBe('FACE_ABSENT');
  });
});

describe('why a class hour has no picture', () => {
  it.each<[string, readonly Picture[], FindingCode]>([
    ['nobody was there, every time', ['NOBODY', 'NOBODY', 'NOBODY', 'NOBODY'], 'R6_FACE_ABSENT'],
    ['nobody was there, and once it was too dark to tell', ['NOBODY', 'DARK', 'NOBODY', 'NOBODY'], 'R6_NO_SNAPSHOT'],
    ['one of the pictures could not be decided', ['NOBODY', 'NOBODY', 'UNCLEAR', 'NOBODY'], 'R6_UNDECIDED'],
  ])('%s', (_name, pictures, code) => {
    const story = withPictures(two, ...pictures);
    expect(details(story, code)).toEqual([{ index: 1, part: 0, failure: pictures.at(-1) === 'UNCLEAR' ? 'UNCERTAIN' : 'FACE_ABSENT', isRetry: true }]);
  });

  it('is told by its own pictures, not by those of the hour before', () => {
    expect(withPictures(long, 'UNCLEAR', 'TRAINEE', 'NOBODY', 'NOBODY').codes).toEqual(['R6_RETRIED', 'R6_SNAPSHOT_MISSED', 'R6_FACE_ABSENT']);
    expect(withPictures(long, 'DARK', 'TRAINEE', 'NOBODY', 'NOBODY').failure).toBe('R6_FACE_ABSENT');
  });

  it('a failure of one kind is not repeated by one of another kind', () => {
    const story = withPictures(two, 'DARK', 'TRAINEE', 'TWO_PEOPLE', 'TRAINEE');
    expect(details(story, 'R6_MULTIPLE_FACES')).toEqual([{ index: 1, part: 0, failure: 'MULTIPLE_FACES', isRetry: false, isRepeated: false }]);
    expect(details(story, 'R6_RETRIED')).toEqual([{ index: 0 }, { index: 1 }]);
  });

  it.each<Picture>(['NOBODY', 'DARK', 'UNCLEAR'])('%s twice calls for no face check: that is for a stranger', (picture) => {
    const story = withPictures(two, picture, picture);
    expect(story.journal.flatMap((event) => (event.type === 'liveness.requested' ? [event.reason] : []))).toEqual(['SESSION_START']);
  });
});

describe('what is told of a picture', () => {
  it.each<[Picture | null, string]>([['NO_IMAGE', 'NO_IMAGE'], [null, 'TOO_LATE'], ['DARK', 'DARK']])('%s is missed as %s', (picture, failure) => {
    const story = aSession(two).begins();
    story.trainee.pictures.push(picture, picture);
    expect(details(story.playsToTheEnd().finishes(), 'R6_SNAPSHOT_MISSED')).toEqual([{ index: 0, part: 0, failure, isRetry: true }]);
  });

  it('is no doubt where it was looked for in earlier ones and nothing came near', () => {
    const story = aSession(two).begins();
    story.trainee.pictures.push(null);
    story.plays(minutes(1)).timePasses(seconds(1));
    const measurement = measured('TRAINEE', { replay: { exact: null, near: null, still: null, periodMs: null } });
    story.happens({ type: 'snapshot.judged', snapshotId: story.state.slices.R6.open!.snapshotId, measurement, imageId: 'image', engine: 'test' });
    expect(story.state.slices.R6.qualifying).toHaveLength(1);
    expect(story.codes).toEqual([]);
  });
});

describe('what is still missing', () => {
  it('is a picture until every instant has come and was answered', () => {
    const story = aSession(two).begins();
    expect(isMissing(story)).toBe(true);
    expect(isMissing(story.plays(minutes(2)))).toBe(true);
    story.trainee.usualPicture = null;
    expect(isMissing(story.plays(minutes(3)).timePasses(seconds(1)))).toBe(true);
    story.trainee.usualPicture = 'TRAINEE';
    expect(isMissing(story.playsToTheEnd().timePasses(minutes(1)))).toBe(false);
  });

  it('is nothing where an empty part is void and done with, or waits for people', () => {
    expect(withPictures({ ...long, policy: aPolicy({ invalidation: { scope: 'CLASS_HOUR' } }) }, 'NOBODY', 'NOBODY').verdict).toBe('VALID');
    expect(withPictures(long, 'UNCLEAR', 'UNCLEAR').verdict).toBe('PENDING_REVIEW');
  });

  it('is a picture that the schedule never asked enough of', () => {
    const policy = aPolicy({ snapshot: { minPerPart: 3 } });
    expect(isMissing(aSession({ ...two, policy }).begins().playsToTheEnd().timePasses(minutes(1)))).toBe(true);
  });
});

describe('a request that may never have arrived', () => {
  it('is made again to a page that joined again, and the one for a retry holds play until then', () => {
    const story = aSession(two).begins();
    story.trainee.pictures.push('NOBODY', null);
    story.plays(minutes(1)).timePasses(seconds(13));
    expect(story.state.slices.R6.open).toMatchObject({ index: 0, part: 0, isRetry: true });
    expect(story.state.holds).toEqual(['SNAPSHOT_RETRY']);
    story.reloads();
    const asked = story.journal.flatMap((event) => (event.type === 'snapshot.requested' ? [[event.index, event.part, event.isRetry]] : []));
    expect(asked).toEqual([[0, 0, false], [0, 0, true], [0, 0, true]]);
    expect(story.timePasses(seconds(5)).state.slices.R6.qualifying).toMatchObject([{ part: 0 }]);
  });
});
