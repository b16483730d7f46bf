import { describe, expect, it } from '@jest/globals';
import type { LivenessMeasurement, SessionEvent } from './event.js';
import { actWindowMs, demandOf } from './face-check.js';
import type { Finding, FindingCode } from './finding.js';
import { nextDeadline, step } from './step.js';
import type { LiveSession } from './state.js';
import { burst } from './testing/faces.js';
import { NANYANG } from './testing/nanyang-policy.js';
import { aPolicy, minutes, seconds } from './testing/opening.js';
import { aSession, type SessionSetup, type Story } from './testing/story.js';

const calm: SessionSetup = { durationMs: minutes(8), popupGaps: Array<number>(4).fill(minutes(4)), faceChecks: [], snapshots: [] };
const ACT_MS = NANYANG.face.actWindowMs + NANYANG.face.transferMs;

const requests = (story: Story) => story.journal.flatMap((event) => (event.type === 'liveness.requested' ? [event] : []));
const prompts = (story: Story) => story.journal.flatMap((event) => (event.type === 'liveness.prompted' ? [event] : []));
const found = (story: Story, code: FindingCode): readonly Finding['detail'][] => story.state.findings.flatMap((one) => (one.code === code ? [one.detail] : []));

/** A face check in which one act has been told and is not shown. */
function toldOneAct(setup: SessionSetup = {}): Story {
  const story = aSession({ ...calm, ...setup });
  story.trainee.actsShown = 0;
  story.joined().timePasses(story.trainee.livenessMs);
  expect(story.state.slices.R4.open).toMatchObject({ step: 1, isReceived: false });
  return story;
}

/** The page is loaded again, with a line that does not stand still in between. */
const cutOff = (story: Story): Story => story.reloads(0).timePasses(story.trainee.livenessMs);

describe('the acts of a face check', () => {
  it('are told one at a time, the first when the neutral frames have come', () => {
    const story = aSession(calm).joined();
    expect(prompts(story)).toEqual([]);
    expect(requests(story)).toMatchObject([{ demand: { variant: 'STANDARD', acts: 3 } }]);
    expect('acts' in requests(story)[0]!).toBe(false);
    story.passesLiveness();
    expect(prompts(story).map((event) => event.step)).toEqual([1, 2, 3]);
    const [first, second] = prompts(story);
    expect(second!.at - first!.at).toBe(story.trainee.actMs);
  });

  it('have each a time of their own: the window and what the slowest line needs', () => {
    const story = toldOneAct();
    const { at } = prompts(story)[0]!;
    expect(story.state.slices.R4).toMatchObject({ lastTriedAt: at, open: { deadlineAt: at + ACT_MS } });
    expect(nextDeadline(story.state)).toBe(at + ACT_MS);
  });

  it('not shown in time: a try, at the deadline to the millisecond, and another check with another try', () => {
    const story = toldOneAct();
    const { checkId, deadlineAt } = story.state.slices.R4.open!;
    const at = (now: number): Finding[] => [...step(story.state, { type: 'clock.ticked', at: now }).findings];
    expect(at(deadlineAt - 1)).toEqual([]);
    expect(at(deadlineAt)).toMatchObject([{ code: 'R4_TRY_FAILED', detail: { checkId, failure: 'ACT_TOO_LATE', try: 1, tries: 5, distance: null } }]);
    story.timePasses(ACT_MS);
    expect(story.state.slices.R4).toMatchObject({ failedTries: 1, lastFailure: 'ACT_TOO_LATE', isUnanswered: false });
    expect(requests(story).map(({ attempt }) => attempt)).toEqual([1, 2]);
    story.trainee.actsShown = Infinity;
    expect(story.playsToTheEnd().finishes().verdict).toBe('VALID');
  });

  it('that came and are judged for long cost nothing', () => {
    const story = aSession(calm);
    story.trainee.judgingMs = minutes(2);
    expect(story.studiesTheLesson().codes).toEqual([]);
  });

  it('are nobody’s of another check', () => {
    const { state } = toldOneAct();
    const stray = step(state, { type: 'liveness.prompted', at: state.at, checkId: 'another', step: 3, act: 'NOD', nonce: 'n' });
    expect((stray.state as LiveSession).slices.R4.open).toEqual(state.slices.R4.open);
    const passed = aSession(calm).begins().state;
    expect((step(passed, { type: 'liveness.prompted', at: passed.at, checkId: 'another', step: 1, act: 'NOD', nonce: 'n' }).state as LiveSession).slices.R4.open).toBeNull();
  });
});

describe('a face check that is cut off', () => {
  it('before any act was told is made afresh, however often', () => {
    const story = aSession(calm);
    story.trainee.usualBurst = null;
    story.joined();
    for (let time = 0; time < 6; time += 1) story.reloads(0);
    expect(story.state.slices.R4).toMatchObject({ failedTries: 0, interruptions: 0 });
    expect(requests(story)).toHaveLength(7);
  });

  it('after an act was told is made afresh twice; from the third time on each costs a try', () => {
    const story = toldOneAct();
    const { checkId } = cutOff(cutOff(story)).state.slices.R4.open!;
    expect(story.state.slices.R4).toMatchObject({ failedTries: 0, interruptions: 2 });
    expect(new Set(requests(story).map((event) => event.checkId)).size).toBe(3);
    cutOff(story);
    expect(found(story, 'R4_TRY_FAILED')).toEqual([{ checkId, failure: 'INTERRUPTED', try: 1, tries: 5, distance: null }]);
    expect(cutOff(story).state.slices.R4).toMatchObject({ failedTries: 2, interruptions: 4, lastFailure: 'INTERRUPTED' });
  });

  it('is forgotten with the next pass', () => {
    const story = cutOff(cutOff(toldOneAct()));
    story.trainee.actsShown = Infinity;
    expect(story.reloads(0).passesLiveness().state.slices.R4).toMatchObject({ passed: 1, failedTries: 0, interruptions: 0 });
  });

  it('while its frames are being judged is waited for', () => {
    const story = aSession(calm);
    story.trainee.judgingMs = minutes(1);
    story.joined().timePasses(story.trainee.livenessMs + 1_000);
    expect(story.state.slices.R4.open).toMatchObject({ isReceived: true, step: 3 });
    story.reloads(0).timePasses(minutes(2));
    expect([requests(story).length, story.state.slices.R4.passed]).toEqual([1, 1]);
  });

  it('by a line that is dead when the time of the act runs out is no late act', () => {
    const story = toldOneAct();
    story.goesOffline(seconds(40));
    expect(found(story, 'R4_TRY_FAILED')).toEqual([]);
    expect(story.state.slices.R4).toMatchObject({ interruptions: 1, failedTries: 0 });
  });

  it('again and again ends as tries do that do not pass', () => {
    const story = toldOneAct({ policy: aPolicy({ face: { freeInterruptions: 0, delayMs: 0 } }) });
    for (let time = 0; time < 5; time += 1) cutOff(story);
    expect(story.state.holds).toEqual(['ALTERNATIVE']);
    expect(found(story, 'R4_TRIES_EXHAUSTED')).toEqual([{ tries: 5 }]);
  });
});

describe('what a face check demands', () => {
  it('is easier for who is entitled to it: fewer acts, others, and more time for each', () => {
    expect(demandOf(NANYANG, true, false)).toEqual({ variant: 'ACCESSIBLE', acts: 2 });
    expect([actWindowMs({ variant: 'ACCESSIBLE', acts: 2 }, NANYANG), actWindowMs({ variant: 'STANDARD', acts: 3 }, NANYANG)]).toEqual([4_000, 2_500]);
    const story = aSession({ ...calm, isAccessible: true }).begins();
    expect(requests(story)).toMatchObject([{ demand: { variant: 'ACCESSIBLE', acts: 2 } }]);
    expect(prompts(story)).toHaveLength(2);
    expect(toldOneAct({ isAccessible: true }).state.slices.R4.open!.deadlineAt - prompts(toldOneAct({ isAccessible: true }))[0]!.at).toBe(4_000 + 15_000);
  });

  it('is judged by what was asked: two acts do not pass where three were', () => {
    const story = aSession({ ...calm, isAccessible: true }).begins();
    expect(story.state.slices.R4.passed).toBe(1);
    const standard = aSession(calm).joined().timePasses(8_500);
    const { checkId } = standard.state.slices.R4.open!;
    const short: SessionEvent = { type: 'liveness.judged', at: standard.state.at, checkId, measurement: burst('TRAINEE', ['NOD', 'BLINK']), imageId: null, engine: 'test' };
    expect(step(standard.state, short).findings).toMatchObject([{ code: 'R4_TRY_FAILED', detail: { failure: 'ACT_NOT_SEEN' } }]);
  });

  it('of a journal that does not say it is what the policy says', () => {
    const { state } = aSession(calm).joined();
    const { demand: _demand, ...old } = requests(aSession(calm).joined())[0]!;
    const asked = step(state, { ...old, acts: ['OPEN_MOUTH', 'TURN_LEFT'] }).state as LiveSession;
    expect(asked.slices.R4.open?.demand).toEqual({ variant: 'STANDARD', acts: 3 });
  });
});

describe('a low passive score', () => {
  const scored = (...scores: readonly (number | undefined)[]): Story => {
    const story = aSession({ ...calm, faceChecks: [1, 2, 3].map((minute) => ({ part: 0, atMs: minutes(minute) })) });
    const left = [...scores];
    const record = story.shell.record.bind(story.shell);
    story.shell.record = (event) => {
      const score = event.type === 'liveness.judged' ? left.shift() : undefined;
      record(event.type === 'liveness.judged' && score !== undefined ? { ...event, measurement: withScore(event.measurement, score) } : event);
    };
    return story.studiesTheLesson();
  };
  const withScore = (measurement: LivenessMeasurement, score: number): LivenessMeasurement => ({ ...measurement, passive: { score, parts: { grain: score } } });
  const demanded = (story: Story): readonly (number | undefined)[] => requests(story).map(({ demand }) => demand?.acts);

  it('under the threshold asks for one act more at the next check alone, and fails nobody', () => {
    const story = scored(0.199, 0.9, 0.9, 0.9);
    expect([story.verdict, demanded(story)]).toEqual(['VALID', [3, 4, 3, 3]]);
    expect(found(story, 'R4_PASSIVE_DOUBT')).toEqual([{ checkId: requests(story)[0]!.checkId, score: 0.199, threshold: 0.2, doubts: 1, isRepeated: false }]);
    expect(story.state.findings.map(({ effect }) => effect)).toEqual(['RECORD_ONLY']);
  });

  it('at the threshold, or none at all, says nothing', () => {
    const story = scored(0.2, undefined, 1);
    expect([story.verdict, demanded(story), story.codes]).toEqual(['VALID', [3, 3, 3, 3], []]);
  });

  it('twice in a session is for a person to look at', () => {
    const story = scored(0.1, 0.9, 0.1, 0.9);
    expect([story.verdict, demanded(story)]).toEqual(['PENDING_REVIEW', [3, 4, 3, 4]]);
    expect(story.state.findings.map(({ effect }) => effect)).toEqual(['RECORD_ONLY', 'REVIEW']);
  });

  it('asks more of an entitled trainee too, and not more than one act', () => {
    expect(demandOf(NANYANG, true, true)).toEqual({ variant: 'ACCESSIBLE', acts: 3 });
    expect(demanded(scored(0.1, 0.1, 0.1, 0.1))).toEqual([3, 4, 4, 4]);
  });
});
