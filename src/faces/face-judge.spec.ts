import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { type Actor, type ActorRole, actorOf, burstSize, exposed, seeded } from '../../test/support/camera/actor.js';
import { draw } from '../../test/support/camera/face-warp.js';
import type { LivenessAct } from '../rules/event.js';
import { FaceApiEngine } from './face-api.engine.js';
import { descriptorDistance } from './face-engine.js';
import { findFacesSurely } from './face-finder.js';
import { type BurstFrame, FaceJudge } from './face-judge.js';
import { decodeImage } from './image-decoder.js';
import type { RgbImage } from './rgb-image.js';

const MATCH = 0.55;
const OTHER = 0.6;
const FPS = 8;
const WINDOW_MS = 2000;
const ROLE: Readonly<Partial<Record<LivenessAct, ActorRole>>> = { OPEN_MOUTH: 'openMouth', TURN_LEFT: 'turnLeft', TURN_RIGHT: 'turnRight' };

const engine = new FaceApiEngine();
const judge = new FaceJudge(engine);
let anna: Actor;
let bea: Actor;
let reference: Float32Array;

/** A burst as the SDK sends it: rest, then one window for each thing done, from a moment after its beginning. */
async function shoot(actor: Actor, does: readonly (ActorRole | null)[], resting: Actor = actor): Promise<BurstFrame[]> {
  const frames: BurstFrame[] = [];
  for (const [step, role] of [null, ...does].entries()) {
    for (let index = 0; index < (FPS * WINDOW_MS) / 1000; index += 1) {
      const isActing = role !== null && index >= 5 && index < 14;
      const pictures = isActing ? actor[role] : step === 0 ? resting.neutral : actor.neutral;
      const image = await burstSize(pictures[index % pictures.length]!);
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

beforeAll(async () => {
  [anna, bea] = [await actorOf('anna'), await actorOf('bea')];
  await engine.warmUp();
  reference = await describeFace(await decoded(anna.neutral[7]!));
}, 180_000);

describe('judging one picture', () => {
  it('knows the person again, and another one from her', async () => {
    await expect(judge.measureImage(anna.neutral[0]!, reference)).resolves.toMatchObject({ failure: null, faceCount: 1 });
    expect((await judge.measureImage(anna.neutral[0]!, reference)).distance).toBeLessThan(0.3);
    expect((await judge.measureImage(bea.neutral[0]!, reference)).distance).toBeGreaterThan(OTHER);
  });

  it('measures light, sharpness and the size of the face', async () => {
    const clear = await judge.measureImage(anna.neutral[0]!, reference);
    const dark = await judge.measureImage(await sharp(anna.neutral[0]!).linear(0.05).jpeg().toBuffer(), reference);
    const blurred = await judge.measureImage(await sharp(anna.neutral[0]!).blur(8).jpeg().toBuffer(), reference);
    expect(clear.interocularPx).toBeGreaterThan(60);
    expect(dark.luminance).toBeLessThan(15);
    expect(blurred.sharpness).toBeLessThan(clear.sharpness! / 5);
  });

  it('finds no face before a wall and behind a covered lens', async () => {
    const wall = await sharp(anna.neutral[0]!).blur(60).jpeg().toBuffer();
    const covered = await sharp({ create: { width: 640, height: 480, channels: 3, background: '#0a0806' } }).jpeg().toBuffer();
    for (const picture of [wall, covered]) {
      await expect(judge.measureImage(picture, reference)).resolves.toMatchObject({ failure: null, faceCount: 0, distance: null, interocularPx: null });
    }
  });

  it('counts a second person, and says nothing of who they are', async () => {
    const half = (actor: Actor): Promise<Buffer> => sharp(actor.neutral[0]!).extract({ left: 160, top: 0, width: 320, height: 480 }).toBuffer();
    const both = await sharp(await half(anna)).extend({ right: 320 }).composite([{ input: await half(bea), left: 320, top: 0 }]).jpeg().toBuffer();
    await expect(judge.measureImage(both, reference)).resolves.toMatchObject({ failure: null, faceCount: 2, distance: null });
  });

  it('takes ten people for several and does not stumble', async () => {
    const face = await sharp(bea.neutral[0]!).extract({ left: 160, top: 60, width: 320, height: 360 }).resize(256, 288).toBuffer();
    const places = Array.from({ length: 10 }, (_, index) => ({ input: face, left: (index % 5) * 256, top: Math.floor(index / 5) * 288 }));
    const crowd = await sharp({ create: { width: 1280, height: 576, channels: 3, background: '#888' } }).composite(places).jpeg().toBuffer();
    await expect(judge.measureImage(crowd, reference)).resolves.toMatchObject({ failure: null, distance: null });
    expect((await judge.measureImage(crowd, reference)).faceCount).toBeGreaterThan(1);
  });

  it.each([
    ['no picture', null, 'IMAGE_ABSENT'],
    ['random bytes', Buffer.from(Array.from({ length: 1000 }, seeded(3)).map((value) => value * 256)), 'IMAGE_UNREADABLE'],
    ['too many bytes', Buffer.alloc(3_000_000), 'IMAGE_TOO_LARGE'],
  ])('answers %s with its code', async (_, bytes, failure) => {
    await expect(judge.measureImage(bytes, reference)).resolves.toEqual({
      failure, faceCount: 0, distance: null, luminance: null, sharpness: null, interocularPx: null,
    });
  });
});

describe('judging a burst', () => {
  const PAIRS: readonly (readonly [LivenessAct, LivenessAct])[] = [['OPEN_MOUTH', 'TURN_LEFT'], ['TURN_RIGHT', 'OPEN_MOUTH'], ['TURN_LEFT', 'TURN_RIGHT']];

  it.each(PAIRS)('sees the person %s and %s, and that she is the one', async (first, second) => {
    for (const actor of [anna, bea]) {
      const own = actor === anna ? reference : await describeFace(await decoded(bea.neutral[7]!));
      const frames = await shoot(actor, [ROLE[first] ?? null, ROLE[second] ?? null]);
      const { measurement, bestFrame } = await judge.measureBurst({ frames, acts: [first, second], reference: own });
      expect(measurement).toMatchObject({
        failure: null, noFace: 0, manyFaces: 0,
        acts: [{ act: first, seen: true, otherSeen: null }, { act: second, seen: true, otherSeen: null }],
      });
      expect(measurement.oneFace).toBe(measurement.frames);
      expect(measurement.distances.length).toBeGreaterThanOrEqual(3);
      expect(Math.max(...measurement.distances)).toBeLessThan(MATCH);
      expect(measurement.spread).toBeLessThan(OTHER);
      expect(frames[bestFrame!]?.step).toBe(0);
    }
  }, 60_000);

  it('does not take the acts in the other order', async () => {
    const { measurement } = await judge.measureBurst({ frames: await shoot(anna, ['turnLeft', 'openMouth']), acts: ['OPEN_MOUTH', 'TURN_LEFT'], reference });
    expect(measurement.acts).toMatchObject([{ seen: false, otherSeen: 'TURN_LEFT' }, { seen: false, otherSeen: 'OPEN_MOUTH' }]);
  }, 30_000);

  it('sees through a trainee who only sits there', async () => {
    const { measurement } = await judge.measureBurst({ frames: await shoot(anna, [null, null]), acts: ['OPEN_MOUTH', 'TURN_LEFT'], reference });
    expect(measurement.acts).toMatchObject([{ seen: false, frames: 0 }, { seen: false, frames: 0 }]);
    expect(Math.max(...measurement.distances)).toBeLessThan(MATCH);
  }, 30_000);

  it('tells that another person performs well', async () => {
    const { measurement } = await judge.measureBurst({ frames: await shoot(bea, ['openMouth', 'turnLeft']), acts: ['OPEN_MOUTH', 'TURN_LEFT'], reference });
    expect(measurement.acts.every(({ seen }) => seen)).toBe(true);
    expect(Math.min(...measurement.distances)).toBeGreaterThan(OTHER);
  }, 30_000);

  it('tells that the face changed after the rest', async () => {
    const { measurement } = await judge.measureBurst({ frames: await shoot(bea, ['openMouth', 'turnLeft'], anna), acts: ['OPEN_MOUTH', 'TURN_LEFT'], reference });
    expect(Math.max(...measurement.distances)).toBeLessThan(MATCH);
    expect(measurement.spread).toBeGreaterThan(OTHER);
  }, 30_000);

  it('never passes a photo that is shaken and swung before the camera', async () => {
    const photo = await decoded(await burstSize(anna.neutral[0]!));
    for (let seed = 1; seed <= 8; seed += 1) {
      const random = seeded(seed);
      const frames: BurstFrame[] = [];
      for (let step = 0; step < 4; step += 1) {
        const swing = step === 0 ? 0 : (random() < 0.5 ? -1 : 1) * (0.3 + random() * 0.5);
        for (let index = 0; index < 6; index += 1) {
          frames.push({ step, clientMonoMs: step * WINDOW_MS + index * 300, image: await exposed(swung(photo, index < 2 ? 0 : swing, random), random) });
        }
      }
      const { measurement } = await judge.measureBurst({ frames, acts: ['OPEN_MOUTH', 'TURN_LEFT', 'TURN_RIGHT'], reference });
      expect(measurement.acts.map(({ seen }) => seen)).toEqual([false, false, false]);
    }
  }, 120_000);

  it('counts frames with nobody and with several people', async () => {
    const empty = await sharp(anna.neutral[0]!).blur(60).resize(320, 240).jpeg().toBuffer();
    const half = await sharp(bea.neutral[0]!).extract({ left: 200, top: 60, width: 240, height: 360 }).resize(160, 240).toBuffer();
    const pair = await sharp(half).extend({ right: 160 }).composite([{ input: half, left: 160, top: 0 }]).jpeg().toBuffer();
    const still = (image: Buffer): BurstFrame[] => Array.from({ length: 16 }, (_, index) => ({ step: index >> 3, clientMonoMs: index * 200, image }));
    const nobody = await judge.measureBurst({ frames: still(empty), acts: ['TURN_LEFT'], reference });
    expect(nobody).toMatchObject({ bestFrame: null, measurement: { failure: null, frames: 16, noFace: 16, distances: [], spread: null } });
    const several = await judge.measureBurst({ frames: still(pair), acts: ['TURN_LEFT'], reference });
    expect(several.measurement).toMatchObject({ failure: null, manyFaces: 16, distances: [] });
  }, 60_000);

  it('says why it cannot judge', async () => {
    const noise = (step: number): BurstFrame => ({ step, clientMonoMs: 0, image: Buffer.alloc(900, 7) });
    const failure = async (frames: readonly BurstFrame[]): Promise<string | null> =>
      (await judge.measureBurst({ frames, acts: ['TURN_LEFT'], reference })).measurement.failure;
    expect(await failure([])).toBe('TOO_FEW_FRAMES');
    expect(await failure(Array.from({ length: 20 }, (_, index) => noise(index >> 3)))).toBe('IMAGE_UNREADABLE');
    const whole = await shoot(anna, ['turnLeft']);
    expect(await failure(whole.filter(({ step }) => step === 0))).toBe('TOO_FEW_FRAMES');
    expect(await failure(whole.map((frame, index) => (index % 8 === 3 ? { ...frame, image: Buffer.alloc(10) } : frame)))).toBeNull();
  }, 60_000);
});

describe('the engine', () => {
  it('gives the same descriptor for the same picture, upright, tilted and mirrored', async () => {
    const upright = await decoded(anna.neutral[0]!);
    const tilted = await decoded(await sharp(anna.neutral[0]!).rotate(20, { background: '#777' }).jpeg({ quality: 95 }).toBuffer());
    const mirrored = await decoded(await sharp(anna.neutral[0]!).flop().png().toBuffer());
    const descriptor = await describeFace(upright);
    expect(await describeFace(upright)).toEqual(descriptor);
    expect(descriptorDistance(await describeFace(tilted), descriptor)).toBeLessThan(0.3);
    expect(descriptorDistance(await describeFace(mirrored), descriptor)).toBeLessThan(0.2);
  }, 30_000);

  it('keeps no tensor of what it has judged, also when it is asked for the impossible', async () => {
    const before = await engine.liveTensors();
    for (let round = 0; round < 3; round += 1) await judge.measureImage(anna.neutral[round]!, reference);
    await expect(engine.detect({ data: new Uint8Array(3), width: 100, height: 100 }, { net: 'TINY', inputPx: 224, minScore: 0.5 })).rejects.toThrow();
    expect(await engine.liveTensors()).toBe(before);
  }, 30_000);

  it('names itself with the hash of its models', () => {
    expect(engine.id).toMatch(/^face-api@1\.7\.15\/wasm\/[0-9a-f]{12}\/aligned-mirrored$/);
  });
});

const photographs = resolve(fileURLToPath(new URL('../..', import.meta.url)), process.env['XUEJIAN_FACE_DATA'] ?? '../shared/data');

// Real photographs that may not be published: more to see where they lie beside the repository.
if (existsSync(photographs)) {
  describe('on photographs beside the repository', () => {
    it.each(['background.jpg', 'pilatus800.jpg', 'white.png'])('finds nobody in %s', async (file) => {
      expect((await judge.measureImage(await readFile(`${photographs}/no-face/${file}`), reference)).faceCount).toBe(0);
    }, 30_000);

    it.each(['couple.jpg', 'two_people.jpg', 'group-2.jpg', 'obama_and_biden.jpg'])('sees several people in %s', async (file) => {
      expect((await judge.measureImage(await readFile(`${photographs}/multi-face/${file}`), reference)).faceCount).toBeGreaterThan(1);
    }, 30_000);
  });
}

/** A flat photo turned about its upright middle line by `angle` (radians), trembling. */
function swung(photo: RgbImage, angle: number, random: () => number): RgbImage {
  const [dx, dy] = [(random() - 0.5) * 6, (random() - 0.5) * 6];
  const distance = 450;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return draw(photo, (x, y) => {
    const across = x - photo.width / 2 - dx;
    const along = (across * distance) / (distance * cos - across * sin);
    const nearness = (distance + along * sin) / distance;
    return { x: photo.width / 2 + along, y: photo.height / 2 + (y - photo.height / 2 - dy) * nearness };
  });
}
