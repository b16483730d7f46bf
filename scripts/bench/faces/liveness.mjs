/**
 * Liveness on real clips: how many attacks of each type are accepted (APCER), and how many honest bursts refused (BPCER).
 *   node scripts/bench/faces/liveness.mjs [--json] [attempts]      on the build (`npm run build:server` first)
 * Clips come from XUEJIAN_FACE_DATA (default ../shared/data). Each attempt is drawn from its own seed: bytes of JPEGs go
 * in, the decision of the default policy comes out. A clip is taken for one person, each clip for another one.
 */
import { availableParallelism } from 'node:os';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { glance } from '../../../dist/faces/face-finder.js';
import { readProfiles } from '../../../dist/policies/profiles.js';
import { clipsMissing, readClips } from './liveness-clips.mjs';
import { loadEngine } from './liveness-engine.mjs';
import { labelClips } from './liveness-labels.mjs';
import { ATTACKS, honest } from './liveness-scenes.mjs';
import { seeded, upperBound } from './statistics.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const POLICY = 'cn-henan-nanyang-2022';
/** Honest attempts of each act of each clip: as it is, and with every tenth frame lost. */
const HONEST_TRIES = 12;
const DROPPED = 0.1;
const MAX_DRAWS = 50;

/** `{ people, attacks: [{ type, attempts, accepted, apcer, bound, … }], honest: […], results }`, or `{ missing }`. */
export async function measureLiveness({ dataDir, attempts = 200, log = () => {} }) {
  const missing = clipsMissing(dataDir);
  if (missing !== null) return { missing };
  const { engine } = await loadEngine();
  const clips = await labelClips(await readClips(dataDir), dataDir, { engine, glance });
  for (const { name, acts } of clips) log(`${name}: ${acts.map(({ act, from, to }) => `${act} ${from}–${to}`).join(', ') || 'no act'}`);
  const plans = [...honestPlans(clips), ...attackPlans(clips, attempts)];
  const policy = (await readProfiles()).get(POLICY).policy;
  const results = await judgeAll(plans, clips, policy, log);
  return summarise(results, clips);
}

function honestPlans(clips) {
  const plans = [];
  for (const clip of clips) {
    for (const [index, segment] of clip.acts.entries()) {
      for (let round = 0; round < HONEST_TRIES; round += 1) {
        for (const [type, drop] of [['honest', 0], ['honest, frames lost', DROPPED]]) {
          const seed = 1_000_000 * (index + 1) + round;
          plans.push({ ...honest(seeded(seed), clip, [segment], { drop }), type, seed, segment: `${clip.name} ${segment.act} ${segment.from}` });
        }
      }
    }
  }
  return plans;
}

function attackPlans(clips, attempts) {
  return Object.entries(ATTACKS).flatMap(([type, draw], index) =>
    Array.from({ length: attempts }, (_, round) => {
      const seed = 10_000_000 * (index + 1) + round;
      const random = seeded(seed);
      for (let tries = 0; tries < MAX_DRAWS; tries += 1) {
        const plan = draw(random, clips);
        if (plan !== null) return { ...plan, type, seed };
      }
      return null;
    }).filter((plan) => plan !== null),
  );
}

/** Spreads the plans over as many threads as there are cores. */
async function judgeAll(plans, clips, policy, log) {
  const results = [];
  let next = 0;
  const work = (worker) =>
    new Promise((done, fail) => {
      let plan = null;
      worker.on('error', fail);
      worker.on('message', (message) => {
        if (plan !== null) results.push({ ...message, segment: plan.segment });
        if (results.length % 100 === 0 && plan !== null) log(`${results.length} of ${plans.length} bursts judged`);
        plan = plans[next] ?? null;
        next += 1;
        if (plan === null) done(worker.terminate());
        else worker.postMessage(plan);
      });
    });
  const workers = Array.from({ length: Math.min(availableParallelism(), plans.length) }, () => new Worker(resolve(HERE, 'liveness-worker.mjs'), { workerData: { clips, policy } }));
  await Promise.all(workers.map(work));
  return results;
}

function summarise(results, clips) {
  const of = (type) => results.filter((result) => result.type === type);
  const accepted = (list) => list.filter(({ outcome }) => outcome.passed).length;
  const reasons = (list) => {
    const counts = {};
    for (const { outcome } of list) if (!outcome.passed) counts[outcome.failure] = (counts[outcome.failure] ?? 0) + 1;
    return counts;
  };
  const attacks = Object.keys(ATTACKS).map((type) => {
    const list = of(type);
    return { type, attempts: list.length, accepted: accepted(list), apcer: accepted(list) / list.length, bound: upperBound(accepted(list), list.length), refusedBy: reasons(list), passive: median(list) };
  });
  const honestTypes = ['honest', 'honest, frames lost'].map((type) => {
    const list = of(type);
    const segments = [...new Set(list.map(({ segment }) => segment))].map((segment) => {
      const own = list.filter((result) => result.segment === segment);
      return { segment, attempts: own.length, accepted: accepted(own) };
    });
    return { type, attempts: list.length, refused: list.length - accepted(list), bpcer: 1 - accepted(list) / list.length, refusedBy: reasons(list), segments, passive: median(list) };
  });
  return { people: clips.length, attacks, honest: honestTypes, results };
}

const median = (list) => list.map(({ measurement }) => measurement.passive?.score ?? null).sort((a, b) => a - b)[list.length >> 1];

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const asJson = process.argv.includes('--json');
  const attempts = Number(process.argv.slice(2).find((word) => /^\d+$/.test(word)) ?? 200);
  const dataDir = resolve(HERE, '../../..', process.env.XUEJIAN_FACE_DATA ?? '../shared/data');
  const measured = await measureLiveness({ dataDir, attempts, log: (line) => process.stderr.write(`${line}\n`) });
  const { results, ...summary } = measured;
  process.stdout.write(asJson ? `${JSON.stringify(summary)}\n` : `${JSON.stringify(summary, null, 1)}\n`);
  process.exit(0);
}
