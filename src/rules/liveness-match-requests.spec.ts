import { describe, expect, it } from '@jest/globals';
import type { SessionEvent } from './event.js';
import type { Finding, FindingCode } from './finding.js';
import { nextDeadline, outstanding, replay, step } from './step.js';
import type { LiveSession, SessionState } from './state.js';
import { anOpening, aPolicy, minutes, MORNING, seconds } from './testing/opening.js';
import { aSession, type SessionSetup, type Story } from './testing/story.js';

const quiet = (setup: SessionSetup = {}): Story => aSession({ durationMs: minutes(20), popupGaps: [10_000_000], faceChecks: [], snapshots: [], ...setup });
const random: SessionSetup = { faceChecks: [{ part: 0, atMs: seconds(93) }] };
type Requested = Extract<SessionEvent, { type: 'liveness.requested' }>;
const requests = (story: Story): readonly Requested[] => story.journal.flatMap((event) => (event.type === 'liveness.requested' ? [event] : []));
const reasons = (story: Story): readonly string[] => requests(story).map(({ reason }) => reason);
const isLeft = (state: SessionState): boolean =>
  state.status === 'live' && outstanding(state).some(({ rule, code }) => rule === 'R4' && code === 'R4_NOT_PERFORMED');
const found = (story: Story, code: FindingCode): readonly Finding['detail'][] => story.state.findings.flatMap((one) => (one.code === code ? [one.detail] : []));

describe('R4: what a request says', () => {
  it('which try it is, beginning with the first', () => {
    const story = quiet();
    story.trainee.usualBurst = 'UNCLEAR';
    expect(requests(story.joined().timePasses(minutes(3))).map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4, 5]);
  });

  it('the occasion that called for it first, and its part of the lesson, whatever happens before it is answered', () => {
    const started = quiet();
    started.trainee.usualBurst = null;
    expect(reasons(started.joined().takesOverOn('phone'))).toEqual(['SESSION_START', 'SESSION_START']);
    const story = quiet(random).begins();
    story.trainee.usualBurst = null;
    story.plays(seconds(93)).timePasses(seconds(1)).takesOverOn('phone');
    expect(requests(story).slice(1)).toMatchObject([{ reason: 'RANDOM', part: 0 }, { reason: 'RANDOM', part: 0 }]);
  });

  it('that a doubt called for it, after another camera', () => {
    expect(reasons(quiet().begins().reports('CAMERA_CHANGED', { camera: 'HD Pro Webcam C920' }))).toEqual(['SESSION_START', 'DOUBT']);
  });
});

describe('R4: when a request is made', () => {
  it('at its random instant, to the millisecond, not at the next beat', () => {
    const story = quiet(random).begins();
    const from = Math.round(story.timeline.now);
    expect(requests(story.plays(seconds(99)))[1]!.at - from).toBe(seconds(93));
  });

  it('when the interval of credited time is over, to the millisecond', () => {
    const story = quiet({ policy: aPolicy({ face: { maxIntervalMs: seconds(93) } }) }).begins();
    const from = Math.round(story.timeline.now);
    expect(requests(story.plays(seconds(99)))[1]!.at - from).toBe(seconds(93));
  });

  it('for a random check that fell due while another was owed: afterwards, not never', () => {
    const story = quiet({ faceChecks: [{ part: 0, atMs: 0 }] }).begins().timePasses(minutes(1));
    expect([reasons(story), story.state.slices.R4.passed]).toEqual([['SESSION_START', 'RANDOM'], 2]);
  });

  it('not at a beat that only tells of a seek in a long pause, but at the play that ends it', () => {
    const story = quiet().begins().plays(minutes(1)).pauses(minutes(11)).seeksTo(0).timePasses(100);
    expect(reasons(story)).toEqual(['SESSION_START']);
    expect(reasons(story.resumes().timePasses(100))).toEqual(['SESSION_START', 'RESUME']);
  });

  it('not while no schedule is drawn: nothing falls due then but the end of the patience', () => {
    const state = replay([anOpening()]);
    expect(nextDeadline(state)).toBe(MORNING + minutes(15));
  });
});

describe('R4: what is left before the end', () => {
  it('a pass at the start and at every random instant', () => {
    const story = quiet(random);
    expect(isLeft(story.joined().state)).toBe(true);
    expect(isLeft(story.passesLiveness().state)).toBe(true);
    story.trainee.livenessMs = seconds(20);
    expect(isLeft(story.plays(seconds(93)).timePasses(seconds(1)).state)).toBe(true);
    expect(isLeft(story.passesLiveness().state)).toBe(false);
  });

  it('a check that is owed for another reason', () => {
    const story = quiet().begins();
    expect(isLeft(story.state)).toBe(false);
    expect(isLeft(story.takesOverOn('phone').state)).toBe(true);
    expect(isLeft(story.passesLiveness().state)).toBe(false);
  });

  it('one pass at least, where the policy names no occasion that came', () => {
    const story = quiet({ policy: aPolicy({ face: { when: ['RESUME'] } }) }).joined().plays(minutes(2));
    expect([reasons(story), isLeft(story.state)]).toEqual([[], true]);
  });

  it('nothing after staff confirmed the trainee before the schedule was drawn', () => {
    const staff = { at: MORNING, kind: 'HUMAN_VIDEO_CHECK', by: 'staff-1' } as const;
    const state = replay([
      anOpening(),
      { type: 'alternative.opened', ...staff },
      { type: 'alternative.decided', ...staff, outcome: 'CONFIRMED', questionRef: 'question-1', photoImageId: null },
    ]);
    expect([state.status, isLeft(state)]).toEqual(['live', false]);
  });
});

describe('R4: what is found, and with what numbers', () => {
  it('a failed try: which one, how it failed, and the best distance where there was a face', () => {
    const story = quiet();
    story.trainee.bursts.push('UNCLEAR', 'NOBODY');
    const [first, second] = requests(story.begins()).map(({ checkId }) => checkId);
    expect(found(story, 'R4_TRY_FAILED')).toEqual([
      { checkId: first, failure: 'UNCERTAIN', try: 1, tries: 5, distance: 0.56 },
      { checkId: second, failure: 'FACE_ABSENT', try: 2, tries: 5, distance: null },
    ]);
  });

  it('a covered face and a check left alone: which check it was', () => {
    const story = quiet();
    story.trainee.bursts.push('MASKED', null);
    const [masked, alone] = requests(story.begins()).map(({ checkId }) => checkId);
    expect(found(story, 'R4_FACE_COVERED')).toEqual([{ checkId: masked }]);
    expect(found(story, 'R4_CHECK_UNANSWERED')).toEqual([{ checkId: alone }]);
  });

  it('a check left alone at its deadline, not a millisecond before', () => {
    const story = quiet();
    story.trainee.usualBurst = null;
    const { state } = story.joined();
    const { deadlineAt } = state.slices.R4.open!;
    const at = (now: number) => step(state, { type: 'clock.ticked', at: now }).findings.map(({ code }) => code);
    expect([at(deadlineAt - 1), at(deadlineAt)]).toEqual([[], ['R4_CHECK_UNANSWERED']]);
  });

  it('nothing for a burst that nobody asked for', () => {
    const { state } = quiet().begins();
    const received = step(state, { type: 'liveness.received', at: state.at, checkId: 'check-0', frames: 60, digest: 'a' });
    expect([received.findings, (received.state as LiveSession).slices.R4]).toEqual([[], state.slices.R4]);
  });

  it.each([
    [seconds(5), []],
    [seconds(5) + 1, [{ playedMs: seconds(5) + 1 }]],
  ])('play of %s ms under a check that is owed: %j', (ms, details) => {
    const story = quiet().begins().plays(minutes(1)).pauses();
    story.trainee.usualBurst = null;
    story.takesOverOn('phone').timePasses(seconds(3)).ignoresHolds().resumes().timePasses(ms).browser.beat();
    expect(found(story.timePasses(1), 'R4_NOT_PERFORMED')).toEqual(details);
  });

  it('a failed check is the last word: that it also ran out with the same beat is not told', () => {
    const story = quiet();
    story.trainee.usualBurst = null;
    story.joined();
    const { deadlineAt } = story.state.slices.R4.open!;
    story.timePasses(seconds(54)).ignoresHolds().resumes().timePasses(seconds(5));
    const last = story.journal.findLast((event) => event.type === 'beat.received')!;
    const laterMs = deadlineAt + 1 - last.at;
    const late = step(story.state, { ...last, at: last.at + laterMs, seq: last.seq + 1, clientMonoMs: last.clientMonoMs + laterMs, clientWallAt: last.clientWallAt + laterMs, positionMs: last.positionMs + laterMs });
    expect(late.findings.map(({ code }) => code)).toEqual(['R4_NOT_PERFORMED']);
  });
});

describe('R4: what a camera is called', () => {
  it('is on record when nobody can believe it', () => {
    const story = quiet().begins().reports('CAMERA_CHANGED', { camera: 'OBS Virtual Camera' });
    expect(found(story, 'R4_VIRTUAL_CAMERA')).toEqual([{ camera: 'OBS Virtual Camera' }]);
  });

  it.each([[{}], [{ camera: null }], [{ camera: 7 }]])('in a report that does not name it (%j): it is back, and nobody is accused', (detail) => {
    const story = quiet().begins().reports('CAMERA_LOST');
    expect(story.state.slices.R4.camera).toBe('LOST');
    story.reports('CAMERA_BACK', detail);
    expect([story.state.holds, story.codes]).toEqual([[], ['R4_CAMERA_LOST']]);
  });
});
