import { describe, expect, it } from '@jest/globals';
import type { Picture } from './testing/faces.js';
import { minutes } from './testing/opening.js';
import { aSession, type SessionSetup, type Story } from './testing/story.js';

const two: SessionSetup = { durationMs: minutes(8), faceChecks: [], snapshots: [{ part: 0, atMs: minutes(1) }, { part: 0, atMs: minutes(5) }] };

describe('R6: a picture that was seen before', () => {
  const withPictures = (...pictures: readonly Picture[]): Story => {
    const story = aSession(two).begins();
    story.trainee.pictures.push(...pictures);
    return story.playsToTheEnd().finishes();
  };
  const faceChecks = (story: Story): readonly string[] => story.journal.flatMap((event) => (event.type === 'liveness.requested' ? [event.reason] : []));
  const found = (story: Story, code: string) => story.state.findings.filter((one) => one.code === code);

  it('fails, is asked for once more, and calls for a face check at once', () => {
    const story = withPictures('SEEN_OF_PERSON');
    expect(story.codes).toEqual(['R6_REPLAY', 'R6_RETRIED']);
    expect(found(story, 'R6_REPLAY')).toMatchObject([{ effect: 'RECORD_ONLY', attribution: 'TRAINEE_CONDUCT', detail: { scope: 'PERSON', isRepeated: false, index: 0 } }]);
    expect(faceChecks(story)).toEqual(['SESSION_START', 'SNAPSHOT_FAILED']);
    expect(story.verdict).toBe('VALID');
  });

  it('within the session may come of a camera that hangs: nothing is said of conduct', () => {
    expect(found(withPictures('SEEN_IN_SESSION'), 'R6_REPLAY')).toMatchObject([{ attribution: 'UNKNOWN' }]);
  });

  it('twice at one snapshot leaves that one without a picture', () => {
    const story = withPictures('SEEN_ON_PLATFORM', 'SEEN_ON_PLATFORM');
    expect(story.codes).toEqual(['R6_REPLAY', 'R6_REPLAY', 'R6_SNAPSHOT_MISSED']);
    expect(faceChecks(story)).toEqual(['SESSION_START', 'SNAPSHOT_FAILED', 'SNAPSHOT_FAILED']);
    expect(story.verdict).toBe('VALID');
  });

  it('at another snapshot again is for a person to look at', () => {
    const story = withPictures('SEEN_OF_PERSON', 'TRAINEE', 'SEEN_OF_PERSON');
    expect(found(story, 'R6_REPLAY').map(({ effect }) => effect)).toEqual(['RECORD_ONLY', 'REVIEW']);
    expect(story.verdict).toBe('PENDING_REVIEW');
  });

  it('every time leaves the class hour empty', () => {
    expect(withPictures('SEEN_OF_PERSON', 'SEEN_OF_PERSON', 'SEEN_OF_PERSON', 'SEEN_OF_PERSON').failure).toBe('R6_NO_SNAPSHOT');
  });

  it.each<[Picture, string, object]>([
    ['ALIKE', 'NEAR_DUPLICATE', { scope: 'SESSION', bits: 3, difference: 0.4, still: null }],
    ['STILL', 'STILL', { scope: null, bits: null, difference: null, still: 0.04 }],
  ])('%s counts, and calls for a face check', (picture, sign, detail) => {
    const story = withPictures(picture);
    expect(story.codes).toEqual(['R6_REPLAY_SUSPECTED']);
    expect(found(story, 'R6_REPLAY_SUSPECTED')).toMatchObject([{ effect: 'RECORD_ONLY', attribution: 'UNKNOWN', detail: { sign, index: 0, ...detail } }]);
    expect(faceChecks(story)).toEqual(['SESSION_START', 'DOUBT']);
    expect(story.verdict).toBe('VALID');
  });

  it('does not convict alone, however often one is merely alike', () => {
    const story = aSession(two).begins();
    story.trainee.usualPicture = 'ALIKE';
    expect(story.playsToTheEnd().finishes().verdict).toBe('VALID');
  });

  it('ends with the face check where a recording cannot take it', () => {
    const story = aSession(two).begins();
    story.trainee.pictures.push('ALIKE');
    story.trainee.usualBurst = 'RECORDED_LOOP';
    story.playsToTheEnd();
    expect(story.state.holds).toContain('ALTERNATIVE');
  });
});
