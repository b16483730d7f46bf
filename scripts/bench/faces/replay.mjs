/**
 * Replay: pairs of moments of one person in one clip, at least two seconds apart as snapshots are, against the same picture
 * shown again after what an attacker does to it. Judged as the workers do, under the default policy.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { descriptorDistance } from '../../../dist/faces/face-engine.js';
import { findFaces } from '../../../dist/faces/face-finder.js';
import { openFaceRuntime } from '../../../dist/faces/face-runtime.js';
import { decodeImage } from '../../../dist/faces/image-decoder.js';
import { differingBits, meanDifference, printOf } from '../../../dist/faces/replay/picture-print.js';
import { readProfiles } from '../../../dist/policies/profiles.js';
import { replayDoubt } from '../../../dist/rules/replay.js';
import { clipsMissing } from './liveness-clips.mjs';

const MODELS = resolve(fileURLToPath(new URL('../../..', import.meta.url)), '.cache/models');
const [WIDTH, HEIGHT] = [640, 480];
/** Pictures of a clip per second, and of how many each change is tried. */
const FPS = 2;
const APART = 2 * FPS;
const CHANGED_PER_CLIP = 6;

/** What is done to a picture before it is shown again. */
const CHANGES = {
  'encoded again, quality 60': (picture) => picture.jpeg({ quality: 60 }),
  'blurred a little': (picture) => picture.blur(0.8).jpeg({ quality: 85 }),
  'noise ± 8 laid over it': (picture) => picture.composite([{ input: noise(), blend: 'soft-light' }]).jpeg({ quality: 85 }),
  'brighter by 3 %': (picture) => picture.linear(1.03).jpeg({ quality: 85 }),
  'brighter by 10 %': (picture) => picture.linear(1.1).jpeg({ quality: 85 }),
  'cropped by 3 px': (picture) => picture.extract({ left: 3, top: 3, width: WIDTH - 6, height: HEIGHT - 6 }).resize(WIDTH, HEIGHT, { fit: 'fill' }).jpeg({ quality: 85 }),
  'cropped by 10 px': (picture) => picture.extract({ left: 10, top: 8, width: WIDTH - 20, height: HEIGHT - 16 }).resize(WIDTH, HEIGHT, { fit: 'fill' }).jpeg({ quality: 85 }),
};

/** Grey around the middle: laid over by soft light it darkens and brightens by a few levels. */
const noise = () => ({ create: { width: WIDTH, height: HEIGHT, channels: 3, background: '#808080', noise: { type: 'gaussian', mean: 128, sigma: 8 } } });

/** Prints what honest moments and shown-again pictures measure; null where there is no clip, or no ffmpeg. */
export async function measureReplay({ dataDir, log }) {
  const missing = dataDir === null ? 'no folder of faces' : clipsMissing(dataDir);
  if (missing !== null) {
    log(`replay: not measured, ${missing}`);
    return null;
  }
  const { engine } = await openFaceRuntime('auto', MODELS);
  const { policy } = (await readProfiles()).get('cn-henan-nanyang-2022');
  const clips = (await readdir(join(dataDir, 'clips'))).filter((file) => /\.(mp4|gif|webm|mov|mkv|avi)$/i.test(file)).sort();
  const honest = [];
  const shown = Object.fromEntries(Object.keys(CHANGES).map((name) => [name, []]));
  for (const clip of clips) {
    const bytes = await picturesOf(join(dataDir, 'clips', clip));
    const pictures = [];
    for (const picture of bytes) pictures.push(await read(engine, picture));
    pictures.forEach((one, index) => pictures.slice(index + APART).forEach((other) => honest.push(compare(one, other, policy))));
    const step = Math.max(1, Math.ceil(bytes.length / CHANGED_PER_CLIP));
    for (let index = 0; index < bytes.length; index += step) {
      for (const [name, change] of Object.entries(CHANGES)) {
        const again = await read(engine, await change(sharp(bytes[index])).toBuffer());
        shown[name].push(compare(pictures[index], again, policy));
      }
    }
  }
  const result = { clips: clips.length, limits: policy.replay, honest: summary(honest), shownAgain: Object.fromEntries(Object.entries(shown).map(([name, pairs]) => [name, summary(pairs)])) };
  sayReplay(result, log);
  return result;
}

function sayReplay({ clips, limits, honest, shownAgain }, log) {
  log(`replay: ${clips} clips; doubtful at ${limits.nearBits} bits and ${limits.nearDifference} levels, or at a distance of ${limits.stillDistance}`);
  log(`  ${honest.pairs} pairs of moments, 2 s apart or more: doubted ${honest.near + honest.still}; least difference ${honest.difference.least}, least distance ${honest.distance.least}`);
  for (const [name, { pairs, exact, near, still, difference, distance }] of Object.entries(shownAgain)) {
    log(`  shown again, ${name}: exact ${exact}, near ${near}, still ${still} of ${pairs}; difference up to ${difference.most}, distance up to ${distance.most}`);
  }
}

async function picturesOf(file) {
  const folder = await mkdtemp(join(tmpdir(), 'xuejian-replay-'));
  try {
    const filters = `fps=${FPS},scale=${WIDTH}:${HEIGHT}:force_original_aspect_ratio=increase,crop=${WIDTH}:${HEIGHT}`;
    await promisify(execFile)('ffmpeg', ['-v', 'error', '-i', file, '-vf', filters, '-q:v', '3', join(folder, '%05d.jpg')]);
    return await Promise.all((await readdir(folder)).sort().map((name) => readFile(join(folder, name))));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function read(engine, bytes) {
  const { image } = await decodeImage(bytes);
  const { main } = await findFaces(engine, image);
  const descriptor = main === null ? null : await engine.descriptor(image, await engine.landmarks(image, main));
  return { print: printOf(bytes, image), descriptor };
}

function compare(one, other, policy) {
  const near = { scope: 'SESSION', bits: differingBits(one.print.gradients, other.print.gradients), difference: meanDifference(one.print.grey, other.print.grey) };
  const still = one.descriptor === null || other.descriptor === null ? null : descriptorDistance(one.descriptor, other.descriptor);
  const isExact = Buffer.compare(one.print.pixels, other.print.pixels) === 0;
  return { isExact, ...near, still, sign: replayDoubt({ exact: null, near, still, periodMs: null }, policy) };
}

function summary(pairs) {
  const range = (values) => ({ least: round(Math.min(...values)), most: round(Math.max(...values)) });
  const count = (is) => pairs.filter(is).length;
  return {
    pairs: pairs.length,
    exact: count(({ isExact }) => isExact),
    near: count(({ sign }) => sign === 'NEAR_DUPLICATE'),
    still: count(({ sign }) => sign === 'STILL'),
    difference: range(pairs.map(({ difference }) => difference)),
    distance: range(pairs.flatMap(({ still }) => (still === null ? [] : [still]))),
  };
}

const round = (value) => Math.round(value * 1000) / 1000;
