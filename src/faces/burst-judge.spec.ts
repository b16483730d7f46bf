import { beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { type Actor, type ActorRole, actorOf, burstSize, exposed, seeded } from '../../test/support/camera/actor.js';
import { draw } from '../../test/support/camera/face-warp.js';
import { testModels } from '../../test/support/face-models.js';
import type { LivenessAct, LivenessMeasurement } from '../rules/event.js';
import { type BurstFrame, type JudgedBurst, measureBurst } from './burst-judge.js';
import { findFacesSurely } from './face-finder.js';
import { decodeImage } from './image-decoder.js';
import { MediaPipeMesh } from './mediapipe-mesh.js';
import { OnnxFaceEngine } from './onnx/onnx-face.engine.js';
import { OnnxNets } from './onnx/onnx-nets.js';
import type { RgbImage } from './rgb-image.js';

const MATCH = 0.55;
const OTHER = 0.6;
const FPS = 10;
const FRAMES = 20;
const WINDOW_MS = (FRAMES * 1000) / FPS;
const ROLE: Readonly<Record<LivenessAct, ActorRole>> = {
  BLINK: 'closedEyes', OPEN_MOUTH: 'openMouth', TURN_LEFT: 'turnLeft', TURN_RIGHT: 'turnRight', NOD: 'nod', LEAN_IN: 'leanIn',
};

const nets = new OnnxNets(testModels());
const engine = new OnnxFaceEngine(nets);
const mesh = new MediaPipeMesh(nets);
const small = new Map<Buffer, Buffer>();
let anna: Actor;
let bea: Actor;
let reference: Float32Array;

/** A frame as the SDK sends it, with grain of its own: no camera takes the same picture twice. */
async function sent(picture: Buffer, random: () => number): Promise<Buffer> {
  const reduced = small.get(picture) ?? (await burstSize(picture));
  small.set(picture, reduced);
  return exposed(await decoded(reduced), random);
}

/** A burst as the SDK sends it: rest, then one window for each thing done, from a moment after its beginning. */
async function shoot(actor: Actor, does: readonly (ActorRole | null)[], resting: Actor = actor): Promise<BurstFrame[]> {
  const random = seeded(7);
  const frames: BurstFrame[] = [];
  for (const [step, role] of [null, ...does].entries()) {
    for (let index = 0; index < FRAMES; index += 1) {
      const acting = index - 5;
      const pictures = role !== null && acting >= 0 && acting < 8 ? actor[role] : step === 0 ? resting.neutral : actor.neutral;
      const image = await sent(pictures[(acting + 8) % 8]!, random);
      frames.push({ step, clientMonoMs: 500 + step * WINDOW_MS + (index * 1000) / FPS, image });
    }
  }
  return frames;
}

async function decoded(bytes: Uint8Array): Promise<RgbImage> {
  const result = await decodeImage(bytes);
  if (!result.ok) throw new Error(result.failure);
  return result.image;
}

async function describeFace(image: RgbImage): Promise<Float32Array> {
  const { main } = await findFacesSurely(engine, image);
  return engine.descriptor(image, await engine.landmarks(image, main!));
}

const judge = (frames: readonly BurstFrame[], acts: readonly LivenessAct[], own = reference): Promise<JudgedBurst> => measureBurst(engine, mesh, { frames, acts, reference: own });
const passed = ({ acts }: LivenessMeasurement): readonly boolean[] => acts.map(({ seen, otherSeen }) => seen && otherSeen === null);

beforeAll(async () => {
  [anna, bea] = [await actorOf('anna'), await actorOf('bea')];
  await engine.warmUp();
  await mesh.warmUp();
  reference = await describeFace(await decoded(anna.neutral[7]!));
}, 180_000);

describe('judging a burst', () => {
  const CHALLENGES: readonly (readonly LivenessAct[])[] = [['OPEN_MOUTH', 'TURN_LEFT', 'BLINK'], ['NOD', 'TURN_RIGHT', 'LEAN_IN'], ['BLINK', 'NOD', 'OPEN_MOUTH']];

  it.each(CHALLENGES)('sees the person %s, %s and %s, and that she is the one', async (...acts) => {
    for (const actor of [anna, bea]) {
      const own = actor === anna ? reference : await describeFace(await decoded(bea.neutral[7]!));
      const frames = await shoot(actor, acts.map((act) => ROLE[act]));
      const { measurement, bestFrame } = await judge(frames, acts, own);
      expect(measurement).toMatchObject({ failure: null, noFace: 0, manyFaces: 0, repeated: 0, acts: acts.map((act) => ({ act, seen: true, otherSeen: null, failure: null })) });
      expect(measurement.oneFace).toBe(measurement.frames);
      expect(measurement.distances.length).toBeGreaterThanOrEqual(3);
      expect(Math.max(...measurement.distances)).toBeLessThan(MATCH);
      expect(measurement.spread).toBeLessThan(OTHER);
      expect(frames[bestFrame!]?.step).toBe(0);
    }
  }, 60_000);

  it('does not take the acts in the other order', async () => {
    const { measurement } = await judge(await shoot(anna, ['turnRight', 'openMouth']), ['OPEN_MOUTH', 'TURN_RIGHT']);
    expect(measurement.acts).toMatchObject([{ seen: false, otherSeen: 'TURN_RIGHT' }, { seen: false, otherSeen: 'OPEN_MOUTH' }]);
  }, 30_000);

  it('sees through a trainee who only sits there', async () => {
    const { measurement } = await judge(await shoot(anna, [null, null]), ['BLINK', 'TURN_LEFT']);
    expect(measurement.acts).toMatchObject([{ seen: false, frames: 0 }, { seen: false, frames: 0 }]);
    expect(Math.max(...measurement.distances)).toBeLessThan(MATCH);
  }, 30_000);

  it('tells that another person performs well', async () => {
    const { measurement } = await judge(await shoot(bea, ['openMouth', 'turnLeft']), ['OPEN_MOUTH', 'TURN_LEFT']);
    expect(measurement.acts.every(({ seen }) => seen)).toBe(true);
    expect(Math.min(...measurement.distances)).toBeGreaterThan(OTHER);
  }, 30_000);

  it('tells that the face changed after the rest', async () => {
    const { measurement } = await judge(await shoot(bea, ['openMouth', 'turnLeft'], anna), ['OPEN_MOUTH', 'TURN_LEFT']);
    expect(Math.max(...measurement.distances)).toBeLessThan(MATCH);
    expect(measurement.acts.map(({ failure }) => failure)).toContain('FACE_CHANGED');
  }, 30_000);

  it('tells that two people take turns in one window', async () => {
    const [acting, resting] = [await shoot(bea, ['openMouth']), await shoot(anna, [null])];
    const frames = acting.map((frame, index) => (frame.step === 0 || index % 2 === 0 ? resting[index]! : frame));
    const { measurement } = await judge(frames, ['OPEN_MOUTH']);
    expect(passed(measurement)).toEqual([false]);
  }, 30_000);

  it('counts no frame twice: a stream that stands still is no burst', async () => {
    const image = await burstSize(anna.neutral[0]!);
    const frozen = (await shoot(anna, ['openMouth'])).map((frame) => ({ ...frame, image }));
    const { measurement } = await judge(frozen, ['OPEN_MOUTH']);
    expect(measurement).toMatchObject({ failure: 'TOO_FEW_FRAMES', frames: 1 });
    expect(measurement.repeated).toBeGreaterThan(20);
  }, 30_000);

  it('never passes a photo that is shaken, swung and tilted before the camera', async () => {
    const photo = await decoded(await burstSize(anna.neutral[0]!));
    const acts: readonly LivenessAct[] = ['TURN_LEFT', 'NOD', 'BLINK', 'OPEN_MOUTH', 'TURN_RIGHT'];
    for (const [seed, degrees] of [[1, 35], [2, 50], [3, -60]] as const) {
      const random = seeded(seed);
      const frames: BurstFrame[] = [];
      for (let step = 0; step <= acts.length; step += 1) {
        const [yaw, pitch] = step === 0 ? [0, 0] : acts[step - 1]!.startsWith('TURN') ? [degrees, 0] : [0, degrees];
        for (let index = 0; index < 10; index += 1) {
          const share = step === 0 ? 0 : Math.max(0, Math.min(1, (index - 1) / 3, (9 - index) / 2));
          const picture = swung(photo, (yaw * share * Math.PI) / 180, (pitch * share * Math.PI) / 180, random);
          frames.push({ step, clientMonoMs: step * WINDOW_MS + index * 200, image: await exposed(picture, random) });
        }
      }
      const { measurement } = await judge(frames, acts);
      expect({ degrees, passed: passed(measurement) }).toEqual({ degrees, passed: acts.map(() => false) });
    }
  }, 120_000);

  it('counts frames with nobody and with several people', async () => {
    const random = seeded(9);
    const empty = await decoded(await sharp(anna.neutral[0]!).blur(60).resize(320, 240).jpeg().toBuffer());
    const half = await sharp(bea.neutral[0]!).extract({ left: 200, top: 60, width: 240, height: 360 }).resize(160, 240).toBuffer();
    const pair = await decoded(await sharp(half).extend({ right: 160 }).composite([{ input: half, left: 160, top: 0 }]).jpeg().toBuffer());
    const watched = async (picture: RgbImage): Promise<BurstFrame[]> =>
      Promise.all(Array.from({ length: 16 }, async (_, index) => ({ step: index >> 3, clientMonoMs: index * 200, image: await exposed(picture, random) })));
    const nobody = await judge(await watched(empty), ['TURN_LEFT']);
    expect(nobody).toMatchObject({ bestFrame: null, measurement: { failure: null, frames: 16, noFace: 16, distances: [], spread: null } });
    const several = await judge(await watched(pair), ['TURN_LEFT']);
    expect(several.measurement).toMatchObject({ failure: null, manyFaces: 16, distances: [] });
  }, 60_000);

  it('says why it cannot judge', async () => {
    const noise = (step: number, index: number): BurstFrame => ({ step, clientMonoMs: index * 100, image: Buffer.alloc(900, 7) });
    const failure = async (frames: readonly BurstFrame[]): Promise<string | null> => (await judge(frames, ['TURN_LEFT'])).measurement.failure;
    expect(await failure([])).toBe('TOO_FEW_FRAMES');
    expect(await failure(Array.from({ length: 20 }, (_, index) => noise(index >> 3, index)))).toBe('IMAGE_UNREADABLE');
    const whole = await shoot(anna, ['turnLeft']);
    expect(await failure(whole.filter(({ step }) => step === 0))).toBe('TOO_FEW_FRAMES');
    expect(await failure(whole.map((frame, index) => (index % 8 === 3 ? { ...frame, image: Buffer.alloc(10) } : frame)))).toBeNull();
  }, 60_000);
});

/** A flat photo turned and tilted (radians) about its middle, trembling. */
function swung(photo: RgbImage, yaw: number, pitch: number, random: () => number): RgbImage {
  const [dx, dy] = [(random() - 0.5) * 5, (random() - 0.5) * 5];
  const distance = 450;
  const [cy, sy, cp, sp] = [Math.cos(yaw), Math.sin(yaw), Math.cos(pitch), Math.sin(pitch)];
  return draw(photo, (x, y) => {
    const [u, v] = [x - photo.width / 2 - dx, y - photo.height / 2 - dy];
    const [a, b, c, d] = [distance * cy + u * sy, distance * sy * sp - u * cy * sp, v * sy, distance * cp - v * cy * sp];
    const determinant = a * d - b * c;
    return { x: photo.width / 2 + (distance * (u * d - v * b)) / determinant, y: photo.height / 2 + (distance * (v * a - u * c)) / determinant };
  });
}
