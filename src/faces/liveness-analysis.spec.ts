import { describe, expect, it } from '@jest/globals';
import { seeded } from '../../test/support/camera/actor.js';
import type { LivenessAct } from '../rules/event.js';
import { analyseLiveness, type FrameObservation, mouthRatio, spread, turnOffset } from './liveness-analysis.js';
import type { Point } from './rgb-image.js';

interface Pose {
  readonly turn?: number;
  readonly mouth?: number;
  readonly roll?: number;
  readonly size?: number;
}

/** A face drawn by its two signals: eyes one apart, nose shifted by `turn`, inner lips open by `mouth` of their width. */
function face({ turn = 0, mouth = 0.05, roll = 0, size = 50 }: Pose): readonly Point[] {
  const points: Point[] = Array.from({ length: 68 }, () => ({ x: 0, y: 0.8 }));
  const put = (index: number, x: number, y: number): void => void (points[index] = { x, y });
  for (let corner = 0; corner < 6; corner += 1) {
    const angle = (corner * Math.PI) / 3;
    put(36 + corner, -0.5 + Math.cos(angle) * 0.1, Math.sin(angle) * 0.05);
    put(42 + corner, 0.5 + Math.cos(angle) * 0.1, Math.sin(angle) * 0.05);
  }
  put(30, turn, 0.6);
  put(60, -0.3, 1.2);
  put(64, 0.3, 1.2);
  [61, 62, 63].forEach((upper, index) => {
    put(upper, -0.15 + index * 0.15, 1.2 - mouth * 0.3);
    put(67 - index, -0.15 + index * 0.15, 1.2 + mouth * 0.3);
  });
  const [cos, sin] = [Math.cos(roll) * size, Math.sin(roll) * size];
  return points.map(({ x, y }) => ({ x: 160 + x * cos - y * sin, y: 100 + x * sin + y * cos }));
}

const POSES: Readonly<Record<LivenessAct, Pose>> = { BLINK: {}, NOD: {}, LEAN_IN: {}, OPEN_MOUTH: { mouth: 0.8 }, TURN_LEFT: { turn: 0.4 }, TURN_RIGHT: { turn: -0.4 } };

interface Window {
  /** What is done in the window, from and to in shares of it. */
  readonly does?: readonly (readonly [pose: Pose, from: number, to: number])[];
  readonly withoutFace?: readonly [from: number, to: number];
}

interface Shoot {
  readonly fps?: number;
  readonly windowMs?: number;
  readonly rest?: Pose;
  readonly noise?: number;
  readonly seed?: number;
}

/** A burst of one neutral phase and the given windows. */
function shoot(windows: readonly Window[], { fps = 8, windowMs = 2000, rest = {}, noise = 0.02, seed = 1 }: Shoot = {}): readonly FrameObservation[] {
  const random = seeded(seed);
  const wobble = (): number => (random() * 2 - 1) * noise;
  const count = Math.round((fps * windowMs) / 1000);
  return [{}, ...windows].flatMap(({ does = [], withoutFace }: Window, step) =>
    Array.from({ length: count }, (_, index): FrameObservation => {
      const share = index / count;
      const pose = does.find(([, from, to]) => share >= from && share < to)?.[0] ?? {};
      const isGone = withoutFace !== undefined && share >= withoutFace[0] && share < withoutFace[1];
      const shown = { turn: (rest.turn ?? 0) + (pose.turn ?? 0) + wobble(), mouth: Math.max(0, (pose.mouth ?? rest.mouth ?? 0.05) + wobble()), roll: rest.roll ?? 0 };
      return { step, clientMonoMs: 1000 + (step + share) * windowMs, faceCount: isGone ? 0 : 1, landmarks: isGone ? null : face(shown) };
    }),
  );
}

const acting = (act: LivenessAct): Window => ({ does: [[POSES[act], 0.35, 0.85]] });
const PAIRS = [
  ['OPEN_MOUTH', 'TURN_LEFT'],
  ['TURN_LEFT', 'OPEN_MOUTH'],
  ['TURN_RIGHT', 'TURN_LEFT'],
  ['TURN_LEFT', 'TURN_RIGHT'],
  ['OPEN_MOUTH', 'TURN_RIGHT'],
] as const satisfies readonly (readonly [LivenessAct, LivenessAct])[];
const seen = (frames: readonly FrameObservation[], acts: readonly LivenessAct[]): readonly boolean[] =>
  analyseLiveness(frames, acts).acts.map((act) => act.seen && act.otherSeen === null);

describe('the signals of a face', () => {
  it('read the turn along the line of the eyes, so that a tilted head changes nothing', () => {
    expect(turnOffset(face({ turn: 0.3 }))).toBeCloseTo(0.3, 5);
    expect(turnOffset(face({ turn: 0.3, roll: 0.5 }))).toBeCloseTo(0.3, 5);
    expect(turnOffset(face({ turn: 0.3, size: 20 }))).toBeCloseTo(0.3, 5);
  });

  it('read the mouth by its own width', () => {
    expect(mouthRatio(face({ mouth: 0.7 }))).toBeCloseTo(0.7, 5);
    expect(mouthRatio(face({ mouth: 0.7, roll: -0.4, size: 90 }))).toBeCloseTo(0.7, 5);
  });
});

describe('reading the asked acts out of a burst', () => {
  it.each(PAIRS)('sees %s then %s, each in its window', (first, second) => {
    expect(seen(shoot([acting(first), acting(second)]), [first, second])).toEqual([true, true]);
  });

  it.each([4, 6, 8, 12, 15])('reads a burst at %d frames per second', (fps) => {
    expect(seen(shoot([acting('OPEN_MOUTH'), acting('TURN_RIGHT')], { fps }), ['OPEN_MOUTH', 'TURN_RIGHT'])).toEqual([true, true]);
  });

  it.each(PAIRS)('does not take %s and %s in the other order', (first, second) => {
    const reading = analyseLiveness(shoot([acting(second), acting(first)]), [first, second]);
    expect(reading.acts).toMatchObject([
      { act: first, seen: false, otherSeen: second },
      { act: second, seen: false, otherSeen: first },
    ]);
  });

  it('does not count an act outside its window', () => {
    const both: Window = { does: [[POSES.OPEN_MOUTH, 0.1, 0.45], [POSES.TURN_LEFT, 0.55, 0.95]] };
    expect(analyseLiveness(shoot([both, {}]), ['OPEN_MOUTH', 'TURN_LEFT']).acts).toMatchObject([
      { seen: true, otherSeen: 'TURN_LEFT' },
      { seen: false, frames: 0 },
    ]);
  });

  it('forgives an act that ends a moment into the next window, not one that goes on', () => {
    const late = (until: number): Window => ({ does: [[POSES.OPEN_MOUTH, 0, until], [POSES.TURN_LEFT, until, until + 0.4]] });
    const acts = ['OPEN_MOUTH', 'TURN_LEFT'] as const;
    expect(seen(shoot([acting('OPEN_MOUTH'), late(0.3)]), acts)).toEqual([true, true]);
    expect(seen(shoot([acting('OPEN_MOUTH'), { does: [[{ ...POSES.OPEN_MOUTH, ...POSES.TURN_LEFT }, 0.2, 1]] }]), acts)).toEqual([true, false]);
  });

  it('needs an act to be held: one frame is not enough', () => {
    const flash: Window = { does: [[POSES.TURN_LEFT, 0.5, 0.55]] };
    expect(analyseLiveness(shoot([flash]), ['TURN_LEFT']).acts).toMatchObject([{ seen: false, frames: 1 }]);
  });

  it('is not deceived by frames that claim to be a whole burst within one instant', () => {
    const frames = shoot([acting('TURN_LEFT')]).map((frame) => ({ ...frame, clientMonoMs: 5 }));
    expect(seen(frames, ['TURN_LEFT'])).toEqual([false]);
  });

  it('looks past frames in which the face was lost during the act', () => {
    const frames = shoot([{ does: [[POSES.TURN_LEFT, 0.3, 0.9]], withoutFace: [0.5, 0.65] }]);
    expect(seen(frames, ['TURN_LEFT'])).toEqual([true]);
  });

  it('measures against the own rest: a camera beside the screen, a mouth a little open', () => {
    const rest = { turn: 0.2, mouth: 0.25, roll: 0.2 };
    expect(seen(shoot([acting('TURN_LEFT'), acting('OPEN_MOUTH')], { rest }), ['TURN_LEFT', 'OPEN_MOUTH'])).toEqual([true, true]);
    expect(seen(shoot([{}, {}], { rest }), ['TURN_LEFT', 'OPEN_MOUTH'])).toEqual([false, false]);
  });

  it('does not take talking for an open mouth', () => {
    const talking: Window = { does: [[{ mouth: 0.38 }, 0.1, 0.4], [{ mouth: 0.42 }, 0.5, 0.9]] };
    expect(seen(shoot([talking]), ['OPEN_MOUTH'])).toEqual([false]);
  });

  it('needs a rest to compare with, and says whose face it was all the same', () => {
    const turned = analyseLiveness(shoot([acting('TURN_LEFT')], { rest: { turn: -0.5 } }), ['TURN_LEFT']);
    expect(turned.acts[0]).toMatchObject({ seen: false });
    expect(turned.neutralFrames).toHaveLength(5);
    const gone = shoot([acting('TURN_LEFT')]).map((frame) => (frame.step === 0 ? { ...frame, faceCount: 0, landmarks: null } : frame));
    expect(analyseLiveness(gone, ['TURN_LEFT'])).toMatchObject({ acts: [{ seen: false }], neutralFrames: [] });
  });

  it('never passes a still picture in a trembling hand', () => {
    for (let seed = 0; seed < 500; seed += 1) {
      const random = seeded(seed);
      const tilt = (random() - 0.5) * 0.42;
      // A photo turned in perspective to 45° reaches 0.21: it is swung there and back in both windows.
      const swing: Window = { does: [[{ turn: tilt }, random() * 0.4, 0.5 + random() * 0.5]] };
      for (const acts of PAIRS) expect(seen(shoot([swing, swing], { seed, noise: 0.03 }), acts)).toEqual([false, false]);
    }
  });

  it('names the mildest frame of each act, for the comparison of faces', () => {
    const frames = shoot([{ does: [[{ turn: 0.3 }, 0.3, 0.5], [{ turn: 0.6 }, 0.5, 0.9]] }], { noise: 0.01 });
    const [index] = analyseLiveness(frames, ['TURN_LEFT']).actFrames;
    expect(frames[index!]).toMatchObject({ step: 1 });
    expect(turnOffset(frames[index!]!.landmarks!)).toBeCloseTo(0.3, 1);
  });

  it('spreads what it picks over the whole phase', () => {
    expect(spread([1, 2, 3, 4, 5, 6, 7, 8, 9], 3)).toEqual([1, 5, 9]);
    expect(spread([1, 2], 3)).toEqual([1, 2]);
  });
});
