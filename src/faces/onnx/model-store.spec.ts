import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ModelStore, weightsHash } from './model-store.js';

describe('the converted models', () => {
  let folder: string;

  const onlyFile = async (): Promise<string> => {
    const files = await readdir(folder);
    expect(files).toHaveLength(1);
    return join(folder, files[0]!);
  };

  beforeAll(async () => {
    folder = join(await mkdtemp(join(tmpdir(), 'xuejian-models-')), 'models');
  });
  afterAll(() => rm(join(folder, '..'), { recursive: true, force: true }));

  it('are made once, whoever asks at the same time, under a name that tells what they were made from', async () => {
    const store = new ModelStore(folder);
    const [one, other] = await Promise.all([store.load('tiny_face_detector'), store.load('tiny_face_detector')]);
    expect(one.equals(other)).toBe(true);
    const file = await onlyFile();
    expect(file).toMatch(/tiny_face_detector-[0-9a-f]{16}\.onnx$/);
    const { mtimeMs } = await stat(file);
    expect((await new ModelStore(folder).load('tiny_face_detector')).equals(one)).toBe(true);
    expect((await stat(file)).mtimeMs).toBe(mtimeMs);
  });

  it.each([
    ['a flipped bit', (bytes: Buffer) => bytes.fill(bytes[5000]! ^ 1, 5000, 5001)],
    ['a torn end', (bytes: Buffer) => bytes.subarray(0, -70)],
    ['nothing in it', () => Buffer.alloc(0)],
  ])('are made again when a file has %s', async (_, damage) => {
    const store = new ModelStore(folder);
    const whole = Buffer.from(await store.load('tiny_face_detector'));
    const file = await onlyFile();
    await writeFile(file, damage(await readFile(file)));
    expect((await store.load('tiny_face_detector')).equals(whole)).toBe(true);
    expect((await readFile(file)).equals(whole)).toBe(true);
  });

  it('take the place of what an earlier version made', async () => {
    await writeFile(await onlyFile(), '');
    await writeFile(join(folder, 'tiny_face_detector-0123456789abcdef.onnx'), 'made long ago');
    await new ModelStore(folder).load('tiny_face_detector');
    await onlyFile();
  });

  it('are known by the hash of the weights in the packages', async () => {
    expect(await weightsHash(['iris'])).toMatch(/^[0-9a-f]{64}$/);
    expect(await weightsHash(['iris'])).not.toBe(await weightsHash(['facemesh']));
  });
});
