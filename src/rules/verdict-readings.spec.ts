import { describe, expect, it } from '@jest/globals';
import type { ReviewDecided } from './outside-event.js';
import type { InvalidationScope } from './policy.js';
import { aPolicy, minutes, seconds } from './testing/opening.js';
import { aSession, type SessionSetup, type Story } from './testing/story.js';
import { readings } from './verdict.js';

/** Ninety minutes without random face checks: parts of 40, 40 and 10 minutes. */
const long = (scope: InvalidationScope, setup: SessionSetup = {}): Story =>
  aSession({ durationMs: minutes(90), courseType: 'GENERAL', faceChecks: [], ...setup, policy: aPolicy({ invalidation: { scope } }) });
const short: SessionSetup = { durationMs: minutes(8), faceChecks: [], snapshots: [{ part: 0, atMs: minutes(1) }, { part: 0, atMs: minutes(5) }] };
const unapproved = { approvedSha256s: [], approvalRef: null, isRequired: true };

/** Plays on for twenty seconds while the page is hidden, at minute `at` of the lesson. */
function playsHidden(story: Story, at: number): Story {
  story.plays(minutes(at)).ignoresHolds();
  story.browser.isVisible = false;
  story.reports('HIDDEN').timePasses(seconds(20));
  if (story.state.status === 'closed') return story;
  story.browser.isVisible = true;
  story.browser.obeysHolds = true;
  return story.reports('VISIBLE').timePasses(seconds(1));
}

const decide = (story: Story, outcome: ReviewDecided['outcome']): Story =>
  story.happens({ type: 'review.decided', by: 'a', secondBy: null, outcome, reasonCode: 'LOOKED_AT', textSha256: 'a'.repeat(64), disputedSeq: null });

/** Every picture of the session is gone, and no receipt of any is left. */
function losesPictures(story: Story): Story {
  for (const { snapshotId } of story.state.slices.R6.qualifying) {
    story.shell.record({ type: 'evidence.missing', at: story.state.at, snapshotId, imageId: `image-${snapshotId}`, hasReceipt: false });
  }
  return story;
}

describe('the reading class hour by class hour', () => {
  it('of a session that can go on is open, whatever was found in it', () => {
    const story = playsHidden(long('CLASS_HOUR', { isTwinDeclared: true, durationMs: minutes(12) }).begins(), 5);
    expect(story.state.findings.map(({ effect }) => effect)).toEqual(expect.arrayContaining(['REVIEW', 'INVALIDATE_CLASS_HOUR']));
    expect(readings(story.state)).toEqual({ policy: 'INCOMPLETE', strict: 'INVALID', classHour: 'INCOMPLETE' });
  });

  it('leaves out what people overturned', () => {
    const story = playsHidden(long('CLASS_HOUR', { durationMs: minutes(12) }).begins(), 5).playsToTheEnd().finishes();
    expect(readings(story.state)).toEqual({ policy: 'INVALID', strict: 'INVALID', classHour: 'INVALID' });
    expect(readings(decide(story, 'OVERTURNED').state)).toEqual({ policy: 'VALID', strict: 'VALID', classHour: 'VALID' });
  });

  it('leaves out a control that was off, where people overturned that', () => {
    const story = aSession({ ...short, policy: aPolicy({ snapshot: { cue: 'SOUND' } }) }).studiesTheLesson();
    expect(readings(story.state)).toEqual({ policy: 'INVALID', strict: 'INVALID', classHour: 'INVALID' });
    expect(readings(decide(story, 'OVERTURNED').state)).toEqual({ policy: 'VALID', strict: 'VALID', classHour: 'VALID' });
  });

  it('is its own, also where people upheld that the session failed', () => {
    const story = decide(playsHidden(long('SESSION').begins(), 50), 'UPHELD');
    expect(readings(story.state)).toEqual({ policy: 'INVALID', strict: 'INVALID', classHour: 'INCOMPLETE' });
  });

  it('waits for people where they have a doubt to decide, although the session failed of itself', () => {
    const story = playsHidden(long('SESSION', { isTwinDeclared: true }).begins(), 50);
    expect(readings(story.state)).toEqual({ policy: 'INVALID', strict: 'INVALID', classHour: 'PENDING_REVIEW' });
    expect(readings(decide(story, 'UPHELD').state)).toEqual({ policy: 'INVALID', strict: 'INVALID', classHour: 'INVALID' });
  });
});

describe('what a verdict rests on', () => {
  it('is what makes a session not recognised, although a check failed and a control was off', () => {
    const policy = aPolicy({ snapshot: { cue: 'SOUND' } });
    const story = aSession({ ...short, policy, video: unapproved }).begins().plays(seconds(20)).playsAtSpeed(2).plays(minutes(2));
    expect(story.verdict).toBe('NOT_RECOGNISED');
    expect(story.codes).toEqual(['R6_NOT_RANDOM', 'C11_VIDEO_NOT_APPROVED', 'R1_RATE_EXCEEDED']);
    expect(story.failure).toBe('C11_VIDEO_NOT_APPROVED');
  });

  it('is the check that ended the session rather than the control that was off before', () => {
    const policy = aPolicy({ snapshot: { cue: 'SOUND' } });
    const failed = aSession({ ...short, policy }).begins().plays(seconds(20)).playsAtSpeed(2).plays(minutes(2));
    expect([failed.verdict, failed.failure]).toEqual(['INVALID', 'R1_RATE_EXCEEDED']);
    expect(aSession({ ...short, policy }).studiesTheLesson().failure).toBe('R6_NOT_RANDOM');
  });

  it('is the doubt that people upheld, not what was recorded before it', () => {
    const story = aSession(short).begins();
    story.trainee.usualPicture = 'UNCLEAR';
    decide(story.playsToTheEnd().finishes(), 'UPHELD');
    expect(story.codes).toEqual(['R6_SNAPSHOT_MISSED', 'R6_SNAPSHOT_MISSED', 'R6_UNDECIDED']);
    expect([story.verdict, story.failure]).toEqual(['INVALID', 'R6_UNDECIDED']);
  });

  it('is what came to light after an overturned failure, not that failure', () => {
    const story = decide(playsHidden(long('CLASS_HOUR', { durationMs: minutes(12) }).begins(), 5).playsToTheEnd().finishes(), 'OVERTURNED');
    expect([story.verdict, story.failure]).toEqual(['VALID', null]);
    losesPictures(story);
    expect([story.verdict, story.failure]).toEqual(['INVALID', 'R6_EVIDENCE_MISSING']);
  });

  it('is the lost evidence where a decision had recognised the session', () => {
    const story = decide(decide(aSession({ ...short, video: unapproved }).studiesTheLesson(), 'OVERTURNED'), 'UPHELD');
    expect(story.verdict).toBe('VALID');
    losesPictures(story);
    expect([story.verdict, story.failure]).toEqual(['INVALID', 'R6_EVIDENCE_MISSING']);
  });
});
