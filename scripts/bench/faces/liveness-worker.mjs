/** One thread of the liveness bench: bytes of frames in, the decision out, by the same code as in production. */
import { parentPort, workerData } from 'node:worker_threads';
import { FaceJudge } from '../../../dist/faces/face-judge.js';
import { judgeLiveness } from '../../../dist/rules/liveness-outcome.js';
import { loadEngine } from './liveness-engine.mjs';
import { frameOf } from './liveness-clips.mjs';
import { jpeg } from './liveness-pictures.mjs';
import { render } from './liveness-scenes.mjs';

const { clips, policy } = workerData;
const byName = new Map(clips.map((clip) => [clip.name, clip]));
const { engine, mesh, describe } = await loadEngine();
const judge = new FaceJudge(engine, mesh);
const references = new Map();

/** The reference face of a clip's person: the mean of three frames at rest. */
async function referenceOf(name) {
  const known = references.get(name);
  if (known !== undefined) return known;
  const clip = byName.get(name);
  const frames = clip.rest.flatMap(({ from, to }) => [from, Math.floor((from + to) / 2), to]);
  const pictures = [0, 0.5, 1].map((share) => frameOf(clip, frames[Math.floor(share * (frames.length - 1))]));
  const reference = await describe(await Promise.all(pictures.map((picture) => jpeg(picture, 90))));
  references.set(name, reference);
  return reference;
}

parentPort.on('message', async (plan) => {
  const frames = await render(plan, byName);
  const reference = await referenceOf(plan.person);
  const { measurement } = await judge.measureBurst({ frames, acts: plan.acts, reference });
  const outcome = judgeLiveness(measurement, policy, plan.acts.length);
  parentPort.postMessage({ type: plan.type, seed: plan.seed, person: plan.person, acts: plan.acts, outcome, measurement });
});
parentPort.postMessage({ ready: true });
