import { describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { withJpegMeta } from '../evidence/jpeg-meta.js';
import { ADVANCE, HEIGHT, pathOf } from './pixel-font.js';
import { textOf, withWatermark } from './watermark.js';

const FACTS = { viewer: 'staff-17', at: new Date('2026-11-24T08:30:00Z'), sessionId: '01934567-89ab-7def-8123-456789abcdef' };
const grey = (width: number, height: number, level: number): Promise<Buffer> =>
  sharp({ create: { width, height, channels: 3, background: { r: level, g: level, b: level } } }).jpeg({ quality: 95 }).toBuffer();
const pixelsOf = async (picture: Buffer): Promise<Buffer> => sharp(picture).removeAlpha().raw().toBuffer();

/** Share of pixels that differ clearly, in each of 4 × 4 fields. */
async function changesByField(before: Buffer, after: Buffer, width: number, height: number): Promise<readonly number[]> {
  const [a, b] = await Promise.all([pixelsOf(before), pixelsOf(after)]);
  const changed = Array.from({ length: 16 }, () => 0);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const at = (y * width + x) * 3;
      const field = Math.floor((y * 4) / height) * 4 + Math.floor((x * 4) / width);
      if (Math.abs((a[at] ?? 0) - (b[at] ?? 0)) > 12) changed[field] = (changed[field] ?? 0) + 1;
    }
  }
  return changed.map((count) => (count * 16) / (width * height));
}

describe('a watermark', () => {
  it.each([
    ['dark', 640, 480, 20],
    ['middling', 640, 480, 128],
    ['bright', 640, 480, 240],
    ['small', 160, 120, 128],
    ['upright', 480, 640, 128],
  ])('lies on every part of a %s picture, whose size it leaves', async (_name, width, height, level) => {
    const picture = await grey(width, height, level);
    const original = Buffer.from(picture);
    const shown = await withWatermark(picture, FACTS);
    expect(picture).toEqual(original);
    expect(await sharp(shown ?? Buffer.alloc(0)).metadata()).toMatchObject({ format: 'jpeg', width, height });
    for (const share of await changesByField(picture, shown ?? Buffer.alloc(0), width, height)) expect(share).toBeGreaterThan(0.01);
  });

  it('says who looks, when, and at which session', async () => {
    expect(textOf(FACTS)).toBe('staff-17  2026-11-24 08:30:00Z  456789abcdef');
    const picture = await grey(320, 240, 128);
    const [one, other, later] = await Promise.all([FACTS, { ...FACTS, viewer: 'staff-18' }, { ...FACTS, at: new Date('2026-11-24T08:31:00Z') }].map((facts) => withWatermark(picture, facts)));
    expect(one).not.toEqual(other);
    expect(one).not.toEqual(later);
  });

  it('leaves nothing of what was written into the file', async () => {
    const picture = withJpegMeta(await grey(320, 240, 128), { sessionId: 'secret-fact' });
    expect(picture.includes('secret-fact')).toBe(true);
    expect((await withWatermark(picture, FACTS))?.includes('secret-fact')).toBe(false);
  });

  it('is not drawn on what is no picture', async () => {
    expect(await withWatermark(Buffer.from('ffd8ffe000104a46', 'hex'), FACTS)).toBeNull();
    expect(await withWatermark(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'), FACTS)).toBeNull();
  });
});

describe('the font of the watermark', () => {
  it('has a drawing of its own for each character that an account may have', () => {
    const characters = [...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-._:/@'];
    const drawings = characters.map(pathOf);
    expect(new Set(drawings).size).toBe(characters.length);
    expect(drawings).not.toContain(pathOf('汉'));
    expect(pathOf('a')).toBe(pathOf('A'));
  });

  it('keeps each character within its field', () => {
    const dots = [...pathOf('WWW').matchAll(/M(\d+) (\d+)/g)].map(([, x, y]) => [Number(x), Number(y)] as const);
    expect(dots.length).toBeGreaterThan(0);
    for (const [x, y] of dots) {
      expect(x % ADVANCE).toBeLessThan(ADVANCE - 1);
      expect(y).toBeLessThan(HEIGHT);
    }
  });
});
