import { beforeAll, describe, expect, it } from '@jest/globals';
import { samplePhoto } from '../../../test/support/camera/actor.js';
import { testModels } from '../../../test/support/face-models.js';
import { FaceApiEngine } from '../face-api.engine.js';
import type { Detector, FaceBox } from '../face-engine.js';
import { decodeImage } from '../image-decoder.js';
import type { RgbImage } from '../rgb-image.js';
import { OnnxFaceEngine } from './onnx-face.engine.js';
import { OnnxNets } from './onnx-nets.js';

const reference = new FaceApiEngine();
const engine = new OnnxFaceEngine(new OnnxNets(testModels()));
const photos: RgbImage[] = [];

beforeAll(async () => {
  for (let number = 1; number <= 6; number += 1) {
    const decoded = await decodeImage(await samplePhoto(`sample${number}.jpg`));
    if (decoded.ok) photos.push(decoded.image);
  }
  await engine.warmUp();
  await reference.warmUp();
}, 120_000);

/** face-api rounds the size of the scaled picture, which moves its boxes by up to half a pixel in 300. */
function expectSameBoxes(found: readonly FaceBox[], expected: readonly FaceBox[]): void {
  expect(found).toHaveLength(expected.length);
  expected.forEach((box, index) => {
    for (const key of ['x', 'y', 'width', 'height'] as const) expect(Math.abs(found[index]![key] - box[key])).toBeLessThan(1);
    expect(found[index]!.score).toBeCloseTo(box.score, 4);
  });
}

describe('face-api in onnxruntime', () => {
  it.each<Detector>([
    { net: 'TINY', inputPx: 224, minScore: 0.3 },
    { net: 'TINY', inputPx: 320, minScore: 0.5 },
    { net: 'SSD', minScore: 0.5 },
  ])('finds the faces that face-api finds: %j', async (detector) => {
    let faces = 0;
    // The slow net is very slow on WASM.
    for (const photo of detector.net === 'SSD' ? photos.slice(2, 4) : photos) {
      const expected = await reference.detect(photo, detector);
      expectSameBoxes(await engine.detect(photo, detector), expected);
      faces += expected.length;
    }
    expect(faces).toBeGreaterThan(5);
  }, 60_000);

  it('sees each face as face-api does: landmarks to a thousandth of a pixel, descriptors to 1e-4', async () => {
    for (const photo of photos) {
      const [box] = await engine.detect(photo, { net: 'SSD', minScore: 0.5 });
      const expected = await reference.landmarks(photo, box!);
      const found = await engine.landmarks(photo, box!);
      expected.forEach((point, index) => {
        expect(found[index]!.x).toBeCloseTo(point.x, 3);
        expect(found[index]!.y).toBeCloseTo(point.y, 3);
      });
      const theirs = await reference.descriptor(photo, expected);
      const ours = await engine.descriptor(photo, expected);
      expect(ours).toHaveLength(theirs.length);
      expect(Math.max(...ours.map((value, index) => Math.abs(value - theirs[index]!)))).toBeLessThan(1e-4);
    }
  }, 60_000);

  it('names its runtime, and shares the space of its descriptors with face-api', () => {
    expect(engine.id).toMatch(/^face-api@1\.7\.15\/onnxruntime-node@1\.\d+\.\d+\/[0-9a-f]{12}\/aligned-mirrored$/);
    expect(reference.id).not.toBe(engine.id);
    expect(engine.descriptorSpace).toBe(reference.descriptorSpace);
  });
});
