/** A process of the pool: opens the models, then judges what it is sent, one job at a time. */
import { FaceJudge } from './face-judge.js';
import type { FaceProcessJob, FaceProcessMessage, FaceProcessStart } from './face-process-messages.js';
import { openFaceRuntime } from './face-runtime.js';

let judge: FaceJudge | null = null;

// It ends with the worker that started it; a signal from the terminal goes to the worker, which decides.
process.once('disconnect', () => process.exit(0));
process.on('SIGINT', () => undefined);
process.on('message', (message) => {
  const told = message as FaceProcessStart | FaceProcessJob;
  void (told.type === 'start' ? start(told) : work(told)).then(say);
});

async function start({ runtime, modelsDir }: FaceProcessStart): Promise<FaceProcessMessage> {
  try {
    const { engine, mesh, fallback } = await openFaceRuntime(runtime, modelsDir);
    judge = new FaceJudge(engine, mesh);
    return { type: 'ready', engineId: judge.engineId, descriptorSpace: engine.descriptorSpace, fallback };
  } catch (error) {
    return { type: 'refused', message: textOf(error) };
  }
}

async function work({ method, args }: FaceProcessJob): Promise<FaceProcessMessage> {
  try {
    if (judge === null) throw new Error('a job came before the start');
    const run = judge[method as keyof FaceJudge] as unknown;
    if (typeof run !== 'function') throw new Error(`there is no ${method}`);
    return { type: 'done', result: await (Reflect.apply(run, judge, args) as Promise<unknown>) };
  } catch (error) {
    return { type: 'failed', message: textOf(error) };
  }
}

function say(message: FaceProcessMessage): void {
  process.send?.(message, undefined, {}, () => {
    if (message.type === 'refused') process.exit(1);
  });
}

const textOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));
