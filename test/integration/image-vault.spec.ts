import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import type { DataSource } from 'typeorm';
import type { Config } from '../../src/config/config.js';
import { digestOf, newDigestKey } from '../../src/evidence/image-digest.js';
import { ImageVault } from '../../src/evidence/image-vault.js';
import { readJpegMeta, withoutJpegMeta } from '../../src/evidence/jpeg-meta.js';
import { type ImageKind, TraineeKeyEntity, VaultKeyEntity } from '../../src/evidence/stored-image.entity.js';
import { type RotationProgress, TraineeKeys } from '../../src/evidence/trainee-keys.js';
import { VaultKeys } from '../../src/evidence/vault-keys.js';
import { aConfig } from '../support/config.js';
import { type Call, newTrainee, NOWHERE, startTrainingApi, type TrainingApi } from '../support/training-api.js';

let api: TrainingApi;
let call: Call;
let config: Config;
let vault: ImageVault;
let keys: TraineeKeys;
let dataSource: DataSource;
let photo: Buffer;
const erasure = { at: new Date('2026-11-24T00:00:00Z'), ground: 'REQUEST', rule: null, erasureId: NOWHERE } as const;

/** As another process has them. */
const newKeys = (): TraineeKeys => new TraineeKeys(dataSource, new VaultKeys(config, dataSource));
const shred = (traineeId: string, given: { readonly kinds?: readonly ImageKind[]; readonly imageIds?: readonly string[] } = {}) =>
  dataSource.transaction((manager) => vault.shred(manager, { traineeId, ...given, erasure }));
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
  dataSource = await api.database.open();
  keys = newKeys();
  vault = new ImageVault(config, dataSource, keys);
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

  it('erases pictures of one trainee for good, with what names them, and those of nobody else', async () => {
    const [gone, stays] = [await traineeId(), await traineeId()];
    const put = (owner: string, kind: ImageKind = 'liveness') => vault.put({ bytes: photo, kind, sessionId: null, traineeId: owner, digestKey: newDigestKey(), meta: { receivedSha256: 'a' } });
    const [one, two, other] = [await put(gone), await put(gone, 'snapshot'), await put(stays)];
    const file = await pathOf(one.imageId);
    const backup = await readFile(file);
    expect(await shred(gone)).toEqual({ liveness: 1, snapshot: 1 });
    expect(await vault.removeFiles(NOWHERE)).toEqual({ removed: 2, left: 0 });
    await expect(readFile(file)).rejects.toThrow();
    for (const { imageId } of [one, two]) expect(await vault.lookUp(imageId)).toEqual({ state: 'ERASED', image: null, erasure });
    await writeFile(file, backup);
    expect(await get(one.imageId)).toBeNull();
    expect(await api.rows('select key_sealed, digest_key_sealed, meta from stored_image where id = $1', [one.imageId])).toEqual([{ key_sealed: null, digest_key_sealed: null, meta: {} }]);
    expect(await get(other.imageId)).not.toBeNull();
    expect(await get((await put(gone)).imageId)).not.toBeNull();
    expect(await shred(gone, { imageIds: [one.imageId, other.imageId] })).toEqual({});
  });

  it('erases the kinds that were asked for alone, and says when their time was over', async () => {
    const owner = await traineeId();
    const put = (kind: ImageKind) => vault.put({ bytes: photo, kind, sessionId: null, traineeId: owner, digestKey: null, meta: {} });
    const [snapshot, reference] = [await put('snapshot'), await put('reference')];
    const over = { ...erasure, ground: 'RETENTION', rule: 'retention.snapshotMonths=24' } as const;
    await dataSource.transaction((manager) => vault.shred(manager, { traineeId: owner, kinds: ['snapshot'], erasure: over }));
    expect(await vault.lookUp(snapshot.imageId)).toEqual({ state: 'PURGED', image: null, erasure: over });
    expect(await get(reference.imageId)).not.toBeNull();
  });

  it('goes on without a file that resists, and removes it another time', async () => {
    const owner = await traineeId();
    const put = () => vault.put({ bytes: photo, kind: 'snapshot', sessionId: null, traineeId: owner, digestKey: null, meta: {} });
    const [stubborn] = [await put(), await put()];
    const erasureId = randomUUID();
    await dataSource.transaction((manager) => vault.shred(manager, { traineeId: owner, erasure: { ...erasure, erasureId } }));
    const file = await pathOf(stubborn.imageId);
    await rm(file);
    await mkdir(join(file, 'in the way'), { recursive: true });
    expect(await vault.removeFiles(erasureId)).toEqual({ removed: 1, left: 1 });
    await rm(file, { recursive: true });
    await writeFile(file, 'noise');
    expect(await vault.removeFiles(erasureId)).toEqual({ removed: 1, left: 0 });
    expect(await vault.removeFiles(erasureId)).toEqual({ removed: 0, left: 0 });
  });

  it('calls a picture lost whose key somebody took away without an erasure on record', async () => {
    const owner = await traineeId();
    const { imageId } = await vault.put({ bytes: photo, kind: 'snapshot', sessionId: null, traineeId: owner, digestKey: null, meta: {} });
    await api.rows('delete from trainee_key where trainee_id = $1', [owner]);
    expect(await vault.lookUp(imageId)).toEqual({ state: 'MISSING', image: null });
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

  describe('whose key is rotated', () => {
    const versions = async (): Promise<readonly number[]> => (await dataSource.manager.find(VaultKeyEntity, { order: { version: 'ASC' } })).map(({ version }) => version);

    it('opens every picture afterwards, and keeps no older key', async () => {
      const owner = await traineeId();
      const { imageId } = await vault.put({ bytes: photo, kind: 'snapshot', sessionId: null, traineeId: owner, digestKey: null, meta: {} });
      const [before] = await versions();
      const reports: RotationProgress[] = [];
      const version = await keys.rotate((progress) => reports.push(progress));
      expect(version).toBe(before! + 1);
      expect(await versions()).toEqual([version]);
      expect(reports.at(-1)).toMatchObject({ version, done: reports.at(-1)!.total });
      expect(reports.at(-1)!.total).toBeGreaterThan(0);
      expect(await get(imageId)).not.toBeNull();
      expect(await new ImageVault(config, dataSource, newKeys()).lookUp(imageId)).toMatchObject({ state: 'PRESENT' });
      expect(await dataSource.manager.findOneBy(TraineeKeyEntity, { traineeId: owner })).toMatchObject({ vaultKeyVersion: version });
    });

    it('reads under both keys when a rotation stopped half-way, and the next one ends it', async () => {
      const [first, second] = [await traineeId(), await traineeId()];
      const put = (owner: string) => vault.put({ bytes: photo, kind: 'snapshot', sessionId: null, traineeId: owner, digestKey: null, meta: {} });
      const old = await put(first);
      const vaultKeys = new VaultKeys(config, dataSource);
      const { version } = await dataSource.transaction((manager) => vaultKeys.draw(manager));
      const young = await put(second);
      expect((await versions()).length).toBe(2);
      for (const { imageId } of [old, young]) expect(await get(imageId)).not.toBeNull();
      expect(await keys.rotate(() => undefined)).toBe(version);
      expect(await versions()).toEqual([version]);
      for (const { imageId } of [old, young]) expect(await get(imageId)).not.toBeNull();
    });

    it('is rotated once by two who begin together, each to a version of its own', async () => {
      const owners = await Promise.all(Array.from({ length: 3 }, traineeId));
      const images = await Promise.all(owners.map((owner) => vault.put({ bytes: photo, kind: 'snapshot', sessionId: null, traineeId: owner, digestKey: null, meta: {} })));
      const rotated = await Promise.all([keys.rotate(() => undefined), newKeys().rotate(() => undefined)]);
      expect(new Set(rotated).size).toBe(2);
      expect(await versions()).toEqual([Math.max(...rotated)]);
      for (const { imageId } of images) expect(await get(imageId)).not.toBeNull();
    });
  });
});
