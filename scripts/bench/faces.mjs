/**
 * Everything that docs/faces.md claims about faces, measured on the build.
 *   npm run bench:faces [-- --data FOLDER] [--only identity,liveness,replay,speed,hostile] [--attempts N] [--hostile N] [--json]
 * FOLDER (default: XUEJIAN_FACE_DATA, else ../shared/data) holds `pairs.csv`, the photos it names and `clips/`.
 */
import { existsSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ensureBuilt, ensureInstalled } from '../lib/project.mjs';
import { percent } from './faces/statistics.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MODELS = resolve(ROOT, '.cache/models');
const PARTS = ['identity', 'liveness', 'replay', 'speed', 'hostile'];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    data: { type: 'string', default: process.env.XUEJIAN_FACE_DATA ?? resolve(ROOT, '../shared/data') },
    only: { type: 'string', default: PARTS.join(',') },
    attempts: { type: 'string', default: '200' },
    hostile: { type: 'string', default: '10000' },
    json: { type: 'boolean', default: false },
  },
});
const dataDir = resolve(positionals[0] ?? values.data);
const parts = values.only.split(',');
const unknown = parts.filter((part) => !PARTS.includes(part));
if (unknown.length > 0) fail(`没有这一项 / There is no part ${unknown.join(', ')}; choose from ${PARTS.join(', ')}`);
const [attempts, hostile] = [values.attempts, values.hostile].map(Number);
if (![attempts, hostile].every((count) => Number.isInteger(count) && count > 0)) fail('--attempts 与 --hostile 应为正整数 / --attempts and --hostile take positive integers');

const startedAt = performance.now();
/** Results go to standard output; with --json only the object does. Progress goes beside it. */
const say = (line) => (values.json ? process.stderr : process.stdout).write(`${line}\n`);
const log = (line) => process.stderr.write(`[${((performance.now() - startedAt) / 1000).toFixed(0)} s] ${line}\n`);

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}

async function identity() {
  const [{ openFaceRuntime }, { SINGLE_PHOTO, THREE_PHOTOS }, { loadPlain }, { measureIdentity, sayIdentity }] = await Promise.all([
    import('../../dist/faces/face-runtime.js'),
    import('../../dist/faces/operating-point.js'),
    import('./faces/plain.mjs'),
    import('./faces/identity.mjs'),
  ]);
  const { engine } = await openFaceRuntime('auto', MODELS);
  const { face } = await defaultPolicy();
  const operating = { single: SINGLE_PHOTO.maxDistance, template: THREE_PHOTOS.maxDistance, mismatch: face.mismatchDistance, tries: face.attempts };
  const result = await measureIdentity({ dataDir, engine, plain: await loadPlain(), operating, log });
  if (result === null) say(`identity: no pairs.csv in ${dataDir}`);
  else sayIdentity(result, say);
  return result;
}

async function liveness() {
  const { measureLiveness } = await import('./faces/liveness.mjs');
  const { results: _, ...result } = await measureLiveness({ dataDir, attempts, log });
  if (result.missing !== undefined) say(`liveness: ${result.missing}`);
  for (const { type, attempts: count, accepted, apcer, bound } of result.attacks ?? []) {
    say(`  attack ${type.padEnd(34)} ${accepted} of ${count} accepted, APCER ${percent(apcer)}, at 95 % under ${percent(bound)}`);
  }
  for (const { type, attempts: count, refused, bpcer } of result.honest ?? []) say(`  ${type.padEnd(41)} ${refused} of ${count} refused, BPCER ${percent(bpcer)}`);
  return result;
}

async function replay() {
  const { measureReplay } = await import('./faces/replay.mjs');
  return measureReplay({ dataDir: existsSync(dataDir) ? dataDir : null, log: say });
}

async function speed() {
  const { measureSpeed } = await import('./faces/speed.mjs');
  return measureSpeed({ dataDir: existsSync(dataDir) ? dataDir : null, log: say });
}

async function hostilePictures() {
  const [{ openFaceRuntime }, { FaceJudge }, { measureHostile, sayHostile }] = await Promise.all([
    import('../../dist/faces/face-runtime.js'),
    import('../../dist/faces/face-judge.js'),
    import('./faces/hostile.mjs'),
  ]);
  const { engine, mesh } = await openFaceRuntime('auto', MODELS);
  const result = await measureHostile({ judge: new FaceJudge(engine, mesh), count: hostile, log });
  sayHostile(result, say);
  return result;
}

async function defaultPolicy() {
  const { readProfiles } = await import('../../dist/policies/profiles.js');
  return (await readProfiles()).get('cn-henan-nanyang-2022').policy;
}

await ensureInstalled();
await ensureBuilt();
const run = { identity, liveness, replay, speed, hostile: hostilePictures };
const result = { data: relative(ROOT, dataDir) };
for (const part of PARTS.filter((name) => parts.includes(name))) {
  log(part);
  result[part] = await run[part]();
}
if (values.json) process.stdout.write(`${JSON.stringify(result)}\n`);
process.exit(0);
