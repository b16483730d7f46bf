import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import type { DataSource } from 'typeorm';
import type { Config } from '../../src/config/config.js';
import { digestOf, newDigestKey } from '../../src/evidence/image-digest.js';
import { ImageVault } from '../../src/evidence/image-vault.js';
import { readJpegMeta, withoutJpegMeta } from '../../src/evidence/jpeg-meta.js';
import { TraineeKeys } from '../../src/evidence/trainee-keys.js';
import { aConfig } from '../support/config.js';
import { type Call, newTrainee, NOWHERE, startTrainingApi, type TrainingApi } from '../support/training-api.js';

let api: TrainingApi;
let call: Call;
let config: Config;
let vault: ImageVault;
let photo: Buffer;

const get = async (imageId: string) => (await vault.lookUp(imageId)).image;
const traineeId = async (): Promise<string> => (await newTrainee(call)).traineeId;
const pathOf = async (imageId: string): Promise<string> => {
  const [row] = await api.rows<{ path: string }>('select path from stored_image where id = $1', [imageId]);
  return join(config.dataDir, 'images', row!.path);
};

beforeAll(async () => {
  api = await startTrainingApi();
  call = await api.callerOf('平台');
  config = aConfig({ databaseUrl: api.database.url });
  const dataSource: DataSource = await api.database.open();
  vault = new ImageVault(config, dataSource, new TraineeKeys(config, dataSource));
  photo = await sharp({ create: { width: 320, height: 240, channels: 3, background: '#864' } }).jpeg().toBuffer();
}, 60_000);
afterAll(async () => {
  await api?.close();
  await rm(config.dataDir, { recursive: true, force: true });
});

describe('the image vault', () => {
  it('gives back the picture with its facts written into it, and the keyed digest of the bytes that came', async () => {
    const meta = { sessionId: NOWHERE, index: 1, receivedAt: '2026-11-23T00:00:00.000Z' };
    const digestKey = newDigestKey();
    const { imageId } = await vault.put({ bytes: photo, kind: 'snapshot', sessionId: NOWHERE, traineeId: await traineeId(), digestKey, meta });
    const kept = await get(imageId);
    expect(kept).toMatchObject({ contentType: 'image/jpeg', meta, digest: { value: digestOf(digestKey, photo), key: digestKey } });
    expect(readJpegMeta(kept!.bytes)).toEqual(kept!.meta);
    expect(withoutJpegMeta(kept!.bytes)).toEqual(photo);
  });

  it('keeps nothing readable on the disk', async () => {
    const { imageId } = await vault.put({ bytes: photo, kind: 'snapshot', sessionId: null, traineeId: await traineeId(), digestKey: null, meta: {} });
    const file = await readFile(await pathOf(imageId));
    expect(file.includes(Buffer.from('xuejian'))).toBe(false);
    expect(file.includes(photo.subarray(100, 140))).toBe(false);
  });

  it('keeps what is not a JPEG as it is', async () => {
    const png = await sharp(photo).png().toBuffer();
    const { imageId } = await vault.put({ bytes: png, kind: 'snapshot', sessionId: null, traineeId: await traineeId(), digestKey: null, meta: { index: 3 } });
    await expect(get(imageId)).resolves.toMatchObject({ bytes: png, contentType: 'image/png', meta: { index: 3 } });
  });

  it('erases all pictures of one trainee with one key, and those of nobody else', async () => {
    const [gone, stays] = [await traineeId(), await traineeId()];
    const put = (owner: string) => vault.put({ bytes: photo, kind: 'liveness', sessionId: null, traineeId: owner, digestKey: null, meta: {} });
    const [one, two, other] = [await put(gone), await put(gone), await put(stays)];
    const backup = await readFile(await pathOf(one.imageId));
    const file = await pathOf(one.imageId);
    await vault.eraseAllOf(gone);
    for (const { imageId } of [one, two]) expect(await vault.lookUp(imageId)).toEqual({ state: 'ERASED', image: null });
    await writeFile(file, backup);
    expect(await get(one.imageId)).toBeNull();
    expect(await get(other.imageId)).not.toBeNull();
    const again = await put(gone);
    expect(await get(again.imageId)).not.toBeNull();
    expect(await get(one.imageId)).toBeNull();
  });

  it('says that a lost file is lost, and refuses one that was altered or exchanged', async () => {
    const owner = await traineeId();
    const put = () => vault.put({ bytes: photo, kind: 'snapshot', sessionId: null, traineeId: owner, digestKey: null, meta: {} });
    const [lost, altered, exchanged] = [await put(), await put(), await put()];
    await rm(await pathOf(lost.imageId));
    expect(await vault.lookUp(lost.imageId)).toEqual({ state: 'MISSING', image: null });
    const bytes = await readFile(await pathOf(altered.imageId));
    await writeFile(await pathOf(exchanged.imageId), bytes);
    bytes[200]! ^= 1;
    await writeFile(await pathOf(altered.imageId), bytes);
    for (const { imageId } of [altered, exchanged]) expect(await vault.lookUp(imageId)).toEqual({ state: 'DAMAGED', image: null });
  });

  it('knows nothing of ids it never gave', async () => {
    expect(await vault.lookUp(NOWHERE)).toEqual({ state: 'UNKNOWN', image: null });
  });

  it('gives one key to a trainee whose first pictures come together', async () => {
    const owner = await traineeId();
    const put = () => vault.put({ bytes: photo, kind: 'snapshot', sessionId: null, traineeId: owner, digestKey: null, meta: {} });
    const images = await Promise.all([1, 2, 3, 4, 5].map(put));
    for (const { imageId } of images) expect(await get(imageId)).not.toBeNull();
    expect(await api.rows('select id from trainee_key where trainee_id = $1', [owner])).toHaveLength(1);
    expect((await readdir(join(config.dataDir, 'images'))).length).toBeGreaterThan(0);
  });
});
