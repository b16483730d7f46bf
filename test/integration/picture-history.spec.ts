import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Test, type TestingModule } from '@nestjs/testing';
import sharp from 'sharp';
import { ConfigModule } from '../../src/config/config.module.js';
import { CONFIG, type Config } from '../../src/config/config.js';
import { DatabaseModule } from '../../src/database/database.module.js';
import { EvidenceModule } from '../../src/evidence/evidence.module.js';
import { ImageVault } from '../../src/evidence/image-vault.js';
import { withoutJpegMeta } from '../../src/evidence/jpeg-meta.js';
import { decodeImage } from '../../src/faces/image-decoder.js';
import { type Capture, PictureHistory } from '../../src/faces/replay/picture-history.js';
import { type PicturePrint, printOf } from '../../src/faces/replay/picture-print.js';
import { samplePhoto } from '../support/camera/actor.js';
import { aConfig } from '../support/config.js';
import { newTrainee, startTrainingApi, type TrainingApi } from '../support/training-api.js';

interface Picture {
  readonly bytes: Buffer;
  readonly print: PicturePrint;
}

let api: TrainingApi;
let config: Config;
let module: TestingModule;
let history: PictureHistory;
let vault: ImageVault;
let photo: Picture;
let other: Picture;

const pictureOf = async (bytes: Buffer): Promise<Picture> => {
  const decoded = await decodeImage(bytes);
  if (!decoded.ok) throw new Error(decoded.failure);
  return { bytes, print: printOf(bytes, decoded.image) };
};
const sample = async (name: string) => pictureOf(await sharp(await samplePhoto(name)).resize(640, 480, { fit: 'cover' }).jpeg({ quality: 90 }).toBuffer());
const encodedAgain = async ({ bytes }: Picture) => pictureOf(await sharp(bytes).jpeg({ quality: 70 }).toBuffer());
/** The same person a moment later: nothing stands where it stood. */
const moved = async ({ bytes }: Picture) => pictureOf(await sharp(bytes).extract({ left: 9, top: 6, width: 620, height: 465 }).resize(640, 480).jpeg({ quality: 90 }).toBuffer());

/** Alone on a platform unless said otherwise. */
const aTrainee = async (platform = randomUUID() as string): Promise<string> => (await newTrainee(await api.callerOf(platform))).traineeId;
const capture = (traineeId: string, { print }: Picture, changes: Partial<Capture> = {}): Capture => ({
  id: randomUUID(), sessionId: null, traineeId, takenAt: new Date(), prints: [print], best: print, ...changes,
});
/** Keeps a picture as the workers do; it was taken a minute ago unless said otherwise. */
const keep = async (traineeId: string, picture: Picture, changes: Partial<Capture> = {}) => {
  const seen = capture(traineeId, picture, { takenAt: new Date(Date.now() - 60_000), ...changes });
  const { imageId } = await vault.put({ bytes: picture.bytes, kind: 'snapshot', sessionId: seen.sessionId, traineeId, digestKey: null, meta: {} });
  await history.remember(seen, imageId);
  return { ...seen, imageId };
};
const rowsOf = (imageId: string) =>
  api.rows<{ digest: Buffer }>('select digest from picture_print where image_id = $1 union all select gradients_sealed from picture_likeness where image_id = $1', [imageId]);

beforeAll(async () => {
  api = await startTrainingApi();
  config = aConfig({ databaseUrl: api.database.url });
  module = await Test.createTestingModule({ imports: [ConfigModule, DatabaseModule, EvidenceModule], providers: [PictureHistory] })
    .overrideProvider(CONFIG)
    .useValue(config)
    .compile();
  [history, vault] = [module.get(PictureHistory), module.get(ImageVault)];
  [photo, other] = await Promise.all([sample('sample3.jpg'), sample('sample6.jpg')]);
}, 60_000);
afterAll(async () => {
  await module?.close();
  await api?.close();
  await rm(config.dataDir, { recursive: true, force: true });
});

describe('the history of pictures', () => {
  it('knows an exact repeat by the nearest place where it was seen', async () => {
    const platform = `平台 ${randomUUID()}`;
    const [one, two, sessionId] = [await aTrainee(platform), await aTrainee(platform), randomUUID()];
    await keep(one, photo, { sessionId });
    const exact = async (traineeId: string, session: string | null) => (await history.compare(capture(traineeId, photo, { sessionId: session }))).exact;
    expect(await exact(one, sessionId)).toBe('SESSION');
    expect(await exact(one, randomUUID())).toBe('PERSON');
    expect(await exact(one, null)).toBe('PERSON');
    expect(await exact(two, randomUUID())).toBe('PLATFORM');
    expect((await history.compare(capture(one, other))).exact).toBeNull();
  });

  it('tells nothing from one platform to another', async () => {
    const [here, there] = [await aTrainee(`甲 ${randomUUID()}`), await aTrainee(`乙 ${randomUUID()}`)];
    const { imageId } = await keep(here, photo);
    expect((await history.compare(capture(there, photo))).exact).toBeNull();
    const copy = await keep(there, photo);
    const [mine, theirs] = await Promise.all([rowsOf(imageId), rowsOf(copy.imageId)]);
    expect(mine).toHaveLength(3);
    const known = new Set(mine.map(({ digest }) => digest.toString('hex')));
    expect(theirs.filter(({ digest }) => known.has(digest.toString('hex')))).toEqual([]);
  });

  it('knows it under other metadata and in another container', async () => {
    const traineeId = await aTrainee();
    await keep(traineeId, photo);
    const wrapped = await pictureOf(await sharp(photo.bytes).png().toBuffer());
    expect((await history.compare(capture(traineeId, wrapped))).exact).toBe('PERSON');
  });

  it('is no history for the same request: sent again, or judged again after a crash, it is new', async () => {
    const traineeId = await aTrainee();
    const { id } = await keep(traineeId, photo);
    await keep(traineeId, photo, { id });
    expect(await history.compare(capture(traineeId, photo, { id }))).toEqual({ exact: null, near: null });
  });

  it('measures how near the nearest kept picture of the person comes', async () => {
    const [traineeId, sessionId] = [await aTrainee(), randomUUID()];
    await keep(traineeId, other);
    await keep(traineeId, photo, { sessionId });
    const again = await encodedAgain(photo);
    const near = async (session: string | null) => (await history.compare(capture(traineeId, again, { sessionId: session }))).near;
    expect(await near(sessionId)).toMatchObject({ scope: 'SESSION' });
    expect(await near(null)).toMatchObject({ scope: 'PERSON' });
    const { bits, difference } = (await near(null))!;
    expect([bits <= 32, difference > 0 && difference < 1]).toEqual([true, true]);
    expect((await history.compare(capture(await aTrainee(), again))).near).toBeNull();
  });

  it('finds a person who has moved to be further away, and a picture of the same moment to be no history', async () => {
    const traineeId = await aTrainee();
    const takenAt = new Date();
    await keep(traineeId, photo, { takenAt: new Date(takenAt.getTime() - 2_000) });
    expect((await history.compare(capture(traineeId, await moved(photo), { takenAt }))).near?.difference ?? Infinity).toBeGreaterThan(1.5);
    const again = await encodedAgain(photo);
    expect((await history.compare(capture(traineeId, again, { takenAt }))).near).not.toBeNull();
    expect((await history.compare(capture(traineeId, again, { takenAt: new Date(takenAt.getTime() - 1) }))).near).toBeNull();
  });

  it('keeps a few digests of a burst, and knows the burst by any of its frames that is among them', async () => {
    const traineeId = await aTrainee();
    const frames = await Promise.all(Array.from({ length: 20 }, async (_, index) => pictureOf(await sharp(photo.bytes).resize(320, 240).rotate(index / 4).jpeg().toBuffer())));
    const prints = frames.map(({ print }) => print);
    const { imageId } = await keep(traineeId, photo, { prints });
    expect(await rowsOf(imageId)).toHaveLength(12 + 1);
    expect((await history.compare(capture(traineeId, photo, { prints: prints.toReversed() }))).exact).toBe('PERSON');
    expect((await history.compare(capture(traineeId, photo, { prints: [photo.print] }))).exact).toBeNull();
  });

  it('gives the session’s snapshot before this one, and not this one itself', async () => {
    const [traineeId, sessionId] = [await aTrainee(), randomUUID()];
    const first = await keep(traineeId, photo, { sessionId, takenAt: new Date(Date.now() - 90_000) });
    const second = await keep(traineeId, other, { sessionId });
    const before = async (of: Parameters<PictureHistory['snapshotBefore']>[0]): Promise<string | null> => {
      const bytes = await history.snapshotBefore(of);
      if (bytes === null) return null;
      return withoutJpegMeta(Buffer.from(bytes)).equals(photo.bytes) ? 'photo' : 'other';
    };
    expect(await before(capture(traineeId, other, { sessionId }))).toBe('other');
    expect(await before(second)).toBe('photo');
    expect(await before(first)).toBeNull();
    expect(await before(capture(traineeId, photo, { sessionId: randomUUID() }))).toBeNull();
  });

  it('forgets a picture with its key, and a person with theirs', async () => {
    const traineeId = await aTrainee();
    const [gone, stays] = [await keep(traineeId, photo), await keep(traineeId, other)];
    await api.rows(`update stored_image set key_sealed = null, erased_at = now(), erased_ground = 'REQUEST' where id = $1`, [gone.imageId]);
    expect([await rowsOf(gone.imageId), (await rowsOf(stays.imageId)).length]).toEqual([[], 3]);
    expect(await history.compare(capture(traineeId, photo))).toEqual({ exact: null, near: null });
    await api.rows('delete from trainee_key where trainee_id = $1', [traineeId]);
    expect(await rowsOf(stays.imageId)).toEqual([]);
    expect(await history.compare(capture(traineeId, other))).toEqual({ exact: null, near: null });
  });
});
