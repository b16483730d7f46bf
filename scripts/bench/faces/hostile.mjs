/** Hostile pictures: thousands made from real ones and from nothing. Each must end in a measurement or in a code. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { seeded } from './statistics.mjs';

const SEED = 20260326;
const DEMO = join(dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')), 'demo');

/** Small real pictures, one of each kind of file that a camera or a phone could send. */
async function realPictures() {
  const photos = [];
  for (const number of [3, 5, 6]) photos.push(await readFile(join(DEMO, `sample${number}.jpg`)));
  const small = (photo) => sharp(photo).resize(480, 360);
  const made = [];
  for (const photo of photos) {
    made.push(
      await small(photo).jpeg({ quality: 70 }).toBuffer(),
      await small(photo).jpeg({ quality: 60, progressive: true }).toBuffer(),
      await small(photo).jpeg({ chromaSubsampling: '4:4:4' }).withExif({ IFD0: { Copyright: 'x' } }).toBuffer(),
      await small(photo).toColourspace('cmyk').jpeg().toBuffer(),
      await small(photo).greyscale().jpeg().toBuffer(),
      await small(photo).png({ palette: true }).toBuffer(),
      await small(photo).toColourspace('rgb16').png().toBuffer(),
      await small(photo).ensureAlpha(0.5).png().toBuffer(),
      await small(photo).webp({ quality: 60 }).toBuffer(),
      await small(photo).webp({ lossless: true, effort: 0 }).toBuffer(),
    );
  }
  for (let orientation = 1; orientation <= 8; orientation += 1) made.push(await small(photos[1]).withMetadata({ orientation }).jpeg().toBuffer());
  return made;
}

/** Files of other kinds, and pictures that are not what a check is. */
async function wrongKinds() {
  const grey = sharp({ create: { width: 320, height: 240, channels: 3, background: '#777' } });
  const frames = await sharp(Buffer.alloc(64 * 64 * 2 * 3, 90), { raw: { width: 64, height: 128, channels: 3, pageHeight: 64 } }).webp({ loop: 0, delay: [50, 50] }).toBuffer();
  return [
    Buffer.alloc(0),
    Buffer.from('<html>not a picture</html>'),
    Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="99999" height="99999"><image href="file:///etc/passwd"/></svg>'),
    Buffer.from('%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n'),
    Buffer.from('PK\x03\x04zip'),
    await grey.clone().gif().toBuffer(),
    await grey.clone().tiff().toBuffer(),
    await grey.clone().avif({ effort: 0 }).toBuffer(),
    await grey.clone().resize(1, 1).jpeg().toBuffer(),
    await grey.clone().resize(4000, 20, { fit: 'fill' }).png().toBuffer(),
    frames,
  ];
}

const chunk = (type, data) => {
  const table = Array.from({ length: 256 }, (_, n) => Array.from({ length: 8 }).reduce((c) => (c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1), n) >>> 0);
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const crc = (body.reduce((c, byte) => table[(c ^ byte) & 0xff] ^ (c >>> 8), 0xffffffff) ^ 0xffffffff) >>> 0;
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc, 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
};

/** A PNG of `width`×`height` pixels of one colour in a few kilobytes. */
function bomb(width, height) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([1, 0, 0, 0, 0], 8);
  const rows = deflateSync(Buffer.alloc(Math.min(8_000_000, (Math.ceil(width / 8) + 1) * Math.min(height, 20_000))), { level: 9 });
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', header), chunk('IDAT', rows), chunk('IEND', Buffer.alloc(0))]);
}

/** One of the many ways in which a picture can be wrong. */
function spoil(picture, random, others) {
  const at = () => Math.floor(random() * picture.length);
  const copy = Buffer.from(picture);
  switch (Math.floor(random() * 9)) {
    case 0:
      return picture.subarray(0, at());
    case 1:
      for (let flips = 1 + Math.floor(random() * 40); flips > 0; flips -= 1) copy[at()] ^= 1 << Math.floor(random() * 8);
      return copy;
    case 2: {
      const from = at();
      return Buffer.concat([picture.subarray(0, from), picture.subarray(Math.min(picture.length, from + 1 + Math.floor(random() * 400)))]);
    }
    case 3:
      return Buffer.concat([picture.subarray(0, at()), Buffer.from(Array.from({ length: 200 }, () => Math.floor(random() * 256))), picture.subarray(at())]);
    case 4: {
      // The head of one, the body of another.
      const other = others[Math.floor(random() * others.length)];
      return Buffer.concat([picture.subarray(0, at()), other.subarray(Math.floor(random() * other.length))]);
    }
    case 5: {
      // Sizes live in the first hundred bytes of every format.
      for (let bytes = 0; bytes < 6; bytes += 1) copy[Math.floor(random() * Math.min(700, copy.length))] = random() < 0.5 ? 0xff : 0;
      return copy;
    }
    case 6:
      return bomb(1 + Math.floor(random() * 60_000), 1 + Math.floor(random() * 60_000));
    case 7:
      return Buffer.from(Array.from({ length: 1 + Math.floor(random() * 3000) }, () => Math.floor(random() * 256)));
    default:
      return picture;
  }
}

/** `judge` measures one picture as a snapshot is measured. */
export async function measureHostile({ judge, count, log }) {
  const random = seeded(SEED);
  const real = await realPictures();
  const wrong = await wrongKinds();
  const reference = new Float32Array(128).fill(0.05);
  const codes = {};
  const startedMb = process.memoryUsage().rss / 2 ** 20;
  let peakMb = startedMb;
  let slowestMs = 0;
  const thrown = [];
  for (let index = 0; index < count; index += 1) {
    const picture = index < wrong.length ? wrong[index] : spoil(real[Math.floor(random() * real.length)], random, real);
    const from = performance.now();
    try {
      const { failure, faceCount } = await judge.measureImage(picture, reference);
      const code = failure ?? `MEASURED_${Math.min(faceCount, 2)}_FACES`;
      codes[code] = (codes[code] ?? 0) + 1;
    } catch (error) {
      thrown.push({ index, message: String(error) });
    }
    slowestMs = Math.max(slowestMs, performance.now() - from);
    if (index % 100 === 99) peakMb = Math.max(peakMb, process.memoryUsage().rss / 2 ** 20);
    if (index % 1000 === 999) log(`  ${index + 1} / ${count} hostile pictures`);
  }
  return { count, codes, thrown, startedMb: Math.round(startedMb), peakMb: Math.round(peakMb), slowestMs: Math.round(slowestMs) };
}

export function sayHostile({ count, codes, thrown, startedMb, peakMb, slowestMs }, say) {
  say(`hostile pictures: ${count}, ${thrown.length} exceptions, memory ${startedMb} → ${peakMb} MB, slowest ${slowestMs} ms`);
  for (const [code, times] of Object.entries(codes).sort((a, b) => b[1] - a[1])) say(`  ${code.padEnd(20)} ${times}`);
}
