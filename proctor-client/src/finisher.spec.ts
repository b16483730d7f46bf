import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Ack, Finished, SessionProgress } from '@xuejian/protocol';
import { FakeClock, settle } from './clock.fake.js';
import { Finisher } from './finisher.js';

const progress = (changes: Partial<SessionProgress>): SessionProgress => ({
  status: 'STUDYING', verdict: 'INCOMPLETE', holds: [], frontierMs: 0, creditedMs: 0, durationMs: 60_000, coverage: [[0, 60_000]],
  lights: [], popups: { answered: 0, missed: 0, maxMissed: 2 }, snapshots: { qualifying: 0, scheduled: 2 },
  faceChecks: { passed: 1, required: 2 }, isComplete: false, ...changes,
});

describe('finisher', () => {
  let clock: FakeClock;
  let answers: Ack<Finished>[];
  let asked: number;
  let wentBackTo: number[];
  let finished: Finished[];
  let hasUnsent: boolean;
  let finisher: Finisher;
  const valid: Ack<Finished> = { ok: true, verdict: 'VALID', progress: progress({ isComplete: true }) };

  beforeEach(() => {
    clock = new FakeClock();
    [answers, asked, wentBackTo, finished, hasUnsent] = [[valid], 0, [], [], false];
    finisher = new Finisher({
      clock,
      request: () => {
        asked += 1;
        return Promise.resolve(answers.shift() ?? valid);
      },
      hasUnsent: () => hasUnsent,
      playFrom: (positionMs) => wentBackTo.push(positionMs),
      onFinished: (message) => finished.push(message),
    });
  });

  it('asks for the verdict at the end of a complete lesson', async () => {
    finisher.progress(progress({ isComplete: true }));
    expect(asked).toBe(0);
    finisher.ended();
    await settle();
    expect(finished).toMatchObject([{ verdict: 'VALID' }]);
  });

  it('waits until the last beat is acknowledged and the checks are judged', async () => {
    hasUnsent = true;
    finisher.ended();
    finisher.progress(progress({ isComplete: true }));
    expect(asked).toBe(0);
    hasUnsent = false;
    finisher.progress(progress({ isComplete: false }));
    expect([asked, wentBackTo]).toEqual([0, []]);
    finisher.progress(progress({ isComplete: true }));
    await settle();
    expect(asked).toBe(1);
  });

  it('goes back to the first part that is missing, judged by coverage newer than the last beat', () => {
    hasUnsent = true;
    finisher.progress(progress({ coverage: [[0, 10_000], [20_000, 55_000]] }));
    finisher.ended();
    finisher.progress(progress({ coverage: [[0, 10_000], [20_000, 55_000]] }));
    hasUnsent = false;
    finisher.check();
    expect(wentBackTo).toEqual([]);
    finisher.progress(progress({ coverage: [[0, 10_000], [20_000, 60_000]] }));
    expect(wentBackTo).toEqual([10_000]);
  });

  it('looks again by itself when no newer progress arrives', async () => {
    finisher.progress(progress({ coverage: [[0, 40_000]] }));
    finisher.ended();
    await clock.advance(2_000);
    expect(wentBackTo).toEqual([40_000]);
  });

  it('does not go back while something holds play', () => {
    finisher.ended();
    finisher.progress(progress({ coverage: [[0, 40_000]], holds: ['FACE_CHECK'] }));
    expect(wentBackTo).toEqual([]);
    finisher.progress(progress({ coverage: [[0, 40_000]] }));
    expect(wentBackTo).toEqual([40_000]);
  });

  it('asks again after a refusal for checks that are not judged yet', async () => {
    answers = [{ ok: false, error: { code: 'CHECKS_PENDING', message: '' } }, valid];
    finisher.ended();
    finisher.progress(progress({ isComplete: true }));
    await clock.advance(2_000);
    expect([asked, finished.length]).toEqual([2, 1]);
  });

  it('tells the caller of finish why it was refused', async () => {
    answers = [{ ok: false, error: { code: 'SESSION_NOT_COMPLETE', message: '还没有学完' } }];
    await expect(finisher.finish()).rejects.toMatchObject({ code: 'SESSION_NOT_COMPLETE', message: '还没有学完' });
  });
});
