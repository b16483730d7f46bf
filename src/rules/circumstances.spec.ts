import { describe, expect, it } from '@jest/globals';
import { nextDeadline, unattendedSince, wants } from './step.js';
import { aPolicy, minutes, seconds } from './testing/opening.js';
import { aSession, type SessionSetup, type Story } from './testing/story.js';

const calm: SessionSetup = { durationMs: minutes(8), faceChecks: [], snapshots: [{ part: 0, atMs: minutes(1) }], popupGaps: [minutes(4), minutes(4), minutes(4)] };
const requestsIn = (story: Story): number => story.journal.filter(({ type }) => type === 'liveness.requested' || type === 'snapshot.requested' || type === 'popup.issued').length;

describe('what the opening says', () => {
  const codesOf = (setup: SessionSetup): readonly string[] => aSession(setup).codes;

  it('is nothing where nothing is said, or all is in order', () => {
    expect(codesOf({})).toEqual([]);
    const video = { approvedSha256s: ['a'.repeat(64)], approvalRef: 'ref', isRequired: true };
    expect(codesOf({ video, isTwinDeclared: false, currentSyllabusVersion: 1, consent: 'GRANTED' })).toEqual([]);
  });

  it('is nothing about videos where no approval is asked for', () => {
    expect(codesOf({ video: { approvedSha256s: [], approvalRef: null, isRequired: false } })).toEqual([]);
  });

  it('names what it saw', () => {
    const story = aSession({ supersedes: 'session-0', attempt: 2, currentSyllabusVersion: 3, video: { approvedSha256s: ['f'.repeat(64)], approvalRef: 'ref', isRequired: true } });
    expect(story.state.findings.map(({ code, seq, detail }) => [code, seq, detail])).toEqual([
      ['MAKEUP', 1, { supersedes: 'session-0', attempt: 2 }],
      ['R5_SYLLABUS_CHANGED', 1, { studiedVersion: 1, currentVersion: 3 }],
      ['C11_VIDEO_CHANGED_AFTER_APPROVAL', 1, { videoSha256: 'a'.repeat(64), approvalRef: 'ref' }],
    ]);
  });
});

describe('consent', () => {
  const withdrawn = { type: 'consent.withdrawn', purpose: 'FACE_VERIFICATION' } as const;

  it('refused: nothing is asked for, nothing is earned', () => {
    const story = aSession({ ...calm, consent: 'REFUSED' }).joined().resumes().timePasses(minutes(3));
    expect([requestsIn(story), story.creditedMs, story.state.holds]).toEqual([0, 0, ['FACE_CHECK', 'CONSENT']]);
  });

  it('withdrawn in the middle of a check is no missed check', () => {
    const atPopup = aSession(calm).begins().leavesPopupUnanswered().plays(minutes(4)).timePasses(seconds(5)).happens(withdrawn);
    expect(atPopup.timePasses(minutes(10)).codes).toEqual(['CONSENT_WITHDRAWN']);
    const atSnapshot = aSession(calm).begins();
    atSnapshot.trainee.pictures.push('NOBODY', null);
    atSnapshot.plays(minutes(1)).timePasses(seconds(15)).happens(withdrawn).timePasses(minutes(5));
    expect([atSnapshot.state.status, atSnapshot.codes]).toEqual(['live', ['CONSENT_WITHDRAWN']]);
    const atFaceCheck = aSession(calm);
    atFaceCheck.trainee.usualBurst = null;
    expect(atFaceCheck.joined().timePasses(seconds(5)).happens(withdrawn).timePasses(minutes(5)).codes).toEqual(['CONSENT_WITHDRAWN']);
  });

  it('given again: the lesson goes on where it stood', () => {
    const story = aSession(calm).begins().plays(minutes(2)).happens(withdrawn).timePasses(minutes(2));
    expect(story.creditedMs).toBe(minutes(2));
    story.happens({ type: 'consent.given', purpose: 'FACE_VERIFICATION' }).playsToTheEnd().finishes();
    expect([story.verdict, story.creditedMs]).toEqual(['VALID', minutes(8)]);
  });

  it('withdrawn when all is done: the session may still end', () => {
    const story = aSession(calm).begins().playsToTheEnd().timePasses(minutes(1)).happens(withdrawn).happens({ type: 'finish.requested' });
    expect(story.verdict).toBe('VALID');
  });
});

describe('review mode', () => {
  const fast = (story: Story): Story => story.seeksTo(0).playsAtSpeed(2).plays(minutes(1));

  it('begins only when the lesson is watched to its end', () => {
    const early = aSession(calm).begins().plays(minutes(3)).reports('REVIEW_MODE_ON');
    expect(early.codes).toEqual([]);
    expect(early.playsAtSpeed(2).plays(minutes(2)).failure).toBe('R1_RATE_EXCEEDED');
  });

  it('begins only where the policy knows it, and ends with its end and with a join', () => {
    const watched = (setup: SessionSetup = {}): Story => aSession({ ...calm, ...setup }).begins().playsToTheEnd().timePasses(minutes(1));
    expect(fast(watched({ policy: aPolicy({ playback: { reviewModeFreeSpeed: false } }) }).reports('REVIEW_MODE_ON')).failure).toBe('R1_RATE_EXCEEDED');
    expect(fast(watched().reports('REVIEW_MODE_ON')).failure).toBeNull();
    expect(fast(watched().reports('REVIEW_MODE_ON').reports('REVIEW_MODE_OFF')).failure).toBe('R1_RATE_EXCEEDED');
    expect(fast(watched().reports('REVIEW_MODE_ON').reloads()).failure).toBe('R1_RATE_EXCEEDED');
  });

  it('is told once', () => {
    const story = aSession(calm).begins().playsToTheEnd().reports('REVIEW_MODE_ON').reports('REVIEW_MODE_ON');
    expect(story.codes).toEqual(['REVIEW_MODE']);
  });
});

describe('screens and returns', () => {
  it('several screens are told once', () => {
    const story = aSession(calm);
    story.browser.screenExtended = true;
    expect(story.begins().plays(minutes(1)).reloads().codes).toEqual(['ENV_MULTI_SCREEN']);
  });

  it('a page that said that it paused was not abandoned', () => {
    expect(aSession(calm).begins().plays(minutes(1)).pauses(seconds(1)).crashes().timePasses(seconds(10)).comesBack().codes).toEqual([]);
  });

  it('a page that crashed while playing is abandoned, also when the next one comes at once', () => {
    expect(aSession(calm).begins().plays(minutes(1)).crashes().timePasses(seconds(3)).comesBack().codes).toEqual(['ABANDONED']);
  });

  it('moving on to another device is neither', () => {
    expect(aSession(calm).begins().plays(minutes(1)).takesOverOn('phone').codes).toEqual(['LEASE_TRANSFERRED']);
  });
});

describe('a session whose clock nobody keeps', () => {
  it('is unattended when what was due is overdue by more than a heartbeat', () => {
    const { state } = aSession(calm).begins().plays(minutes(1));
    const deadline = nextDeadline(state)!;
    expect([unattendedSince(state, deadline + seconds(10)), unattendedSince(state, deadline + seconds(10) + 1)]).toEqual([null, state.at]);
  });

  it('is not when nobody was connected, when it is closed, and before it is opened', () => {
    const later = minutes(10_000);
    const left = aSession(calm).begins().plays(minutes(1)).crashes().state;
    expect(unattendedSince(left, left.at + later)).toBeNull();
    const done = aSession(calm).studiesTheLesson().state;
    expect([unattendedSince(done, done.at + later), unattendedSince({ status: 'unopened' }, later), wants(done)]).toEqual([null, null, []]);
  });

  it('tells no outage for a restart that nobody could have noticed', () => {
    expect(aSession(calm).begins().plays(minutes(1)).serverIsGone(seconds(8)).codes).not.toContain('SERVER_UNAVAILABLE');
  });
});
