import { describe, expect, it } from '@jest/globals';
import { nextDeadline, step } from './step.js';
import { aPolicy, minutes, seconds } from './testing/opening.js';
import { aSession, type SessionSetup, type Story } from './testing/story.js';

const plain: SessionSetup = { durationMs: minutes(8), faceChecks: [{ part: 0, atMs: minutes(3) }], snapshots: [{ part: 0, atMs: minutes(1) }] };
const staff = { kind: 'HUMAN_VIDEO_CHECK', by: 'staff-1' } as const;
const opened = { type: 'alternative.opened', ...staff } as const;
const answered = { questionRef: 'question-1', photoImageId: null };
const confirmed = { type: 'alternative.decided', ...staff, ...answered, outcome: 'CONFIRMED' } as const;
const refused = { ...confirmed, outcome: 'NOT_CONFIRMED' } as const;

const failing = (setup: SessionSetup = {}): Story => {
  const story = aSession({ ...plain, ...setup });
  story.trainee.usualBurst = 'UNCLEAR';
  return story.joined();
};
const lockedOut = (setup: SessionSetup = {}): Story => failing(setup).timePasses(minutes(3));
const triesIn = (story: Story): readonly number[] => story.journal.flatMap((event) => (event.type === 'liveness.requested' ? [event.at] : []));
const judgedIn = (story: Story): readonly number[] => story.journal.flatMap((event) => (event.type === 'liveness.judged' ? [event.at] : []));

describe('the tries of a face check', () => {
  it('follow at once three times, then after half a minute each, five in all', () => {
    const story = lockedOut();
    const waits = triesIn(story).slice(1).map((at, index) => at - judgedIn(story)[index]!);
    expect(waits).toEqual([0, 0, seconds(30), seconds(30)]);
    expect(story.state.slices.R4).toMatchObject({ failedTries: 5, lockedAt: judgedIn(story)[4] });
    expect(story.state).toMatchObject({ status: 'live', holds: ['ALTERNATIVE'] });
    expect(story.codes).toContain('R4_TRIES_EXHAUSTED');
  });

  it('are counted anew after a pass', () => {
    const story = aSession(plain);
    story.trainee.bursts.push('UNCLEAR', 'UNCLEAR', 'UNCLEAR', 'UNCLEAR', 'TRAINEE', 'UNCLEAR', 'UNCLEAR', 'UNCLEAR', 'UNCLEAR', 'TRAINEE');
    expect(story.studiesTheLesson().verdict).toBe('VALID');
    expect(story.codes).not.toContain('R4_TRIES_EXHAUSTED');
  });

  it('end the session at once where the policy knows no alternative, or says so', () => {
    for (const face of [{ alternative: [] }, { onFail: 'INVALIDATE' as const }]) {
      const story = failing({ policy: aPolicy({ face }) }).timePasses(minutes(3));
      expect([story.failure, triesIn(story).length]).toEqual(['R4_LIVENESS_FAILED', 5]);
    }
  });

  it('go on for ever, without credit, where the clock merely stands', () => {
    const story = failing({ policy: aPolicy({ face: { onFail: 'STOP_TIMING' } }) }).resumes().timePasses(minutes(10));
    expect(story.state).toMatchObject({ status: 'live', holds: ['FACE_CHECK'] });
    expect([story.creditedMs, triesIn(story).length > 10, story.codes.includes('R4_LIVENESS_FAILED')]).toEqual([0, true, false]);
    story.trainee.usualBurst = 'TRAINEE';
    expect(story.playsToTheEnd().finishes().verdict).toBe('VALID');
  });

  it('are no idleness, however long they are judged', () => {
    const story = failing();
    story.trainee.judgingMs = minutes(5);
    story.timePasses(minutes(30));
    expect([story.state.slices.R4.failedTries, story.codes.includes('IDLE_CLOSED')]).toEqual([5, false]);
  });

  it('used up and nobody there: final a quarter of an hour later, to the millisecond, and not found again', () => {
    const story = lockedOut();
    const at = story.state.slices.R4.lockedAt! + minutes(15);
    expect(step(story.state, { type: 'clock.ticked', at: at - 1 }).state.status).toBe('live');
    expect(step(story.state, { type: 'clock.ticked', at }).findings).toMatchObject([{ code: 'IDLE_CLOSED' }, { code: 'R4_LIVENESS_FAILED' }]);
    expect(story.timePasses(minutes(16)).state).toMatchObject({ status: 'closed', closedAt: at, verdict: 'INVALID' });
  });

  it('used up: the quarter of an hour runs from then, whoever joins again meanwhile', () => {
    const story = lockedOut().timePasses(minutes(5)).joined();
    const { lockedAt } = story.state.slices.R4;
    expect(nextDeadline(story.state)).toBe(lockedAt! + minutes(15));
    expect(story.timePasses(minutes(11)).state).toMatchObject({ status: 'closed', closedAt: lockedAt! + minutes(15) });
  });

  it('used up: where a failed check voids a class hour only, it is found once and staff may still come', () => {
    const story = lockedOut({ policy: aPolicy({ invalidation: { scope: 'CLASS_HOUR' } }) }).timePasses(minutes(40));
    expect(story.codes.filter((code) => code === 'R4_LIVENESS_FAILED')).toHaveLength(1);
    expect(nextDeadline(story.state)).toBeNull();
    expect(story.happens(opened).happens(confirmed).state.slices.R4).toMatchObject({ need: null, hasGivenUp: false });
  });

  it('used up, and the trainee asks for the end: that is giving up', () => {
    expect(lockedOut().happens({ type: 'finish.requested' }).failure).toBe('R4_LIVENESS_FAILED');
    const early = failing().timePasses(seconds(20)).happens({ type: 'finish.requested' });
    expect(early.state.status).toBe('live');
  });
});

describe('the alternative route', () => {
  it('opened in time: no machine check is asked for meanwhile, and nothing is lost by waiting for staff', () => {
    const story = lockedOut().timePasses(minutes(10)).happens(opened);
    const tries = triesIn(story).length;
    story.timePasses(minutes(60)).joined();
    expect([story.state.status, story.creditedMs, triesIn(story).length]).toEqual(['live', 0, tries]);
    story.happens(confirmed);
    story.trainee.usualBurst = 'TRAINEE';
    expect(story.playsToTheEnd().finishes().verdict).toBe('PENDING_REVIEW');
  });

  it('counts as the face check and as a popup control', () => {
    const story = failing().happens(opened).happens(confirmed);
    expect(story.state).toMatchObject({ holds: [], slices: { R4: { passed: 1, need: null, alternative: null, failedTries: 0 }, R3: { clockMs: 0, owed: null } } });
  });

  it('not confirmed by the staff fails the session', () => {
    const story = lockedOut().happens(opened).happens(refused);
    expect(story.failure).toBe('R4_LIVENESS_FAILED');
    expect(story.state.findings.at(-1)?.detail).toEqual({ kind: 'HUMAN_VIDEO_CHECK', by: 'staff-1', questionRef: 'question-1' });
  });

  it('may be opened before the tries are used up, for a mask that stays on for health', () => {
    const story = aSession(plain);
    story.trainee.bursts.push('MASKED');
    story.joined().timePasses(seconds(12)).happens(opened);
    expect(story.state.holds).toEqual(['ALTERNATIVE']);
    story.happens(confirmed).playsToTheEnd().finishes();
    expect(story.verdict).toBe('PENDING_REVIEW');
  });

  it('is heard only when a check is owed, as the policy allows, once, and decided as it was opened', () => {
    const studying = aSession(plain).begins().plays(minutes(1)).happens(opened);
    expect([studying.codes, studying.state.holds]).toEqual([[], []]);
    const inPersonOnly = lockedOut({ policy: aPolicy({ face: { alternative: ['IN_PERSON'] } }) }).happens(opened);
    expect(inPersonOnly.codes).not.toContain('R4_ALTERNATIVE_USED');
    const twice = lockedOut().happens(opened).happens(opened);
    expect(twice.codes.filter((code) => code === 'R4_ALTERNATIVE_USED')).toHaveLength(1);
    expect(lockedOut().happens(confirmed).state.slices.R4.lockedAt).not.toBeNull();
    expect(lockedOut().happens(opened).happens({ ...confirmed, kind: 'IN_PERSON' }).state.holds).toEqual(['ALTERNATIVE']);
  });

  it('play in defiance of it fails', () => {
    const story = lockedOut().ignoresHolds().resumes().timePasses(seconds(30));
    expect([story.failure, story.creditedMs]).toEqual(['R4_NOT_PERFORMED', 0]);
  });
});

describe('cameras', () => {
  const change = (story: Story, camera: string | null): Story => story.reports('CAMERA_CHANGED', { camera });

  it('changed for another real one: a face check, no accusation', () => {
    const story = change(aSession(plain).begins().plays(minutes(1)), 'HD Pro Webcam C920');
    expect([story.state.holds, story.codes]).toEqual([['FACE_CHECK'], []]);
    expect(story.playsToTheEnd().finishes().verdict).toBe('VALID');
  });

  it('changed for a virtual one in the middle: held, told once, nothing asked of it', () => {
    const story = change(change(aSession(plain).begins().plays(minutes(1)), 'OBS Virtual Camera'), 'OBS Virtual Camera');
    const tries = triesIn(story).length;
    story.timePasses(minutes(5));
    expect([story.state.holds, story.codes, triesIn(story).length, story.creditedMs]).toEqual([['FACE_CHECK', 'CAMERA'], ['R4_VIRTUAL_CAMERA'], tries, minutes(1)]);
  });

  it('lost, and back as a virtual one', () => {
    const story = aSession(plain).begins().plays(minutes(1)).reports('CAMERA_LOST').reports('CAMERA_BACK', { camera: 'ManyCam Virtual Webcam' });
    expect([story.state.holds, story.codes]).toEqual([['CAMERA'], ['R4_CAMERA_LOST', 'R4_VIRTUAL_CAMERA']]);
  });

  it('none at the join, then one: the lesson begins', () => {
    const story = aSession(plain);
    story.browser.camera = null;
    story.joined().timePasses(minutes(1));
    expect([triesIn(story), story.codes]).toEqual([[], ['R4_NO_CAMERA']]);
    expect(story.reports('CAMERA_BACK', { camera: 'Integrated Webcam' }).playsToTheEnd().finishes().verdict).toBe('VALID');
  });

  it('are nobody’s business where no face check is asked for', () => {
    const story = aSession({ ...plain, faceChecks: [], policy: aPolicy({ face: { required: false } }) });
    story.browser.camera = 'OBS Virtual Camera';
    expect(story.joined().codes).not.toContain('R4_VIRTUAL_CAMERA');
  });
});
