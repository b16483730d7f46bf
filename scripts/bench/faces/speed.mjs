/**
 * How fast and how large: one verification (JPEG bytes to an aligned and mirrored descriptor) beside plain face-api on
 * the same pictures in the same run, one liveness burst, the pool, memory over two thousand pictures.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { defaultFaceWorkers } from '../../../dist/config/config.js';
import { FacePool } from '../../../dist/faces/face-pool.js';
import { availableParallelism } from 'node:os';
import { readPairs } from './data-set.mjs';

const PROCESS = fileURLToPath(new URL('./speed-process.mjs', import.meta.url));
const FACE_PROCESS = new URL('../../../dist/faces/face-process.js', import.meta.url);
const MODELS = fileURLToPath(new URL('../../../.cache/models', import.meta.url));
const ROUNDS = 3;
const SOAK_IMAGES = 2_000;
const POOL_JOBS = 200;
const BURST = { frames: 36, steps: 4, fps: 10, acts: ['OPEN_MOUTH', 'TURN_LEFT', 'NOD'] };

/** A child that answers one question at a time. */
async function open(kind) {
  const child = fork(PROCESS, [kind, MODELS], { serialization: 'advanced', execArgv: ['--expose-gc'] });
  const [identity] = await once(child, 'message');
  return {
    identity,
    ask: async (method, argument) => {
      const answer = once(child, 'message');
      child.send({ method, argument });
      return (await answer)[0];
    },
    close: () => child.disconnect(),
  };
}

/** Pictures as a camera would send them: at most 640×480. */
async function pictures(dataDir) {
  const set = dataDir === null ? null : await readPairs(dataDir);
  const demo = join(dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')), 'demo');
  const files = set === null ? [1, 2, 3, 4, 5, 6].map((number) => join(demo, `sample${number}.jpg`)) : set.people.flatMap(({ photos }) => photos.map((photo) => join(dataDir, photo)));
  return Promise.all(files.map(async (file) => sharp(await readFile(file)).rotate().resize(640, 480, { fit: 'inside' }).jpeg({ quality: 85 }).toBuffer()));
}

/** Frames of a face that never keeps quite still. */
async function burstOf(picture) {
  const small = await sharp(picture).resize(344, 258, { fit: 'cover' }).toBuffer();
  const perStep = BURST.frames / BURST.steps;
  const frames = await Promise.all(
    Array.from({ length: BURST.frames }, async (_, index) => ({
      step: Math.floor(index / perStep),
      clientMonoMs: (index * 1000) / BURST.fps,
      image: await sharp(small).extract({ left: (index * 5) % 24, top: (index * 3) % 18, width: 320, height: 240 }).jpeg({ quality: 70 }).toBuffer(),
    })),
  );
  return { frames, acts: BURST.acts };
}

function summary(runs) {
  const mean = (key) => runs.reduce((sum, run) => sum + run[key], 0) / runs.length;
  const cpuMs = mean('cpuMs');
  return { runs: runs.length, cpuMs, wallMs: mean('wallMs'), perSecondPerCore: 1000 / cpuMs, found: runs.filter(({ isFound }) => isFound).length };
}

async function measurePool(images) {
  const size = defaultFaceWorkers(availableParallelism());
  const pool = new FacePool({ program: FACE_PROCESS, size, start: { runtime: 'auto', modelsDir: MODELS } });
  await pool.start();
  const reference = new Float32Array(128);
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: POOL_JOBS }, (_, index) => pool.run('measureImage', [images[index % images.length], reference])));
  const perSecond = (1000 * POOL_JOBS) / (performance.now() - startedAt);
  await pool.stop();
  return { processes: size, jobs: POOL_JOBS, perSecond };
}

/** `dataDir`: a set of faces, or null for the sample photos; `log` takes one line at a time. */
export async function measureSpeed({ dataDir, log }) {
  const images = await pictures(dataDir !== null && existsSync(dataDir) ? dataDir : null);
  const [ours, plain] = [await open('ours'), await open('plain')];
  const runs = { ours: [], plain: [] };
  for (let round = -1; round < ROUNDS; round += 1) {
    // Turn by turn, so that whatever else the machine does falls on both; the first round warms up.
    for (const image of round < 0 ? images.slice(0, 3) : images) {
      const [one, other] = [await ours.ask('verify', image), await plain.ask('verify', image)];
      if (round >= 0) [runs.ours, runs.plain].forEach((list, index) => list.push([one, other][index]));
    }
  }
  const verification = { ours: summary(runs.ours), plain: summary(runs.plain) };
  const ratio = verification.plain.cpuMs / verification.ours.cpuMs;
  log(`one verification, ${images.length} pictures × ${ROUNDS}:`);
  for (const [name, { cpuMs, perSecondPerCore, found, runs: count }] of Object.entries(verification)) {
    log(`  ${name.padEnd(6)} ${cpuMs.toFixed(1)} ms of CPU, ${perSecondPerCore.toFixed(1)} a second and core, a face in ${found} of ${count}`);
  }
  log(`  ratio  ${ratio.toFixed(1)} × (required: 10)`);
  plain.close();
  const burst = await burstOf(images[0]);
  await ours.ask('burst', burst);
  const bursts = [await ours.ask('burst', burst), await ours.ask('burst', burst), await ours.ask('burst', burst)];
  const burstCpuMs = Math.min(...bursts.map(({ cpuMs }) => cpuMs));
  log(`one liveness burst of ${BURST.frames} frames: ${burstCpuMs.toFixed(0)} ms of CPU, ${(burstCpuMs / BURST.frames).toFixed(1)} a frame`);
  const soak = await ours.ask('soak', { images, count: SOAK_IMAGES });
  const [first, last] = [soak[1], soak.at(-1)];
  const memory = { peakMb: await ours.ask('peakMb'), growthMb: last.rssMb - first.rssMb, handles: [first.handles, last.handles], points: soak };
  log(`memory of one process: peak ${memory.peakMb.toFixed(0)} MB; from picture ${first.images} to ${last.images} ${memory.growthMb >= 0 ? '+' : ''}${memory.growthMb.toFixed(1)} MB, handles ${first.handles} → ${last.handles}`);
  ours.close();
  const pool = await measurePool(images);
  log(`pool of ${pool.processes} processes: ${pool.perSecond.toFixed(1)} snapshots judged a second`);
  return { engine: ours.identity, plain: plain.identity, images: images.length, verification, ratio, burst: { frames: BURST.frames, cpuMs: burstCpuMs }, memory, pool };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  const measured = await measureSpeed({ dataDir: join(root, process.env.XUEJIAN_FACE_DATA ?? '../shared/data'), log: (line) => process.stderr.write(`${line}\n`) });
  process.stdout.write(`${JSON.stringify(measured, null, 2)}\n`);
}
