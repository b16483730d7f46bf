import { createHash } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import type { DataSource } from 'typeorm';
import type { Config } from '../../src/config/config.js';
import { ImageVault } from '../../src/evidence/image-vault.js';
import { readJpegMeta, withoutJpegMeta } from '../../src/evidence/jpeg-meta.js';
import { aConfig } from '../support/config.js';
import { type Call, newTrainee, NOWHERE, startTrainingApi, type TrainingApi } from '../support/training-api.js';

let api: TrainingApi;
let call: Call;
let config: Config;
let vault: ImageVault;
let photo: Buffer;

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const traineeId = async (): Promise<string> => (await newTrainee(call)).traineeId;
const pathOf = async (imageId: string): Promise<string> => {
  const [row] = await api.rows<{ path: string }>('select path from stored_image where id = $1', [imageId]);
  return join(config.dataDir, 'images', row!.path);
};

beforeAll(async () => {
  api = await startTrainingApi();
  call = await api.callerOf('平台');
  config = aConfig({ databaseUrl: api.database.url });
  vault = new ImageVault(config, (await api.database.open()) as DataSource);
  photo = await sharp({ create: { width: 320, height: 240, channels: 3, background: '#864' } }).jpeg().toBuffer();
}, 60_000);
afterAll(async () => {
  await api?.close();
  await rm(config.dataDir, { recursive: true, force: true });
});

describe('the image vault', () => {
  it('gives back the picture with its facts written into it and the hash of the bytes that came', async () => {
    const meta = { sessionId: NOWHERE, index: 1, receivedAt: '2026-11-23T00:00:00.000Z' };
    const { imageId, sha256: stored } = await vault.put({ bytes: photo, kind: 'snapshot', sessionId: NOWHERE, traineeId: await traineeId(), meta });
    const kept = await vault.get(imageId);
    expect(kept).toMatchObject({ contentType: 'image/jpeg', sha256: stored, meta: { ...meta, receivedSha256: sha256(photo) } });
    expect(sha256(kept!.bytes)).toBe(stored);
    expect(readJpegMeta(kept!.bytes)).toEqual(kept!.meta);
    expect(withoutJpegMeta(kept!.bytes)).toEqual(photo);
  });

  it('keeps nothing readable on the disk', async () => {
    const { imageId } = await vault.put({ bytes: photo, kind: 'snapshot', sessionId: null, traineeId: await traineeId(), meta: {} });
    const file = await readFile(await pathOf(imageId));
    expect(file.includes(Buffer.from('xuejian'))).toBe(false);
    expect(file.includes(photo.subarray(100, 140))).toBe(false);
  });

  it('keeps what is not a JPEG as it is', async () => {
    const png = await sharp(photo).png().toBuffer();
    const { imageId } = await vault.put({ bytes: png, kind: 'snapshot', sessionId: null, traineeId: await traineeId(), meta: { index: 3 } });
    await expect(vault.get(imageId)).resolves.toMatchObject({ bytes: png, contentType: 'image/png', meta: { index: 3 } });
  });

  it('erases all pictures of one trainee with one key, and those of nobody else', async () => {
    const [gone, stays] = [await traineeId(), await traineeId()];
    const put = (owner: string) => vault.put({ bytes: photo, kind: 'liveness', sessionId: null, traineeId: owner, meta: {} });
    const [one, two, other] = [await put(gone), await put(gone), await put(stays)];
    const backup = await readFile(await pathOf(one.imageId));
    const file = await pathOf(one.imageId);
    await vault.eraseAllOf(gone);
    expect(await Promise.all([one, two].map(({ imageId }) => vault.get(imageId)))).toEqual([null, null]);
    await writeFile(file, backup);
    expect(await vault.get(one.imageId)).toBeNull();
    expect(await vault.get(other.imageId)).not.toBeNull();
    const again = await put(gone);
    expect(await vault.get(again.imageId)).not.toBeNull();
    expect(await vault.get(one.imageId)).toBeNull();
  });

  it('says that a lost file is lost, and refuses one that was altered or exchanged', async () => {
    const owner = await traineeId();
    const put = () => vault.put({ bytes: photo, kind: 'snapshot', sessionId: null, traineeId: owner, meta: {} });
    const [lost, altered, exchanged] = [await put(), await put(), await put()];
    await rm(await pathOf(lost.imageId));
    expect(await vault.get(lost.imageId)).toBeNull();
    const bytes = await readFile(await pathOf(altered.imageId));
    await writeFile(await pathOf(exchanged.imageId), bytes);
    bytes[200]! ^= 1;
    await writeFile(await pathOf(altered.imageId), bytes);
    await expect(vault.get(altered.imageId)).rejects.toThrow();
    await expect(vault.get(exchanged.imageId)).rejects.toThrow();
  });

  it('knows nothing of ids it never gave', async () => {
    expect(await vault.get(NOWHERE)).toBeNull();
  });

  it('gives one key to a trainee whose first pictures come together', async () => {
    const owner = await traineeId();
    const put = () => vault.put({ bytes: photo, kind: 'snapshot', sessionId: null, traineeId: owner, meta: {} });
    const images = await Promise.all([1, 2, 3, 4, 5].map(put));
    for (const { imageId } of images) expect(await vault.get(imageId)).not.toBeNull();
    expect(await api.rows('select id from trainee_key where trainee_id = $1', [owner])).toHaveLength(1);
    expect((await readdir(join(config.dataDir, 'images'))).length).toBeGreaterThan(0);
  });
});
