import { describe, expect, it } from '@jest/globals';
import type { LivenessBurst, LivenessPrompt, LivenessRequest } from '@xuejian/protocol';
import { FakeClock, settle } from '../clock.fake.js';
import { LivenessRunner } from './liveness-runner.js';

const WINDOW_MS = 2_000;
const request = (checkId = 'check-1'): LivenessRequest => ({
  checkId, nonce: `${checkId}/0`, reason: 'SESSION_START', variant: 'STANDARD', acts: 2, actWindowMs: WINDOW_MS, framesPerSecond: 10,
  timeoutMs: 45_000, transferMs: 15_000, attempt: 1, attempts: 3, lastFailure: null,
});
const told = (step: number, act: LivenessPrompt['act']): LivenessPrompt => ({ step, act, nonce: `check-1/${step}` });

/** A server that answers each burst as it is told to; `null`: the line breaks. */
function aPage(answers: (object | null)[], image: () => Uint8Array | null = () => new Uint8Array(7_500)) {
  const clock = new FakeClock();
  const sent: LivenessBurst[] = [];
  const shown: string[] = [];
  const runner = new LivenessRunner({
    clock,
    capture: () => Promise.resolve(image()),
    connection: {
      request: (_event, message) => {
        sent.push(message as LivenessBurst);
        const answer = answers.shift() ?? null;
        return answer === null ? Promise.reject(new Error('not connected')) : Promise.resolve(answer as never);
      },
    },
    view: {
      liveness: (open) => shown.push(open === null ? 'closed' : open.checkId),
      livenessStep: ({ step, steps, prompt }) => shown.push(`${prompt} ${step}/${steps}`),
      livenessState: (state) => shown.push(state),
    },
    onStep: () => undefined,
  });
  return { clock, sent, shown, runner };
}

describe('a face check on the page', () => {
  it('shows an act only when the server has told it, and sends its frames with its own nonce', async () => {
    const { clock, sent, shown, runner } = aPage([{ ok: true, next: told(1, 'NOD') }, { ok: true, next: told(2, 'BLINK') }, { ok: true, next: null }]);
    runner.open(request());
    runner.begin();
    await clock.advance(WINDOW_MS);
    expect(shown).toEqual(['check-1', 'NEUTRAL 0/3', 'SENDING', 'NOD 1/3']);
    await clock.advance(2 * WINDOW_MS);
    expect(shown.slice(4)).toEqual(['SENDING', 'BLINK 2/3', 'SENDING', 'JUDGING']);
    expect(sent.map(({ step, nonce }) => [step, nonce])).toEqual([[0, 'check-1/0'], [1, 'check-1/1'], [2, 'check-1/2']]);
  });

  it('takes few frames until it knows the line', async () => {
    const { clock, sent, runner } = aPage([{ ok: true, next: told(1, 'NOD') }, { ok: true, next: null }]);
    runner.open(request());
    runner.begin();
    await clock.advance(2 * WINDOW_MS);
    expect(sent.map(({ frames }) => frames.length)).toEqual([8, 20]);
  });

  it('lets the trainee do a step again for which there was no picture, and the step alone', async () => {
    const images: (Uint8Array | null)[] = [...Array<Uint8Array>(8).fill(new Uint8Array(10)), ...Array<null>(20).fill(null)];
    const { clock, sent, shown, runner } = aPage([{ ok: true, next: told(1, 'NOD') }, { ok: true, next: null }], () => (images.length > 0 ? (images.shift() ?? null) : new Uint8Array(10)));
    runner.open(request());
    runner.begin();
    await clock.advance(2 * WINDOW_MS);
    expect(shown.at(-1)).toBe('AGAIN');
    runner.begin();
    await clock.advance(WINDOW_MS);
    expect(sent.map(({ step }) => step)).toEqual([0, 1]);
  });

  it('lets the trainee begin again when the line broke, and begins a new check from the front', async () => {
    const { clock, sent, shown, runner } = aPage([{ ok: true, next: told(1, 'NOD') }, null, { ok: true, next: null }]);
    runner.open(request());
    runner.begin();
    await clock.advance(2 * WINDOW_MS);
    expect(shown.at(-1)).toBe('AGAIN');
    expect(runner.open(request('check-2'))).toBe(true);
    runner.begin();
    await clock.advance(WINDOW_MS);
    expect(sent.at(-1)).toMatchObject({ checkId: 'check-2', step: 0, nonce: 'check-2/0' });
  });

  it('opens the same check once, and sends nothing of one that was closed', async () => {
    const { clock, sent, runner } = aPage([]);
    expect([runner.open(request()), runner.open(request())]).toEqual([true, false]);
    runner.begin();
    runner.close();
    await clock.advance(WINDOW_MS);
    await settle();
    expect(sent).toEqual([]);
  });
});
