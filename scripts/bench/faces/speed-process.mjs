/** One process of the speed bench, `ours` or `plain`: it alone holds the models it measures, so its memory is theirs. */
import { resourceUsage } from 'node:process';
import { decodeImage } from '../../../dist/faces/image-decoder.js';

const [, , kind, modelsDir] = process.argv;
const work = kind === 'ours' ? await openOurs() : await openPlain();

async function openOurs() {
  const { findFaces } = await import('../../../dist/faces/face-finder.js');
  const { FaceJudge } = await import('../../../dist/faces/face-judge.js');
  const { openFaceRuntime } = await import('../../../dist/faces/face-runtime.js');
  const { engine, mesh, fallback } = await openFaceRuntime('auto', modelsDir);
  const judge = new FaceJudge(engine, mesh);
  const describe = async (bytes) => {
    const { image } = await decodeImage(bytes);
    const { main } = await findFaces(engine, image);
    return main === null ? null : engine.descriptor(image, await engine.landmarks(image, main));
  };
  return {
    identity: { id: engine.id, fallback },
    describe,
    burst: async ({ frames, acts }) => {
      const reference = await describe(frames[0].image);
      return measured(() => judge.measureBurst({ frames, acts, reference }));
    },
    /** As a snapshot is judged: resident memory and open handles at the start and after every tenth of the way. */
    soak: async ({ images, count }) => {
      const reference = await describe(images[0]);
      const points = [];
      for (let index = 0; index <= count; index += 1) {
        if (index % (count / 10) === 0) {
          globalThis.gc?.();
          points.push({ images: index, rssMb: process.memoryUsage().rss / 2 ** 20, handles: process.getActiveResourcesInfo().length });
        }
        if (index < count) await judge.measureImage(images[index % images.length], reference);
      }
      return points;
    },
  };
}

async function openPlain() {
  const { loadPlain } = await import('./plain.mjs');
  const plain = await loadPlain();
  return {
    identity: { id: plain.id },
    describe: async (bytes) => {
      const { image } = await decodeImage(bytes);
      return plain.describe(image);
    },
  };
}

async function measured(run) {
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  const result = await run();
  const { user, system } = process.cpuUsage(cpu);
  return { wallMs: performance.now() - startedAt, cpuMs: (user + system) / 1000, isFound: result !== null };
}

process.once('disconnect', () => process.exit(0));
process.on('message', async ({ method, argument }) => {
  const answers = {
    verify: () => measured(() => work.describe(argument)),
    burst: () => work.burst(argument),
    soak: () => work.soak(argument),
    peakMb: () => resourceUsage().maxRSS / 1024,
  };
  process.send(await answers[method]());
});
process.send(work.identity);
