import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { type Actor, actorOf, seeded } from '../../test/support/camera/actor.js';
import { FaceApiEngine } from './face-api.engine.js';
import { descriptorDistance } from './face-engine.js';
import { findFacesSurely } from './face-finder.js';
import { FaceJudge } from './face-judge.js';
import { decodeImage } from './image-decoder.js';
import { MediaPipeMesh } from './mediapipe-mesh.js';
import type { RgbImage } from './rgb-image.js';
import { TfjsNets } from './tfjs-nets.js';

const OTHER = 0.6;

const engine = new FaceApiEngine();
const judge = new FaceJudge(engine, new MediaPipeMesh(new TfjsNets()));
let anna: Actor;
let bea: Actor;
let reference: Float32Array;

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
