import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { FacePool, type FacePoolOptions } from './face-pool.js';

/** A real process with made-up work: what matters here is how processes live and die. */
const PROGRAM = `
import { existsSync, writeFileSync } from 'node:fs';
process.once('disconnect', () => process.exit(0));
const once = (file) => { const was = existsSync(file); if (!was) writeFileSync(file, ''); return !was; };
const work = {
  echo: (value) => value,
  who: () => process.pid,
  seen: () => Object.keys(process.env).sort(),
  fail: () => { throw new Error('it cannot be done'); },
  dieOnce: (file) => { if (once(file)) process.kill(process.pid, 'SIGKILL'); return 'done after all'; },
  hangOnce: (file) => { if (once(file)) for (;;); return 'done after all'; },
  die: () => process.exit(7),
};
process.on('message', (told) => {
  if (told.type === 'start') {
    if (told.runtime === 'onnx') return process.send({ type: 'refused', message: 'no such library' }, () => process.exit(1));
    return process.send({ type: 'ready', engineId: 'engine', descriptorSpace: 'space', fallback: null });
  }
  try { process.send({ type: 'done', result: work[told.method](...told.args) }); }
  catch (error) { process.send({ type: 'failed', message: error.message }); }
});
`;

let folder: string;
let pool: FacePool;
const replaced: string[] = [];

function aPool(given: Partial<FacePoolOptions> = {}): FacePool {
  pool = new FacePool({
    program: pathToFileURL(join(folder, 'program.mjs')),
    size: 2,
    start: { runtime: 'auto', modelsDir: folder },
    onReplaced: (reason) => replaced.push(reason),
    ...given,
  });
  return pool;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xuejian-pool-'));
  await writeFile(join(folder, 'program.mjs'), PROGRAM);
});
afterEach(() => pool.stop());
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a pool of face processes', () => {
  it('says what its processes say of themselves, and why they cannot start', async () => {
    await expect(aPool().start()).resolves.toMatchObject({ engineId: 'engine', descriptorSpace: 'space', fallback: null });
    await pool.stop();
    await expect(aPool({ start: { runtime: 'onnx', modelsDir: folder } }).start()).rejects.toThrow('no such library');
  }, 20_000);

  it('brings pictures and numbers over and back unchanged', async () => {
    await aPool().start();
    const burst = { frames: [{ step: 1, image: Buffer.from([1, 2, 255]) }], reference: Float32Array.of(0.25, -1), bytes: null };
    const back = (await pool.run('echo', [burst])) as typeof burst;
    expect(back.reference).toEqual(burst.reference);
    expect([...back.frames[0]!.image]).toEqual([1, 2, 255]);
    expect(back.bytes).toBeNull();
  }, 20_000);

  it('spreads jobs over its processes and lets the rest wait their turn', async () => {
    await aPool().start();
    const all = Promise.all(Array.from({ length: 40 }, () => pool.run('who', [])));
    expect(pool.queued).toBe(38);
    expect(new Set(await all).size).toBe(2);
    expect(pool.queued).toBe(0);
  }, 20_000);

  it('tells a job that failed from a process that did, and goes on with the same process', async () => {
    await aPool({ size: 1 }).start();
    const before = await pool.run('who', []);
    await expect(pool.run('fail', [])).rejects.toThrow('it cannot be done');
    expect(await pool.run('who', [])).toBe(before);
  }, 20_000);

  it('puts the job of a process that dies back and starts another', async () => {
    await aPool({ size: 1 }).start();
    const before = await pool.run('who', []);
    await expect(pool.run('dieOnce', [join(folder, 'died')])).resolves.toBe('done after all');
    expect(await pool.run('who', [])).not.toBe(before);
    expect(replaced.at(-1)).toContain('SIGKILL');
  }, 20_000);

  it('kills a process that hangs and gives its job to another', async () => {
    await aPool({ size: 1, jobTimeoutMs: 1_000 }).start();
    await expect(pool.run('hangOnce', [join(folder, 'hung')])).resolves.toBe('done after all');
  }, 20_000);

  it('refuses a job under which every process ends, without a verdict, and does the next', async () => {
    await aPool().start();
    await expect(pool.run('die', [])).rejects.toThrow('3 face processes ended under die');
    await expect(pool.run('echo', [1])).resolves.toBe(1);
  }, 20_000);

  it('lends its processes neither secrets nor addresses', async () => {
    process.env['XUEJIAN_SECRET'] = 'not for them';
    await aPool({ size: 1 }).start();
    delete process.env['XUEJIAN_SECRET'];
    const seen = (await pool.run('seen', [])) as string[];
    expect(seen).toContain('PATH');
    expect(seen.filter((name) => /SECRET|DATABASE|REDIS|TOKEN|KEY/.test(name))).toEqual([]);
  }, 20_000);

  it('refuses what is left when it is stopped', async () => {
    await aPool({ size: 1 }).start();
    const left = Promise.allSettled([pool.run('hangOnce', [join(folder, 'stopped')]), pool.run('echo', [1])]);
    await pool.stop();
    expect((await left).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  }, 20_000);
});
