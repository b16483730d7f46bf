import { describe, expect, it } from '@jest/globals';
import { seeded } from '../../../test/support/camera/actor.js';
import type { LivenessAct } from '../../rules/event.js';
import { analyseLiveness, type FrameObservation, spread } from './liveness-analysis.js';
import { meshOf, OPEN_EYES, type Pose } from './testing/synthetic-head.js';

/** A pose at a moment of the window, in shares of it; between the moments the head moves evenly. */
type Course = readonly (readonly [at: number, pose: Pose])[];

const FULL: Readonly<Record<LivenessAct, Pose>> = {
  BLINK: { eyes: 0.1 },
  OPEN_MOUTH: { mouth: 0.8 },
  TURN_LEFT: { yaw: 22 },
  TURN_RIGHT: { yaw: -22 },
  NOD: { pitch: 18 },
  LEAN_IN: { size: 1.3 },
};
const NUMBERS = { yaw: 0, pitch: 0, roll: 0, size: 1, mouth: 0.03, eyes: OPEN_EYES } as const;

/** There by `rise`, held, and back by `end`. */
const course = (pose: Pose, start = 0.25, rise = 0.45, hold = 0.7, end = 0.85): Course => [[0, {}], [start, {}], [rise, pose], [hold, pose], [end, {}], [1, {}]];
const lids = (from: number, to: number): Course => [[from - 0.001, {}], [from, FULL.BLINK], [to, FULL.BLINK], [to + 0.001, {}]];
const done = (act: LivenessAct): Course => (act === 'BLINK' ? lids(0.3, 0.75) : course(FULL[act]));

interface Shoot {
  readonly fps?: number;
  readonly windowMs?: number;
  readonly rest?: Pose;
  /** Of the signals: degrees, and hundredths of ratios. */
  readonly noise?: number;
  readonly seed?: number;
}

/** A burst of one neutral phase and the given windows. */
function shoot(windows: readonly Course[], { fps = 10, windowMs = 2500, rest = {}, noise = 1, seed = 1 }: Shoot = {}): readonly FrameObservation[] {
  const random = seeded(seed);
  const wobble = (size: number): number => (random() * 2 - 1) * size * noise;
  const count = Math.round((fps * windowMs) / 1000);
  return [[], ...windows].flatMap((window, step) =>
    Array.from({ length: count }, (_, index): FrameObservation => {
      const share = (index + 0.5) / count;
      const pose = poseAt(window, share, rest);
      const face = meshOf({
        ...pose,
        yaw: pose.yaw + wobble(1), pitch: pose.pitch + wobble(1), mouth: Math.max(0, pose.mouth + wobble(0.02)), eyes: Math.max(0, pose.eyes + wobble(0.02)),
      });
      return { step, clientMonoMs: 1000 + (step + share) * windowMs, faceCount: 1, widthPx: 320, face, chip: null };
    }),
  );
}

type FullPose = Required<Omit<Pose, 'photo'>> & Pick<Pose, 'photo'>;

/** Rest plus what the course adds to it at this moment. */
function poseAt(window: Course, share: number, rest: Pose): FullPose {
  const after = window.findIndex(([at]) => at > share);
  const [fromAt, from] = window[after - 1] ?? [0, {}];
  const [toAt, to] = window[after] ?? [1, from];
  const mix = toAt === fromAt ? 1 : (share - fromAt) / (toAt - fromAt);
  const numbers = Object.fromEntries(
    Object.entries(NUMBERS).map(([name, level]) => {
      const key = name as keyof typeof NUMBERS;
      return [name, (rest[key] ?? level) + ((from[key] ?? level) - level) * (1 - mix) + ((to[key] ?? level) - level) * mix];
    }),
  ) as Record<keyof typeof NUMBERS, number>;
  const photo = (pose: Pose): { readonly yaw: number; readonly pitch: number } => pose.photo ?? { yaw: 0, pitch: 0 };
  if (from.photo === undefined && to.photo === undefined) return numbers;
  return { ...numbers, photo: { yaw: photo(from).yaw * (1 - mix) + photo(to).yaw * mix, pitch: photo(from).pitch * (1 - mix) + photo(to).pitch * mix } };
}

const ACTS = Object.keys(FULL) as readonly LivenessAct[];
const PAIRS = ACTS.flatMap((first) => ACTS.filter((second) => second !== first).map((second) => [first, second] as const));
const seen = (frames: readonly FrameObservation[], acts: readonly LivenessAct[]): readonly boolean[] =>
  analyseLiveness(frames, acts).acts.map((act) => act.seen && act.otherSeen === null);
const failures = (windows: readonly Course[], acts: readonly LivenessAct[], options?: Shoot): readonly unknown[] =>
  analyseLiveness(shoot(windows, options), acts).acts.map(({ failure }) => failure);

describe('reading the asked acts out of a burst', () => {
  it.each(PAIRS)('sees %s then %s, each in its window, and not in the other order', (first, second) => {
    for (let seed = 1; seed <= 3; seed += 1) {
      expect(seen(shoot([done(first), done(second)], { seed }), [first, second])).toEqual([true, true]);
      expect(seen(shoot([done(second), done(first)], { seed }), [first, second])).toEqual([false, false]);
    }
  });

  it.each([6, 8, 10, 12, 15])('reads a burst at %d frames per second', (fps) => {
    for (const act of ACTS) expect(seen(shoot([done(act)], { fps }), [act])).toEqual([true]);
  });

  it('measures against the own rest: a camera beside the screen, a mouth a little open, narrow eyes', () => {
    const rest: Pose = { yaw: 12, pitch: 8, mouth: 0.25, roll: 10, eyes: 0.22 };
    for (const act of ACTS.filter((name) => name !== 'BLINK')) {
      expect(seen(shoot([done(act)], { rest }), [act])).toEqual([true]);
      expect(seen(shoot([[]], { rest }), [act])).toEqual([false]);
    }
  });

  it('takes two blinks, or eyes closed for longer than a blink, and not one natural blink', () => {
    expect(seen(shoot([[...lids(0.3, 0.36), ...lids(0.6, 0.66)]]), ['BLINK'])).toEqual([true]);
    expect(seen(shoot([lids(0.3, 0.55)]), ['BLINK'])).toEqual([true]);
    expect(failures([lids(0.3, 0.36)], ['BLINK'])).toEqual(['TOO_SHORT']);
    expect(failures([[]], ['BLINK'])).toEqual(['NOT_SEEN']);
  });

  it('lets the trainee blink, breathe and sway during other acts', () => {
    const swaying: Pose = { yaw: 6, pitch: 4, mouth: 0.2, size: 1.05 };
    for (const act of ACTS.filter((name) => name !== 'BLINK')) {
      const blinking = done(act).flatMap(([at, pose], index) => (index === 3 ? [...lids(at - 0.04, at + 0.01), [at + 0.02, pose] as const] : [[at, pose] as const]));
      expect(seen(shoot([blinking]), [act])).toEqual([true]);
      expect(seen(shoot([course(swaying)]), [act])).toEqual([false]);
      expect(analyseLiveness(shoot([course(swaying)]), [act]).acts[0]?.otherSeen).toBeNull();
    }
  });

  it('does not take talking for an open mouth', () => {
    expect(seen(shoot([[[0, {}], [0.1, { mouth: 0.4 }], [0.4, { mouth: 0.35 }], [0.9, { mouth: 0.42 }]]]), ['OPEN_MOUTH'])).toEqual([false]);
  });

  it('wants a nod and a step nearer to end', () => {
    for (const act of ['NOD', 'LEAN_IN'] as const) expect(failures([[[0, {}], [0.3, {}], [0.6, FULL[act]], [1, FULL[act]]]], [act])).toEqual(['NO_RETURN']);
    expect(seen(shoot([[[0, {}], [0.3, {}], [0.6, FULL.TURN_LEFT], [1, FULL.TURN_LEFT]]]), ['TURN_LEFT'])).toEqual([true]);
  });

  it('does not count an act outside its window', () => {
    const late = course(FULL.TURN_LEFT, 0.94, 1.1, 1.2, 1.3);
    expect(failures([late], ['TURN_LEFT'])).toEqual(['NOT_SEEN']);
    const both: Course = [...course(FULL.OPEN_MOUTH, 0.05, 0.15, 0.35, 0.45).slice(0, 5), ...course(FULL.TURN_LEFT, 0.5, 0.6, 0.85, 0.95).slice(1)];
    expect(analyseLiveness(shoot([both, []]), ['OPEN_MOUTH', 'TURN_LEFT']).acts).toMatchObject([{ seen: true, otherSeen: 'TURN_LEFT' }, { seen: false, frames: 0 }]);
  });

  it('forgives an act that ends a moment into the next window, not one that goes on', () => {
    const after = (until: number): Course => [[0, FULL.OPEN_MOUTH], [until, FULL.OPEN_MOUTH], [until + 0.1, {}], ...course(FULL.TURN_LEFT, 0.45, 0.6, 0.8, 0.9).slice(1)];
    const acts = ['OPEN_MOUTH', 'TURN_LEFT'] as const;
    expect(seen(shoot([done('OPEN_MOUTH'), after(0.25)]), acts)).toEqual([true, true]);
    expect(seen(shoot([done('OPEN_MOUTH'), [[0, FULL.OPEN_MOUTH], [0.3, FULL.OPEN_MOUTH], [0.5, { ...FULL.OPEN_MOUTH, ...FULL.TURN_LEFT }], [1, { ...FULL.OPEN_MOUTH, ...FULL.TURN_LEFT }]]]), acts)).toEqual([true, false]);
  });

  it('looks past frames in which the face was lost during the act', () => {
    const frames = shoot([done('TURN_LEFT')]).map((frame, index) => (frame.step === 1 && index % 25 >= 13 && index % 25 <= 15 ? { ...frame, faceCount: 0, face: null } : frame));
    expect(seen(frames, ['TURN_LEFT'])).toEqual([true]);
  });

  it('is not moved by single misread frames', () => {
    const flash = shoot([[]]).map((frame, index) => (index === 37 ? { ...frame, face: meshOf(FULL.TURN_LEFT) } : frame));
    expect(analyseLiveness(flash, ['TURN_LEFT']).acts).toMatchObject([{ seen: false, otherSeen: null }]);
    expect(analyseLiveness(flash, ['OPEN_MOUTH']).acts).toMatchObject([{ seen: false, otherSeen: null }]);
  });

  it('needs a rest to compare with, and says whose face it was all the same', () => {
    const turned = analyseLiveness(shoot([done('TURN_LEFT')], { rest: { yaw: -40 } }), ['TURN_LEFT']);
    expect(turned.acts).toMatchObject([{ seen: false, failure: 'NO_NEUTRAL' }]);
    expect(turned.neutralFrames).toHaveLength(5);
    const gone = shoot([done('TURN_LEFT')]).map((frame) => (frame.step === 0 ? { ...frame, faceCount: 0, face: null } : frame));
    expect(analyseLiveness(gone, ['TURN_LEFT'])).toMatchObject({ acts: [{ seen: false }], neutralFrames: [] });
  });

  it('names the mildest frame of each act and one at rest, for the comparison of faces', () => {
    const frames = shoot([course(FULL.TURN_LEFT, 0.3, 0.6, 0.8, 0.95)], { noise: 0 });
    const [window] = analyseLiveness(frames, ['TURN_LEFT']).windowFrames;
    expect(frames[window!.act!]!.step).toBe(1);
    expect(frames[window!.rest!]!.face).toEqual(meshOf({}));
    expect(frames[window!.act!]!.face).not.toEqual(meshOf({}));
  });

  it('spreads what it picks over the whole phase', () => {
    expect(spread([1, 2, 3, 4, 5, 6, 7, 8, 9], 3)).toEqual([1, 5, 9]);
    expect(spread([1, 2], 3)).toEqual([1, 2]);
  });
});

describe('attacks on the reading', () => {
  it('never passes a photograph, trembling, turned and tilted to 60°', () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const random = seeded(seed);
      const angle = (): number => (random() * 2 - 1) * 60;
      const still = { photo: { yaw: 0, pitch: 0 } };
      for (const act of ACTS.filter((name) => name !== 'LEAN_IN')) {
        const photo = { photo: { yaw: act === 'NOD' || act === 'BLINK' ? 0 : angle(), pitch: act.startsWith('TURN') ? 0 : angle() } };
        const swing = course(photo, random() * 0.3, 0.3 + random() * 0.2, 0.6 + random() * 0.2, 0.85).map(([at, pose]) => [at, pose.photo === undefined ? still : pose] as const);
        expect({ act, seed, seen: seen(shoot([swing], { seed, noise: 1.5 }), [act]) }).toEqual({ act, seed, seen: [false] });
      }
    }
  });

  it('does not take a leap between two stills for a movement', () => {
    for (const act of ['OPEN_MOUTH', 'TURN_LEFT', 'TURN_RIGHT'] as const) {
      const leap: Course = [[0, {}], [0.399, {}], [0.4, FULL[act]], [0.8, FULL[act]], [0.801, {}], [1, {}]];
      for (let seed = 1; seed <= 8; seed += 1) expect(failures([leap], [act], { seed })).toEqual(['CUT']);
    }
  });

  it('sees the cut where another face goes on with the movement', () => {
    const chips = [[1, 0], [0.3, Math.sqrt(1 - 0.09)]].map((values) => Float32Array.from(values));
    const cutAt = (share: number) => (frame: FrameObservation, index: number): FrameObservation => ({ ...frame, chip: chips[frame.step === 1 && index - 25 >= share * 25 ? 1 : 0]! });
    const blinking = [...lids(0.3, 0.36), ...lids(0.6, 0.66)];
    expect(seen(shoot([blinking]).map(cutAt(2)), ['BLINK'])).toEqual([true]);
    expect(analyseLiveness(shoot([blinking]).map(cutAt(0.6)), ['BLINK']).acts).toMatchObject([{ seen: false, failure: 'CUT' }]);
  });

  it('names, of the frames that tell a face, the one least like the neutral phase: where another face was let in', () => {
    const [own, foreign] = [Float32Array.from([1, 0]), Float32Array.from([0, 1])];
    const window = (strange: Partial<Record<number, Pose>>): number | null => {
      const frames = shoot([done('BLINK')], { noise: 0 }).map((frame, index) => {
        const pose = strange[index - 25];
        return pose === undefined ? { ...frame, chip: own } : { ...frame, chip: foreign, face: meshOf(pose) };
      });
      return analyseLiveness(frames, ['BLINK']).windowFrames[0]!.rest! - 25;
    };
    // The other one looks elsewhere by more than a head at rest does.
    expect(window({ 21: { yaw: -4, pitch: -9 } })).toBe(21);
    expect(window({ 22: {}, 23: { yaw: 40 } })).toBe(22);
    expect(window({})).toBeLessThan(8);
  });

  it.each([
    ['all of one instant', () => 5],
    ['running backwards', (time: number) => 100_000 - time],
    ['closer than any camera takes them', (time: number) => 1000 + time / 20],
    ['with a hole of seconds', (time: number, index: number) => (index % 25 > 12 ? time + 2000 : time)],
    ['that are no numbers', () => NaN],
  ])('does not read a window whose capture times are %s', (_, forge) => {
    const frames = shoot([done('TURN_LEFT')]);
    const forged = frames.map((frame, index) => (frame.step === 1 ? { ...frame, clientMonoMs: forge(frame.clientMonoMs, index) } : frame));
    expect(analyseLiveness(forged, ['TURN_LEFT']).acts).toMatchObject([{ seen: false, failure: 'CLOCK' }]);
    const forgedRest = frames.map((frame, index) => (frame.step === 0 ? { ...frame, clientMonoMs: forge(frame.clientMonoMs, index) } : frame));
    expect(analyseLiveness(forgedRest, ['TURN_LEFT']).acts).toMatchObject([{ seen: false, failure: 'NO_NEUTRAL' }]);
  });
});
