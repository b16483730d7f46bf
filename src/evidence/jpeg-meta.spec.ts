import { describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { readJpegMeta, withJpegMeta, withoutJpegMeta } from './jpeg-meta.js';

const META = { sessionId: '0190', index: 2, receivedAt: '2026-11-23T08:00:00.000Z', note: '抓拍 <1> & "2"', isRetry: false, part: null };
const jpeg = (): Promise<Buffer> => sharp({ create: { width: 64, height: 48, channels: 3, background: '#357' } }).jpeg().toBuffer();

describe('facts written into a JPEG', () => {
  it('can be read again', async () => {
    expect(readJpegMeta(withJpegMeta(await jpeg(), META))).toEqual(META);
  });

  it('leave every pixel as it was', async () => {
    const plain = await jpeg();
    const marked = withJpegMeta(plain, META);
    expect(await sharp(marked).raw().toBuffer()).toEqual(await sharp(plain).raw().toBuffer());
    expect((await sharp(marked).metadata()).xmp?.toString('utf8')).toContain('urn:xuejian:evidence:1');
  });

  it('can be taken out again to the very bytes that came', async () => {
    const plain = await jpeg();
    expect(withoutJpegMeta(withJpegMeta(plain, META))).toEqual(plain);
    const withExif = await sharp(plain).withMetadata({ orientation: 3 }).jpeg().toBuffer();
    expect(withoutJpegMeta(withJpegMeta(withExif, META))).toEqual(withExif);
  });

  it('go behind the JFIF header and before what the camera wrote', async () => {
    const marked = withJpegMeta(await sharp(await jpeg()).withMetadata({ orientation: 3 }).jpeg().toBuffer(), META);
    expect((await sharp(marked).metadata()).orientation).toBe(3);
  });

  it('are not forced on other files or on the ruins of one', () => {
    for (const bytes of [Buffer.alloc(0), Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.from('ffd8', 'hex'), Buffer.from('ffd8ffe0ffff0000', 'hex')]) {
      expect(withJpegMeta(bytes, META)).toBe(bytes);
      expect(readJpegMeta(bytes)).toBeNull();
      expect(withoutJpegMeta(bytes)).toBe(bytes);
    }
  });

  it('must fit into one segment', async () => {
    const plain = await jpeg();
    expect(() => withJpegMeta(plain, { note: 'x'.repeat(66_000) })).toThrow('too many facts');
  });
});
