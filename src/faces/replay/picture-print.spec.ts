import { beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { samplePhoto, seeded } from '../../../test/support/camera/actor.js';
import { decodeImage } from '../image-decoder.js';
import { differingBits, meanDifference, periodOf, type PicturePrint, printOf } from './picture-print.js';

// Plain bindings: a global is looked up for every pixel where modules run in a context of their own.
const { min, max, round } = Math;
const WIDTH = 640;
const HEIGHT = 480;

const print = async (bytes: Buffer): Promise<PicturePrint> => {
  const decoded = await decodeImage(bytes);
  if (!decoded.ok) throw new Error(decoded.failure);
  return printOf(bytes, decoded.image);
};
const from = (data: Uint8Array) => sharp(data, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } });
const asPhoto = (data: Uint8Array) => from(data).jpeg({ quality: 85 }).toBuffer();

/** Noise of a sensor, ± `strength` at the most. */
const noisy = (data: Uint8Array, seed: number, strength: number): Uint8Array => {
  const random = seeded(seed);
  return Uint8Array.from(data, (value) => min(255, max(0, round(value + (random() + random() - 1) * strength))));
};

describe('the print of a picture', () => {
  let raw: Buffer;
  let photo: Buffer;
  let first: PicturePrint;

  beforeAll(async () => {
    raw = await sharp(await samplePhoto('sample3.jpg')).resize(WIDTH, HEIGHT, { fit: 'cover' }).removeAlpha().raw().toBuffer();
    photo = await asPhoto(raw);
    first = await print(photo);
  });

  const against = async (other: Buffer) => {
    const second = await print(other);
    return { bits: differingBits(first.gradients, second.gradients), difference: meanDifference(first.grey, second.grey), second };
  };

  it('is the same for the same bytes, and by pixels under other metadata or a lossless container', async () => {
    const again = await print(Buffer.from(photo));
    expect(again).toEqual(first);
    const described = await sharp(photo).withMetadata({ exif: { IFD0: { Copyright: 'x' } } }).png().toBuffer();
    const wrapped = await print(described);
    expect(wrapped.bytes).not.toEqual(first.bytes);
    expect(wrapped.pixels).toEqual(first.pixels);
  });

  it('differs in its pixels when one pixel does', async () => {
    const data = Uint8Array.from((await decodeImage(photo) as { image: { data: Uint8Array } }).image.data);
    data[0]! ^= 1;
    const png = await print(await from(data).png().toBuffer());
    expect(png.pixels).not.toEqual(first.pixels);
    expect(differingBits(png.gradients, first.gradients)).toBeLessThanOrEqual(1);
  });

  it.each<[string, (data: Buffer) => Promise<Buffer>]>([
    ['encoded again', async () => sharp(photo).jpeg({ quality: 60 }).toBuffer()],
    ['blurred a little', async (data) => from(data).blur(0.8).jpeg({ quality: 80 }).toBuffer()],
    ['made brighter', async (data) => from(data).linear(1.05, 3).jpeg({ quality: 85 }).toBuffer()],
    ['with noise laid over it', async (data) => asPhoto(noisy(data, 7, 8))],
  ])('stays near the picture %s', async (_how, change) => {
    const { bits, difference } = await against(await change(raw));
    expect(bits).toBeLessThanOrEqual(32);
    expect(difference).toBeLessThan(1);
  });

  it.each<[string, (data: Buffer) => Promise<Buffer>]>([
    ['of a head that moved by a few pixels under the noise of the sensor', async (data) => {
      const moved = await from(data).extract({ left: 6, top: 4, width: WIDTH - 6, height: HEIGHT - 4 }).resize(WIDTH, HEIGHT, { fit: 'fill' }).raw().toBuffer();
      return asPhoto(noisy(moved, 9, 4));
    }],
    ['of somebody else', async () => sharp(await samplePhoto('sample6.jpg')).resize(WIDTH, HEIGHT, { fit: 'cover' }).jpeg().toBuffer()],
  ])('is away from the picture %s', async (_what, change) => {
    const { difference } = await against(await change(raw));
    expect(difference).toBeGreaterThan(1.5);
  });

  it('does not call a picture the same for being flat', async () => {
    const grey = await print(await asPhoto(noisy(new Uint8Array(WIDTH * HEIGHT * 3).fill(90), 3, 6)));
    expect(meanDifference(first.grey, grey.grey)).toBeGreaterThan(10);
    expect(meanDifference(grey.grey, new Uint8Array(grey.grey.length).fill(40))).toBeLessThan(2);
  });

  it.each<[string, string, number | null]>([
    ['comes round', 'abcdabcdab', 400],
    ['comes round to one frame only', 'abcdefgha', 800],
    ['hangs for some frames, as a slow camera does', 'aabbbcccd', null],
    ['never repeats', 'abcdefg', null],
  ])('gives a stream that %s its period', (_how, stream, period) => {
    const frames = [...stream].map((letter, index) => ({ clientMonoMs: index * 100, print: { bytes: Uint8Array.of(index), pixels: Buffer.from(letter) } }));
    expect(periodOf(frames)).toBe(period);
  });

  it('counts differing bits', () => {
    expect(differingBits(Uint8Array.of(0b1010, 255), Uint8Array.of(0b0110, 0))).toBe(10);
  });
});
