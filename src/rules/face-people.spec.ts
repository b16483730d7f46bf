import { describe, expect, it } from '@jest/globals';
import type { AlternativeReason } from './event.js';
import type { FindingCode } from './finding.js';
import { nextDeadline, step, wants } from './step.js';
import { aPolicy, minutes, seconds } from './testing/opening.js';
import { aSession, type SessionSetup, type Story } from './testing/story.js';
import { readings } from './verdict.js';

const calm: SessionSetup = { durationMs: minutes(8), popupGaps: Array<number>(4).fill(minutes(4)), faceChecks: [{ part: 0, atMs: minutes(6) }], snapshots: [{ part: 0, atMs: minutes(1) }, { part: 0, atMs: minutes(5) }] };
const staff = { kind: 'HUMAN_VIDEO_CHECK', by: 'staff-1' } as const;
const opened = { type: 'alternative.opened', ...staff } as const;
const confirmed = { type: 'alternative.decided', ...staff, questionRef: 'question-1', photoImageId: null, outcome: 'CONFIRMED' } as const;
const finish = { type: 'finish.requested' } as const;
const asks = (story: Story, reason: AlternativeReason): Story => story.happens({ type: 'alternative.requested', reason });
const count = (story: Story, type: string): number => story.journal.filter((event) => event.type === type).length;
const found = (story: Story, code: FindingCode) => story.state.findings.filter((one) => one.code === code);

/** A trainee before the first face check, in a session that would otherwise be a plain one. */
const waiting = (setup: SessionSetup = {}): Story => aSession({ ...calm, ...setup }).joined();
const withoutCamera = (setup: SessionSetup = {}): Story => {
  const story = aSession({ ...calm, ...setup });
  story.browser.camera = null;
  return story.joined();
};
const refusing = (): Story => {
  const story = aSession({ ...calm, consent: 'REFUSED' });
  story.browser.camera = null;
  return story.joined();
};
/** Staff confirm the trainee each time a check is owed, until the end of the lesson. */
const studiesWithStaff = (story: Story): Story => {
  story.happens(opened).happens(confirmed).plays(minutes(6)).timePasses(seconds(5));
  if (story.state.holds.includes('ALTERNATIVE')) story.happens(opened).happens(confirmed);
  return story.playsToTheEnd().finishes();
};

describe('a trainee who asks for people', () => {
  it('waits for them: no machine check any more, no credit, told why, and nobody is accused', () => {
    const story = asks(waiting(), 'CANNOT_DO_ACTS').resumes().timePasses(minutes(5));
    expect([story.state.holds, story.creditedMs, count(story, 'liveness.requested')]).toEqual([['ALTERNATIVE'], 0, 1]);
    expect(found(story, 'R4_ALTERNATIVE_REQUESTED')).toMatchObject([{ effect: 'REVIEW', attribution: 'UNKNOWN', detail: { reason: 'CANNOT_DO_ACTS' } }]);
    expect(story.state.slices.R4).toMatchObject({ open: null, failedTries: 0 });
  });

  it('is confirmed by them each time a check is owed, and the session waits for a review at its end', () => {
    const story = studiesWithStaff(asks(waiting(), 'CANNOT_DO_ACTS'));
    expect([story.verdict, count(story, 'liveness.requested'), count(story, 'alternative.opened')]).toEqual(['PENDING_REVIEW', 1, 2]);
    expect(story.state.slices.R6.qualifying).toHaveLength(2);
  });

  it('after the tries are used up is not found to have given up, however long nobody comes', () => {
    const story = aSession(calm);
    story.trainee.usualBurst = 'UNCLEAR';
    asks(story.joined().timePasses(minutes(3)), 'CANNOT_DO_ACTS').timePasses(minutes(60));
    expect([story.state.status, story.codes.includes('R4_LIVENESS_FAILED'), nextDeadline(story.state)]).toEqual(['live', false, null]);
    expect(story.happens(finish).state).toMatchObject({ status: 'closed', verdict: 'PENDING_REVIEW' });
  });

  it('while the next try is delayed need not wait for it', () => {
    const story = aSession(calm);
    story.trainee.bursts.push('UNCLEAR', 'UNCLEAR', 'UNCLEAR');
    story.joined().timePasses(seconds(32));
    expect(story.state.slices.R4.waitsUntil).not.toBeNull();
    expect(asks(story, 'CANNOT_DO_ACTS').state).toMatchObject({ holds: ['ALTERNATIVE'], slices: { R4: { waitsUntil: null } } });
    expect(wants(story.state)).toEqual([]);
  });

  it('is heard once, while something is owed, where the policy has people to send', () => {
    expect(asks(asks(waiting(), 'CANNOT_DO_ACTS'), 'NO_CAMERA').state.slices.R4.asked).toBe('CANNOT_DO_ACTS');
    expect(asks(waiting().happens(opened), 'CANNOT_DO_ACTS').state.slices.R4.asked).toBeNull();
    expect(asks(waiting().passesLiveness(), 'CANNOT_DO_ACTS').state.holds).toEqual([]);
    expect(asks(waiting({ policy: aPolicy({ face: { alternative: [] } }) }), 'NO_CAMERA').state.holds).toEqual(['FACE_CHECK']);
    expect(asks(waiting({ policy: aPolicy({ face: { required: false } }) }), 'NO_CAMERA').state.slices.R4.asked).toBeNull();
  });

  it('and plays on meanwhile, fails', () => {
    const story = asks(waiting(), 'CANNOT_DO_ACTS').ignoresHolds().resumes().timePasses(seconds(30));
    expect([story.failure, story.creditedMs]).toEqual(['R4_NOT_PERFORMED', 0]);
  });
});

describe('an end before people have decided', () => {
  it.each<[string, () => Story]>([
    ['asked for by the trainee', () => asks(waiting(), 'CANNOT_DO_ACTS')],
    ['opened by staff', () => waiting().happens(opened)],
  ])('waits for a review: %s', (_name, tell) => {
    const story = tell().happens(finish);
    expect(story.state).toMatchObject({ status: 'closed', isFinished: false, verdict: 'PENDING_REVIEW' });
    expect(story.state.status === 'closed' && story.state.verdictHistory).toMatchObject([{ verdict: 'PENDING_REVIEW', why: 'R4_ALTERNATIVE_REQUESTED' }]);
    const review = { type: 'review.decided', by: 'r-1', secondBy: null, reasonCode: 'X', textSha256: 'e'.repeat(64), disputedSeq: null } as const;
    // What was not studied to its end is not valid by anyone's word.
    expect(story.happens({ ...review, outcome: 'OVERTURNED' }).verdict).toBe('INCOMPLETE');
  });

  it('is not one once they have: the lesson has to be studied', () => {
    expect(asks(waiting(), 'CANNOT_DO_ACTS').happens(opened).happens(confirmed).happens(finish).state.status).toBe('live');
    expect(waiting().happens(finish).state.status).toBe('live');
  });

  it('after they have said no is what it was: failed', () => {
    const story = asks(waiting(), 'CANNOT_DO_ACTS').happens(opened).happens({ ...confirmed, outcome: 'NOT_CONFIRMED' });
    expect([story.failure, story.verdict]).toEqual(['R4_LIVENESS_FAILED', 'INVALID']);
  });
});

describe('a trainee whom no camera sees', () => {
  it('without one is held for it, and after asking for people for them alone', () => {
    const story = withoutCamera();
    expect(story.state.holds).toEqual(['FACE_CHECK', 'CAMERA']);
    expect(asks(story, 'NO_CAMERA').state.holds).toEqual(['ALTERNATIVE']);
  });

  it('studies to the end with people, no picture asked for, and it waits for a review', () => {
    const story = studiesWithStaff(asks(withoutCamera(), 'NO_CAMERA'));
    expect([story.verdict, count(story, 'snapshot.requested'), count(story, 'liveness.requested'), story.codes.filter((code) => code.startsWith('R6'))]).toEqual(['PENDING_REVIEW', 0, 0, []]);
    expect(story.state.slices.R3.answered).toBeGreaterThan(0);
    expect(readings(story.state)).toMatchObject({ policy: 'PENDING_REVIEW', strict: 'INVALID' });
  });

  it('with one again is seen by the machine again, and owes the pictures', () => {
    const story = asks(withoutCamera(), 'NO_CAMERA').happens(opened).happens(confirmed).plays(minutes(2));
    story.reports('CAMERA_BACK', { camera: 'Integrated Webcam' });
    expect(story.state.slices.R4).toMatchObject({ asked: null, camera: 'USABLE' });
    expect(story.playsToTheEnd().finishes().state.slices.R6.qualifying).toHaveLength(2);
    expect(story.verdict).toBe('PENDING_REVIEW');
  });

  it('whose camera breaks in the middle asks for people at once, though no check was owed', () => {
    const story = aSession(calm).begins().plays(minutes(2)).reports('CAMERA_LOST');
    expect(story.state.holds).toEqual(['CAMERA']);
    expect(asks(story, 'NO_CAMERA').state).toMatchObject({ holds: ['ALTERNATIVE'], slices: { R4: { need: { reason: 'DOUBT', part: null } } } });
  });

  it('but a made-up one sees, is held all the same', () => {
    const story = aSession(calm);
    story.browser.camera = 'OBS Virtual Camera';
    expect(asks(story.joined(), 'NO_CAMERA').state.holds).toEqual(['ALTERNATIVE', 'CAMERA']);
  });

  it('who cannot do the acts is seen by a camera, which must not be missing', () => {
    expect(asks(withoutCamera(), 'CANNOT_DO_ACTS').state.holds).toEqual(['ALTERNATIVE', 'CAMERA']);
    const story = asks(waiting(), 'CANNOT_DO_ACTS').reports('CAMERA_CHANGED', { camera: 'HD Pro Webcam C920' });
    expect(story.state.slices.R4.asked).toBe('CANNOT_DO_ACTS');
  });
});

describe('a trainee who refuses face processing', () => {
  it('is held for the consent, and after asking for people for them alone', () => {
    const story = refusing();
    expect(story.state.holds).toEqual(['FACE_CHECK', 'CAMERA', 'CONSENT']);
    expect(asks(story, 'REFUSES_FACE').state.holds).toEqual(['ALTERNATIVE']);
  });

  it('studies to the end with people: popups are asked, no picture ever is, and it waits for a review', () => {
    const story = studiesWithStaff(asks(refusing(), 'REFUSES_FACE'));
    expect([story.verdict, count(story, 'snapshot.requested'), count(story, 'liveness.requested')]).toEqual(['PENDING_REVIEW', 0, 0]);
    expect(story.state.slices.R3.answered).toBeGreaterThan(0);
  });

  it('and consents after all is seen by the machine from then on', () => {
    const story = asks(refusing(), 'REFUSES_FACE').happens({ type: 'consent.given', purpose: 'FACE_VERIFICATION' });
    expect(story.state.slices.R4.asked).toBeNull();
    expect(story.state.holds).toEqual(['FACE_CHECK', 'CAMERA']);
    const other = asks(withoutCamera(), 'NO_CAMERA').happens({ type: 'consent.given', purpose: 'FACE_VERIFICATION' });
    expect(other.state.slices.R4.asked).toBe('NO_CAMERA');
  });

  it('withdraws in the middle and asks for people at once', () => {
    const story = aSession(calm).begins().plays(minutes(2)).happens({ type: 'consent.withdrawn', purpose: 'FACE_VERIFICATION' });
    expect(story.state.holds).toEqual(['CONSENT']);
    expect(asks(story, 'REFUSES_FACE').state.holds).toEqual(['ALTERNATIVE']);
    expect(step(story.state, { type: 'alternative.requested', at: story.state.at, reason: 'REFUSES_FACE' }).findings).toEqual([]);
  });
});
