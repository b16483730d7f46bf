import { describe, expect, it } from '@jest/globals';
import { LIMITS, type LivenessRequest } from '@xuejian/protocol';
import { FakeClock } from '../clock.fake.js';
import { runLiveness, type LivenessStep } from './liveness-run.js';

const request = (changes: Partial<LivenessRequest> = {}): LivenessRequest => ({
  checkId: 'c', nonce: 'n', reason: 'SESSION_START', acts: ['OPEN_MOUTH', 'TURN_LEFT'], actWindowMs: 2_000, framesPerSecond: 10,
  timeoutMs: 45_000, attempt: 1, attempts: 3, lastFailure: null, ...changes,
});

const run = async (asked: LivenessRequest, image: () => Uint8Array | null, cancelAfter = Infinity) => {
  const clock = new FakeClock();
  const steps: LivenessStep[] = [];
  const startedAt = clock.mono();
  const frames = runLiveness(asked, {
    clock,
    capture: () => Promise.resolve(image()),
    onStep: (step) => steps.push(step),
    isCancelled: () => clock.mono() - startedAt > cancelAfter,
  });
  await clock.advance(asked.actWindowMs * (asked.acts.length + 1));
  return { frames: await frames, steps, startedAt };
};

const bytes = (length: number): Uint8Array => new Uint8Array(length);

describe('liveness run', () => {
  it('prompts neutral and then each act, each in a window of its own', async () => {
    const { frames, steps, startedAt } = await run(request(), () => bytes(10));
    expect(steps.map(({ prompt }) => prompt)).toEqual(['NEUTRAL', 'OPEN_MOUTH', 'TURN_LEFT']);
    expect(frames).toHaveLength(60);
    for (const { step, clientMonoMs } of frames) {
      expect(Math.floor((clientMonoMs - startedAt) / 2_000)).toBe(step);
    }
  });

  it('stays within the frames of one burst whatever the policy asks for', async () => {
    const { frames } = await run(request({ actWindowMs: 5_000, framesPerSecond: 25 }), () => bytes(10));
    expect(frames).toHaveLength(LIMITS.framesPerBurst);
  });

  it('leaves out frames that could not be taken or are too large', async () => {
    const images = [null, bytes(LIMITS.frameBytes + 1), bytes(5)];
    const { frames } = await run(request(), () => images.shift() ?? null);
    expect(frames.map(({ image }) => image.byteLength)).toEqual([5]);
  });

  it('ends without frames when it is cancelled', async () => {
    const { frames } = await run(request(), () => bytes(5), 3_000);
    expect(frames).toEqual([]);
  });
});
