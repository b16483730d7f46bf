import { describe, expect, it } from '@jest/globals';
import { LIMITS } from '@xuejian/protocol';
import { FakeClock } from '../clock.fake.js';
import { captureStep, framesFor } from './liveness-run.js';

const bytes = (length: number): Uint8Array => new Uint8Array(length);

const run = async (durationMs: number, frames: number, image: () => Uint8Array | null, cancelAfter = Infinity) => {
  const clock = new FakeClock();
  const startedAt = clock.mono();
  const taken = captureStep(durationMs, frames, { clock, capture: () => Promise.resolve(image()), isCancelled: () => clock.mono() - startedAt > cancelAfter });
  await clock.advance(durationMs);
  return { frames: await taken, startedAt };
};

describe('the frames of one step', () => {
  it('lie evenly within its window', async () => {
    const { frames, startedAt } = await run(2_000, 10, () => bytes(10));
    expect(frames.map(({ clientMonoMs }) => clientMonoMs - startedAt)).toEqual([100, 300, 500, 700, 900, 1_100, 1_300, 1_500, 1_700, 1_900]);
  });

  it('stay within the limits of one burst whatever the policy asks for', async () => {
    expect((await run(5_000, 125, () => bytes(10))).frames).toHaveLength(LIMITS.framesPerBurst);
    const most = Math.floor(LIMITS.burstBytes / LIMITS.frameBytes);
    expect((await run(5_000, 40, () => bytes(LIMITS.frameBytes))).frames).toHaveLength(most);
  });

  it('leave out what could not be taken or is too large', async () => {
    const images = [null, bytes(LIMITS.frameBytes + 1), bytes(5)];
    const { frames } = await run(2_000, 20, () => images.shift() ?? null);
    expect(frames.map(({ image }) => image.byteLength)).toEqual([5]);
  });

  it('are none once the step is cancelled', async () => {
    expect((await run(2_000, 20, () => bytes(5), 1_000)).frames).toEqual([]);
  });
});

describe('how many frames a line carries', () => {
  it('is few while the line is not known, and on a slow one: eight frames of 7.5 kB need under eight seconds at 64 kbit/s', () => {
    const slow = 64 / 8;
    expect([framesFor(null, 7_500), framesFor(slow, 7_500)]).toEqual([8, 8]);
    expect((8 * 7_500) / slow).toBeLessThan(8_000);
  });

  it('is what six seconds of a faster one carry', () => {
    expect(framesFor(25, 7_500)).toBe(20);
  });
});
