import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { samplePhoto } from '../../test/support/camera/actor.js';
import { testModels } from '../../test/support/face-models.js';
import type { FaceBox } from './face-engine.js';
import { findFacesSurely } from './face-finder.js';
import { decodeImage } from './image-decoder.js';
import { MediaPipeMesh } from './mediapipe-mesh.js';
import { OnnxFaceEngine } from './onnx/onnx-face.engine.js';
import { OnnxNets } from './onnx/onnx-nets.js';
import type { RgbImage } from './rgb-image.js';
import { SpoofScores } from './spoof-scores.js';
import { TfjsNets } from './tfjs-nets.js';

const nets = new OnnxNets(testModels());
const engine = new OnnxFaceEngine(nets);
const mesh = new MediaPipeMesh(nets);
const tfjsMesh = new MediaPipeMesh(new TfjsNets());
let photo: RgbImage;
let faces: readonly FaceBox[];

async function decoded(bytes: Uint8Array): Promise<RgbImage> {
  const result = await decodeImage(bytes);
  if (!result.ok) throw new Error(result.failure);
  return result.image;
}

beforeAll(async () => {
  photo = await decoded(await samplePhoto('sample3.jpg'));
  faces = await engine.detect(photo, { net: 'SSD', minScore: 0.8 });
  await mesh.warmUp();
  await tfjsMesh.warmUp();
}, 120_000);

describe('the mesh of a face', () => {
  it('is the same in onnxruntime and in tfjs, to a tenth of a pixel', async () => {
    expect(faces.length).toBeGreaterThan(1);
    for (const face of faces) {
      const expected = await tfjsMesh.read(photo, face);
      const found = await mesh.read(photo, face);
      expect(found!.points).toHaveLength(468);
      const apart = found!.points.map((point, index) => Math.hypot(point.x - expected!.points[index]!.x, point.y - expected!.points[index]!.y, point.z - expected!.points[index]!.z));
      expect(Math.max(...apart)).toBeLessThan(0.1);
      expect(found!.openness.left).toBeCloseTo(expected!.openness.left, 2);
      expect(found!.openness.right).toBeCloseTo(expected!.openness.right, 2);
      expect(found!.confidence).toBeCloseTo(expected!.confidence, 3);
    }
  }, 60_000);

  it('lies on the landmarks of the other net: eyes, nose and mouth', async () => {
    const [face] = faces;
    const landmarks = await engine.landmarks(photo, face!);
    const { points } = (await mesh.read(photo, face!))!;
    const eyes = Math.hypot(landmarks[45]!.x - landmarks[36]!.x, landmarks[45]!.y - landmarks[36]!.y);
    for (const [mine, theirs] of [[33, 36], [133, 39], [362, 42], [263, 45], [1, 30], [61, 48], [291, 54]] as const) {
      expect(Math.hypot(points[mine]!.x - landmarks[theirs]!.x, points[mine]!.y - landmarks[theirs]!.y)).toBeLessThan(0.15 * eyes);
    }
  });

  it('is found again from the mesh of the frame before, also when the head has moved and tilted', async () => {
    const [face] = faces;
    const before = (await mesh.read(photo, face!))!;
    const again = (await mesh.read(photo, before))!;
    const size = Math.max(face!.width, face!.height);
    expect(Math.hypot(again.points[1]!.x - before.points[1]!.x, again.points[1]!.y - before.points[1]!.y)).toBeLessThan(0.03 * size);
    const raw = { width: photo.width, height: photo.height, channels: 3 as const };
    const tilted = await decoded(await sharp(photo.data, { raw }).affine([[0.97, -0.24], [0.24, 0.97]], { background: '#777' }).png().toBuffer());
    const sure = (await findFacesSurely(engine, tilted)).main!;
    const fromBox = (await mesh.read(tilted, sure))!;
    const tracked = (await mesh.read(tilted, fromBox))!;
    expect(tracked.confidence).toBeGreaterThan(0.9);
    expect(Math.abs(tracked.openness.left - fromBox.openness.left)).toBeLessThan(0.06);
  }, 30_000);

  it('is not seen where no face is', async () => {
    const noise: RgbImage = { data: Uint8Array.from({ length: 320 * 240 * 3 }, (_, index) => (index * 7919) % 251), width: 320, height: 240 };
    expect(await mesh.read(noise, { x: 60, y: 20, width: 200, height: 200 })).toBeNull();
    expect(await mesh.read(photo, { x: photo.width + 500, y: 900, width: 100, height: 100 })).toBeNull();
  });
});

describe('the scores of the anti-spoof nets', () => {
  it('are the same in both runtimes', async () => {
    const [ours, theirs] = [new SpoofScores(nets), new SpoofScores(new TfjsNets())];
    for (const face of faces.slice(0, 2)) {
      const found = await ours.read(photo, face);
      const expected = await theirs.read(photo, face);
      expect(found.real).toBeCloseTo(expected.real, 3);
      expect(found.live).toBeCloseTo(expected.live, 3);
    }
  }, 30_000);
});

const photographs = resolve(fileURLToPath(new URL('../..', import.meta.url)), process.env['XUEJIAN_FACE_DATA'] ?? '../shared/data');

// Real photographs that may not be published: more to see where they lie beside the repository.
if (existsSync(photographs)) {
  describe('eyes on photographs beside the repository', () => {
    it('are closed in the one picture where she closes them', async () => {
      const openness: number[] = [];
      for (let number = 1; number <= 8; number += 1) {
        const image = await decoded(await readFile(`${photographs}/same-person/stockb_${number}.jpg`));
        const { main } = await findFacesSurely(engine, image);
        const face = main === null ? null : await mesh.read(image, main);
        openness.push(face === null ? Infinity : Math.max(face.openness.left, face.openness.right));
      }
      const [closed, ...open] = openness;
      expect(closed).toBeLessThan(0.65 * Math.min(...open));
    }, 60_000);
  });
}
