/**
 * Bench of the face engine, on the build (`npm run build:server` first).
 *   npm run bench:faces [-- --json]
 * Times are given as ratios to decoding one fixed photo with sharp in the same run, so that machines can be compared.
 * Pairs come from `pairs.csv` in XUEJIAN_FACE_DATA (default ../shared/data), else from the photos of the face-api package.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { FaceApiEngine } from '../../dist/faces/face-api.engine.js';
import { descriptorDistance } from '../../dist/faces/face-engine.js';
import { findFaces, glance } from '../../dist/faces/face-finder.js';
import { decodeImage } from '../../dist/faces/image-decoder.js';
import { FaceJudge } from '../../dist/faces/face-judge.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DATA = resolve(ROOT, process.env.XUEJIAN_FACE_DATA ?? '../shared/data');
const THRESHOLDS = [0.5, 0.55, 0.6];
const asJson = process.argv.includes('--json');
const say = (line) => asJson || process.stdout.write(`${line}\n`);

const demo = join(dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')), 'demo');
const sample = (number) => readFile(join(demo, `sample${number}.jpg`));

const engine = new FaceApiEngine();
await engine.warmUp();
const judge = new FaceJudge(engine);

/** Median milliseconds of `run`. */
async function median(run, rounds) {
  const times = [];
  for (let round = 0; round < rounds; round += 1) {
    const startedAt = performance.now();
    await run();
    times.push(performance.now() - startedAt);
  }
  return times.sort((a, b) => a - b)[rounds >> 1];
}

/** One face of a photo, cut out as a camera would frame it, as 640×480. */
async function portrait(photo, faceIndex) {
  const { image } = await decodeImage(photo, { maxSidePx: 1920 });
  const boxes = [...(await engine.detect(image, { net: 'SSD', minScore: 0.5 }))].sort((a, b) => a.x - b.x);
  const box = boxes[faceIndex];
  const height = Math.min(image.height, Math.round(box.height * 1.7));
  const width = Math.min(image.width, Math.round((height * 4) / 3));
  const left = Math.round(Math.min(Math.max(0, box.x + box.width / 2 - width / 2), image.width - width));
  const top = Math.round(Math.min(Math.max(0, box.y + box.height / 2 - height / 2), image.height - height));
  return sharp(image.data, { raw: { width: image.width, height: image.height, channels: 3 } }).extract({ left, top, width, height }).resize(640, 480).jpeg().toBuffer();
}

async function speed() {
  const photo = await sample(5);
  const face = await portrait(photo, 2);
  const frame = await sharp(face).resize(320, 240).jpeg({ quality: 70 }).toBuffer();
  const decoded = await decodeImage(face);
  const { main } = await findFaces(engine, decoded.image);
  const reference = await engine.descriptor(decoded.image, await engine.landmarks(decoded.image, main));
  const burst = Array.from({ length: 48 }, (_, index) => ({ step: Math.floor(index / 16), clientMonoMs: index * 125, image: frame }));
  const acts = ['OPEN_MOUTH', 'TURN_LEFT'];
  const liveFrame = async () => {
    const { image } = await decodeImage(frame, { maxSidePx: 480 });
    const faces = await glance(engine, image);
    return engine.landmarks(image, faces.main);
  };
  const referenceMs = await median(() => sharp(photo).raw().toBuffer(), 9);
  const verificationMs = await median(() => judge.measureImage(face, reference), 15);
  const liveFrameMs = await median(liveFrame, 25);
  const burstMs = await median(() => judge.measureBurst({ frames: burst, acts, reference }), 3);
  return {
    referenceMs, verificationMs, liveFrameMs, burstMs,
    verificationRatio: verificationMs / referenceMs, liveFrameRatio: liveFrameMs / referenceMs, burstRatio: burstMs / referenceMs,
  };
}

/** The descriptor of the largest face, as it is taken in a check. */
async function describe(bytes) {
  const decoded = await decodeImage(bytes);
  if (!decoded.ok) return null;
  const { main } = await findFaces(engine, decoded.image);
  return main === null ? null : engine.descriptor(decoded.image, await engine.landmarks(decoded.image, main));
}

async function listedPairs() {
  const lines = (await readFile(join(DATA, 'pairs.csv'), 'utf8')).trim().split(/\r?\n/).slice(1).map((line) => line.split(','));
  const descriptors = new Map();
  for (const file of new Set(lines.flatMap(([a, b]) => [a, b]))) descriptors.set(file, await describe(await readFile(join(DATA, file))));
  return lines.map(([a, b, same]) => ({ same: same === '1', a: descriptors.get(a), b: descriptors.get(b) }));
}

/** Everyone in the sample photos: different people, and each with a smaller, noisier picture of the same face. */
async function samplePairs() {
  const people = [];
  for (const [number, count] of [[3, 3], [5, 5], [6, 4]]) {
    for (let index = 0; index < count; index += 1) people.push(await portrait(await sample(number), index));
  }
  const poor = (picture) => sharp(picture).rotate(6, { background: '#888' }).resize(400).modulate({ brightness: 0.7 }).blur(0.8).jpeg({ quality: 45 }).toBuffer();
  const first = await Promise.all(people.map(describe));
  const second = [];
  for (const person of people) second.push(await describe(await poor(person)));
  return first.flatMap((a, i) => second.map((b, j) => ({ same: i === j, a, b })));
}

function rates(pairs) {
  const judged = pairs.filter(({ a, b }) => a !== null && b !== null).map(({ same, a, b }) => ({ same, distance: descriptorDistance(a, b) }));
  const own = judged.filter(({ same }) => same).map(({ distance }) => distance);
  const other = judged.filter(({ same }) => !same).map(({ distance }) => distance);
  const share = (list, is) => list.filter(is).length / list.length;
  return {
    genuine: own.length,
    impostor: other.length,
    withoutFace: pairs.length - judged.length,
    largestGenuine: Math.max(...own),
    smallestImpostor: Math.min(...other),
    at: THRESHOLDS.map((threshold) => ({ threshold, far: share(other, (d) => d <= threshold), frr: share(own, (d) => d > threshold) })),
  };
}

const hasPairs = existsSync(join(DATA, 'pairs.csv'));
const time = await speed();
say(`reference: decoding a 1920×1398 JPEG  ${time.referenceMs.toFixed(1)} ms`);
say(`one verification (640×480)            ${time.verificationMs.toFixed(1)} ms   ${time.verificationRatio.toFixed(2)} × reference`);
say(`one live frame (320×240)              ${time.liveFrameMs.toFixed(1)} ms   ${time.liveFrameRatio.toFixed(2)} × reference`);
say(`one burst (48 frames, two acts)       ${time.burstMs.toFixed(0)} ms   ${time.burstRatio.toFixed(1)} × reference`);
const identity = rates(hasPairs ? await listedPairs() : await samplePairs());
say(`pairs: ${hasPairs ? 'pairs.csv' : 'sample photos'}, ${identity.genuine} genuine, ${identity.impostor} impostor, ${identity.withoutFace} without a face`);
for (const { threshold, far, frr } of identity.at) say(`  at ${threshold.toFixed(2)}  FAR ${(100 * far).toFixed(2)} %  FRR ${(100 * frr).toFixed(2)} %`);
// No false accept among n pairs bounds the rate by 3/n with 95 % confidence.
say(`  smallest impostor ${identity.smallestImpostor.toFixed(3)}, largest genuine ${identity.largestGenuine.toFixed(3)}; zero false accepts mean FAR < ${(300 / identity.impostor).toFixed(2)} %`);
if (asJson) process.stdout.write(`${JSON.stringify({ engine: engine.id, source: hasPairs ? 'pairs.csv' : 'samples', ...time, ...identity })}\n`);
process.exit(0);
