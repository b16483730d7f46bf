import { beforeAll, describe, expect, it } from '@jest/globals';
import { samplePhoto } from '../../test/support/camera/actor.js';
import { testModels } from '../../test/support/face-models.js';
import { FaceApiEngine } from './face-api.engine.js';
import { descriptorDistance } from './face-engine.js';
import { decodeImage } from './image-decoder.js';
import { OnnxFaceEngine } from './onnx/onnx-face.engine.js';
import { OnnxNets } from './onnx/onnx-nets.js';
import type { Point, RgbImage } from './rgb-image.js';
import { TfjsNets } from './tfjs-nets.js';
import { TwoNetFaceEngine } from './two-net.engine.js';

const PEOPLE = 3;
const nets = new OnnxNets(testModels());
const faceApi = new OnnxFaceEngine(nets);
const engine = new TwoNetFaceEngine(faceApi, nets);
const reference = new TwoNetFaceEngine(new FaceApiEngine(), new TfjsNets());
const faces: { readonly image: RgbImage; readonly landmarks: readonly Point[] }[] = [];

beforeAll(async () => {
  const decoded = await decodeImage(await samplePhoto('sample1.jpg'));
  if (!decoded.ok) return;
  const { image } = decoded;
  // Those who stand in one photo are different people.
  for (const box of (await engine.detect(image, { net: 'SSD', minScore: 0.5 })).slice(0, PEOPLE)) faces.push({ image, landmarks: await engine.landmarks(image, box) });
  await engine.warmUp();
  await reference.warmUp();
}, 120_000);

describe('a descriptor of two nets', () => {
  it('is the same in onnxruntime and on WASM to 1e-4', async () => {
    for (const { image, landmarks } of faces) {
      const [ours, theirs] = [await engine.descriptor(image, landmarks), await reference.descriptor(image, landmarks)];
      expect(Math.max(...ours.map((value, index) => Math.abs(value - theirs[index]!)))).toBeLessThan(1e-4);
    }
  }, 60_000);

  it('joins two nets that both tell these people apart, neither outweighing the other by far', async () => {
    const whole = await Promise.all(faces.map(({ image, landmarks }) => engine.descriptor(image, landmarks)));
    const [cut] = await Promise.all(faces.slice(0, 1).map(({ image, landmarks }) => faceApi.descriptor(image, landmarks)));
    const distances = (part: (descriptor: Float32Array) => Float32Array): number[] =>
      whole.flatMap((one, index) => whole.slice(index + 1).map((other) => descriptorDistance(part(one), part(other)) ** 2));
    const [both, first, second] = [(d: Float32Array) => d, (d: Float32Array) => d.subarray(0, cut!.length), (d: Float32Array) => d.subarray(cut!.length)].map(distances);
    both!.forEach((squared, index) => {
      expect(squared).toBeCloseTo(first![index]! + second![index]!, 4);
      expect(squared).toBeGreaterThan(0.6 ** 2);
      expect(first![index]! / squared).toBeGreaterThan(0.25);
      expect(second![index]! / squared).toBeGreaterThan(0.25);
    });
    expect(both).toHaveLength((PEOPLE * (PEOPLE - 1)) / 2);
  });

  it('names both nets; its space is that of the other runtime and not that of face-api alone', () => {
    expect(engine.id).toMatch(/^face-api@1\.7\.15\/onnxruntime-node@1\.\d+\.\d+\/[0-9a-f]{12}\/aligned-mirrored\+human-faceres160-[0-9a-f]{12}$/);
    expect(engine.descriptorSpace).toBe(reference.descriptorSpace);
    expect(engine.descriptorSpace).not.toBe(faceApi.descriptorSpace);
  });
});
