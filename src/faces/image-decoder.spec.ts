import { deflateSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { LIMITS } from '@xuejian/protocol';
import sharp, { type Sharp } from 'sharp';
import { samplePhoto, seeded } from '../../test/support/camera/actor.js';
import { decodeImage, sniffFormat } from './image-decoder.js';
import { measureQuality, type RgbImage } from './rgb-image.js';

const gradient = (width: number, height: number): Sharp => {
  const data = new Uint8Array(width * height * 3);
  for (let at = 0; at < width * height; at += 1) data.set([(at % width) % 256, Math.floor(at / width) % 256, 90], at * 3);
  return sharp(data, { raw: { width, height, channels: 3 } });
};

const failureOf = async (bytes: Uint8Array | null): Promise<string | null> => {
  const decoded = await decodeImage(bytes);
  return decoded.ok ? null : decoded.failure;
};

/** A PNG that claims `side`² pixels of one colour: a few kilobytes that want gigabytes. */
function pngBomb(side: number): Buffer {
  const table = Array.from({ length: 256 }, (_, n) => Array.from({ length: 8 }).reduce<number>((c) => (c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1), n) >>> 0);
  const crc = (bytes: Buffer): number => (bytes.reduce((c, byte) => table[(c ^ byte) & 0xff]! ^ (c >>> 8), 0xffffffff) ^ 0xffffffff) >>> 0;
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const head = Buffer.alloc(4);
    const tail = Buffer.alloc(4);
    head.writeUInt32BE(data.length);
    tail.writeUInt32BE(crc(body));
    return Buffer.concat([head, body, tail]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([1, 0, 0, 0, 0], 8);
  const rows = deflateSync(Buffer.alloc((Math.ceil(side / 8) + 1) * 2000), { level: 9 });
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', header), chunk('IDAT', rows), chunk('IEND', Buffer.alloc(0))]);
}

describe('decoding a picture', () => {
  it.each(['jpeg', 'png', 'webp'] as const)('reads %s as upright RGB', async (format) => {
    const decoded = await decodeImage(await gradient(200, 100).toFormat(format).toBuffer());
    expect(decoded).toMatchObject({ ok: true, format, sourceWidth: 200, sourceHeight: 100 });
    if (decoded.ok) expect(decoded.image.data).toHaveLength(200 * 100 * 3);
  });

  it('scales a large picture down to the longest side asked for', async () => {
    const decoded = await decodeImage(await gradient(1600, 800).jpeg().toBuffer(), { maxSidePx: 320 });
    expect(decoded).toMatchObject({ ok: true, image: { width: 320, height: 160 }, sourceWidth: 1600 });
  });

  it('turns a picture upright that its camera took lying', async () => {
    const lying = await sharp(await samplePhoto('sample6.jpg')).resize(400, 200).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    await expect(decodeImage(lying)).resolves.toMatchObject({ ok: true, image: { width: 200, height: 400 }, sourceWidth: 200, sourceHeight: 400 });
  });

  it('reads the colours of a CMYK photo', async () => {
    const cmyk = await sharp({ create: { width: 120, height: 120, channels: 3, background: '#d08040' } }).toColourspace('cmyk').jpeg().toBuffer();
    await expect(sharp(cmyk).metadata()).resolves.toMatchObject({ space: 'cmyk' });
    const decoded = await decodeImage(cmyk);
    expect(decoded.ok).toBe(true);
    if (!decoded.ok) return;
    const [red, green, blue] = decoded.image.data;
    expect(red! > green! && green! > blue!).toBe(true);
  });

  it('reads grey and half-transparent pictures as RGB', async () => {
    const grey = await gradient(100, 100).greyscale().jpeg().toBuffer();
    const clear = await sharp({ create: { width: 100, height: 100, channels: 4, background: { r: 255, g: 255, b: 255, alpha: 0 } } }).png().toBuffer();
    expect(await failureOf(grey)).toBeNull();
    const decoded = await decodeImage(clear);
    expect(decoded.ok && Math.max(...decoded.image.data)).toBe(0);
  });

  it.each([
    ['nothing', null, 'IMAGE_ABSENT'],
    ['zero bytes', Buffer.alloc(0), 'IMAGE_ABSENT'],
    ['a thousand random bytes', Buffer.from(Array.from({ length: 1000 }, seeded(7)).map((value) => value * 256)), 'IMAGE_UNREADABLE'],
    ['the beginning of a JPEG and then noise', Buffer.concat([Buffer.from('ffd8ffe0', 'hex'), Buffer.alloc(2000, 7)]), 'IMAGE_UNREADABLE'],
    ['a page of HTML', Buffer.from('<!doctype html><title>x</title>'), 'IMAGE_UNREADABLE'],
    ['an SVG, which could draw anything', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="200" height="200"/>'), 'IMAGE_UNREADABLE'],
    ['a decompression bomb', pngBomb(50_000), 'IMAGE_TOO_LARGE'],
    ['more bytes than allowed', Buffer.alloc(LIMITS.imageBytes + 1, 0xff), 'IMAGE_TOO_LARGE'],
  ])('refuses %s', async (_, bytes, failure) => {
    expect(await failureOf(bytes)).toBe(failure);
  });

  it('refuses a truncated JPEG and one of too few pixels', async () => {
    const whole = await gradient(400, 400).jpeg().toBuffer();
    expect(await failureOf(whole.subarray(0, whole.length / 2))).toBe('IMAGE_UNREADABLE');
    expect(await failureOf(await gradient(400, 40).jpeg().toBuffer())).toBe('IMAGE_TOO_SMALL');
  });

  it('refuses animations and formats it was not asked for, whatever they are called', async () => {
    const frames = await gradient(100, 200).raw().toBuffer();
    const raw = { width: 100, height: 200, channels: 3 as const, pageHeight: 100 };
    const animated = await sharp(frames, { raw }).webp({ loop: 0, delay: [100, 100] }).toBuffer();
    await expect(sharp(animated).metadata()).resolves.toMatchObject({ pages: 2 });
    expect(await failureOf(animated)).toBe('IMAGE_UNREADABLE');
    expect(await failureOf(await gradient(100, 100).gif().toBuffer())).toBe('IMAGE_UNREADABLE');
    expect(await failureOf(await gradient(100, 100).tiff().toBuffer())).toBe('IMAGE_UNREADABLE');
  });

  it('goes by the content, not by the name', async () => {
    expect(sniffFormat(await gradient(10, 10).webp().toBuffer())).toBe('webp');
    expect(sniffFormat(Buffer.from('RIFF'))).toBeNull();
  });

  it('survives five hundred mutilated pictures', async () => {
    const random = seeded(11);
    const whole = await gradient(96, 96).jpeg().toBuffer();
    for (let round = 0; round < 500; round += 1) {
      const bytes = Buffer.from(whole);
      for (let hit = 0; hit < 1 + random() * 20; hit += 1) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      const decoded = await decodeImage(bytes);
      if (decoded.ok) expect(decoded.image.data).toHaveLength(decoded.image.width * decoded.image.height * 3);
    }
  });
});

describe('measuring a picture', () => {
  const flat = (value: number): RgbImage => ({ data: new Uint8Array(64 * 64 * 3).fill(value), width: 64, height: 64 });

  it('tells dark from light', () => {
    expect(measureQuality(flat(0)).luminance).toBe(0);
    expect(measureQuality(flat(200)).luminance).toBeCloseTo(200, 3);
  });

  it('tells a sharp photo from a blurred one and from a covered lens', async () => {
    const photo = sharp(await samplePhoto('sample6.jpg')).resize(640);
    const sharpness = async (picture: Sharp): Promise<number> => {
      const decoded = await decodeImage(await picture.jpeg().toBuffer());
      return decoded.ok ? measureQuality(decoded.image).sharpness : NaN;
    };
    const clear = await sharpness(photo.clone());
    expect(clear).toBeGreaterThan(100);
    expect(await sharpness(photo.clone().blur(6))).toBeLessThan(clear / 20);
    expect(measureQuality(flat(12)).sharpness).toBe(0);
  });

  it('does not take a dim photo for a blurred one', async () => {
    const photo = sharp(await samplePhoto('sample6.jpg')).resize(640);
    const sharpness = async (picture: Sharp): Promise<number> => {
      const decoded = await decodeImage(await picture.jpeg({ quality: 95 }).toBuffer());
      return decoded.ok ? measureQuality(decoded.image).sharpness : NaN;
    };
    const share = (await sharpness(photo.clone().linear(0.3))) / (await sharpness(photo.clone()));
    expect(share).toBeGreaterThan(0.7);
    expect(share).toBeLessThan(1.5);
  });

  it('measures a part of the picture alone', async () => {
    const half: RgbImage = { data: new Uint8Array(64 * 64 * 3), width: 64, height: 64 };
    for (let y = 0; y < 64; y += 1) half.data.fill(255, (y * 64 + 32) * 3, (y + 1) * 64 * 3);
    expect(measureQuality(half, { x: 40, y: 0, width: 20, height: 64 }).luminance).toBeCloseTo(255, 3);
    expect(measureQuality(half, { x: -10, y: 0, width: 20, height: 64 }).luminance).toBe(0);
  });
});
