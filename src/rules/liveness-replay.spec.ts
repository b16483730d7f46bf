import { describe, expect, it } from '@jest/globals';
import { judgeLiveness } from './liveness-outcome.js';
import type { Burst } from './testing/faces.js';
import { burst } from './testing/faces.js';
import { NANYANG } from './testing/nanyang-policy.js';
import { minutes } from './testing/opening.js';
import { aSession, type Story } from './testing/story.js';

const setup = { durationMs: minutes(8), faceChecks: [{ part: 0, atMs: minutes(4) }], snapshots: [{ part: 0, atMs: minutes(1) }] };
const withBursts = (...bursts: readonly Burst[]): Story => {
  const story = aSession(setup);
  story.trainee.bursts.push(...bursts);
  return story.studiesTheLesson();
};
const found = (story: Story, code: string) => story.state.findings.filter((one) => one.code === code);
const checks = (story: Story) => story.journal.flatMap((event) => (event.type === 'liveness.requested' ? [[event.reason, event.demand?.acts]] : []));
const { acts } = NANYANG.face;

describe('R4: a burst with frames that came before', () => {
  it('is judged a replay where liveness and match would have passed, and another person stays another person', () => {
    const three = ['OPEN_MOUTH', 'TURN_LEFT', 'TURN_RIGHT'] as const;
    expect(judgeLiveness(burst('SEEN_OF_PERSON', three), NANYANG)).toEqual({ passed: false, failure: 'REPLAYED' });
    expect(judgeLiveness(burst('SEEN_OF_PERSON', three, { distances: [0.8, 0.8, 0.8] }), NANYANG)).toEqual({ passed: false, failure: 'MISMATCH' });
    expect(judgeLiveness(burst('ALIKE', three), NANYANG)).toEqual({ passed: true });
    expect(judgeLiveness(burst('LOOPED', three), NANYANG)).toEqual({ passed: true });
  });

  it('costs a try, and the next one may pass', () => {
    const story = withBursts('SEEN_OF_PERSON');
    expect(story.codes).toEqual(['R4_REPLAY', 'R4_TRY_FAILED']);
    expect(found(story, 'R4_REPLAY')).toMatchObject([{ effect: 'RECORD_ONLY', attribution: 'TRAINEE_CONDUCT', detail: { scope: 'PERSON', isRepeated: false } }]);
    expect(story.verdict).toBe('VALID');
  });

  it('a second time is for a person to look at', () => {
    const story = withBursts('SEEN_OF_PERSON', 'TRAINEE', 'SEEN_OF_PERSON');
    expect(found(story, 'R4_REPLAY').map(({ effect }) => effect)).toEqual(['RECORD_ONLY', 'REVIEW']);
    expect(story.verdict).toBe('PENDING_REVIEW');
  });
});

describe('R4: a burst that is merely doubtful', () => {
  it.each<[Burst, string]>([
    ['ALIKE', 'NEAR_DUPLICATE'],
    ['LOOPED', 'LOOP'],
  ])('%s passes, and is taken once more with one act more', (kind, sign) => {
    const story = withBursts(kind);
    expect(found(story, 'R4_REPLAY_SUSPECTED')).toMatchObject([{ effect: 'RECORD_ONLY', attribution: 'UNKNOWN', detail: { sign } }]);
    expect(checks(story)).toEqual([['SESSION_START', acts], ['DOUBT', acts + 1], ['RANDOM', acts]]);
    expect(story.verdict).toBe('VALID');
  });

  it('settles a doubt though it is one itself: nobody is asked without end', () => {
    const story = withBursts('ALIKE', 'ALIKE');
    expect(checks(story).map(([reason]) => reason)).toEqual(['SESSION_START', 'DOUBT', 'RANDOM']);
    expect(found(story, 'R4_REPLAY_SUSPECTED')).toHaveLength(2);
    expect(story.verdict).toBe('VALID');
  });

  it('asks for nothing where the try failed: it is owed still', () => {
    const story = aSession(setup);
    story.trainee.bursts.push('PHOTO');
    expect(checks(story.studiesTheLesson()).map(([reason]) => reason)).toEqual(['SESSION_START', 'SESSION_START', 'RANDOM']);
  });
});
