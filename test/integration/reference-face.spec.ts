import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { LIMITS } from '@xuejian/protocol';
import sharp from 'sharp';
import { DataSource } from 'typeorm';
import { ImageVault } from '../../src/evidence/image-vault.js';
import { descriptorDistance } from '../../src/faces/face-engine.js';
import { FaceJudge } from '../../src/faces/face-judge.js';
import type { ReferenceFaceAnswer } from '../../src/faces/reference-face.schemas.js';
import { ReferenceFaceService } from '../../src/faces/reference-face.service.js';
import { QueueService } from '../../src/queues/queue.service.js';
import type { TestApi } from '../support/api.js';
import { type Actor, samplePhoto, seeded } from '../support/camera/actor.js';
import { FaceStage } from '../support/face-stage.js';
import { anIdNumber, PlatformClient, RefusedError } from '../support/platform-client.js';

let stage: FaceStage;
let api: TestApi;
let worker: TestingModule;
let platform: PlatformClient;
let stranger: PlatformClient;
let anna: Actor;
let bea: Actor;

const newTrainee = async (isConsenting = true): Promise<string> => {
  const { traineeId } = await platform.call<{ traineeId: string }>('POST', '/v1/trainees', { externalRef: randomUUID(), name: '王小明', idNumber: anIdNumber() });
  if (isConsenting) await platform.consent(traineeId);
  return traineeId;
};

const put = (traineeId: string, photo: Buffer, type = 'image/jpeg', client = platform): Promise<ReferenceFaceAnswer> =>
  client.call('PUT', `/v1/trainees/${traineeId}/reference-face`, photo, type);

const refusalOf = async (answer: Promise<unknown>): Promise<{ readonly status: number; readonly code: string; readonly detail: string }> => {
  const error = await answer.then(() => null, (reason: unknown) => reason);
  if (!(error instanceof RefusedError)) throw error ?? new Error('not refused');
  return error.problem;
};

const rowOf = async (id: string): Promise<Record<string, unknown>> => {
  const [row] = await api.app.get(DataSource).query<Record<string, unknown>[]>('select * from reference_face where id = $1', [id]);
  return row!;
};

beforeAll(async () => {
  stage = await FaceStage.open();
  ({ api, worker, anna, bea } = stage);
  platform = await stage.platform('平台一');
  stranger = await stage.platform('平台二');
}, 180_000);

afterAll(() => stage?.close(), 30_000);

describe('setting a reference face', () => {
  it('makes a good photo the face in force, and keeps it sealed', async () => {
    const traineeId = await newTrainee();
    const answer = await put(traineeId, anna.neutral[0]!);
    expect(answer).toMatchObject({ version: 1, status: 'ACTIVE', photos: 1, distance: null, quality: { widthPx: 640, heightPx: 480, bleachedShare: 0 } });
    expect(answer.quality.interocularPx).toBeGreaterThan(60);
    const row = await rowOf(answer.referenceFaceId);
    expect(row).toMatchObject({ status: 'ACTIVE', refusal: null, upload_sealed: null });
    expect(row['engine']).toMatch(/^face-api@/);
    const face = await api.app.get(ReferenceFaceService).activeFor(traineeId);
    expect(face).toMatchObject({ id: answer.referenceFaceId, version: 1 });
    expect(face!.descriptor).toHaveLength(128 + 1024);
    expect((row['descriptor_sealed'] as Buffer).includes(Buffer.from(face!.descriptor.buffer))).toBe(false);
    const judge = worker.get(FaceJudge, { strict: false });
    expect((await judge.measureImage(anna.neutral[3]!, face!.descriptor)).distance).toBeLessThan(0.3);
    expect((await judge.measureImage(bea.neutral[3]!, face!.descriptor)).distance).toBeGreaterThan(0.6);
  }, 30_000);

  it('keeps the picture upright, small and without where and by what it was taken', async () => {
    const traineeId = await newTrainee();
    const tagged = await sharp(anna.neutral[0]!).rotate(90).withMetadata({ orientation: 8 }).withExifMerge({ IFD0: { Make: 'PhoneMaker', Model: 'GPS-1' } }).jpeg().toBuffer();
    await put(traineeId, tagged);
    const { imageId } = (await api.app.get(ReferenceFaceService).activeFor(traineeId))!;
    const { image: kept } = await worker.get(ImageVault, { strict: false }).lookUp(imageId!);
    await expect(sharp(kept!.bytes).metadata()).resolves.toMatchObject({ width: 640, height: 480, format: 'jpeg' });
    expect(kept!.bytes.includes(Buffer.from('PhoneMaker'))).toBe(false);
  }, 30_000);

  it('lets a later photo take the place of an earlier one', async () => {
    const traineeId = await newTrainee();
    const first = await put(traineeId, anna.neutral[0]!);
    const second = await put(traineeId, await sharp(anna.neutral[1]!).png().toBuffer(), 'image/png');
    const third = await put(traineeId, await sharp(anna.neutral[2]!).webp().toBuffer(), 'image/webp');
    expect([second.version, third.version]).toEqual([2, 3]);
    expect(await rowOf(second.referenceFaceId)).toMatchObject({ status: 'SUPERSEDED', descriptor_sealed: null });
    // The first stays to compare with: small changes shall not add up to another person.
    expect(await rowOf(first.referenceFaceId)).toMatchObject({ status: 'SUPERSEDED', descriptor_sealed: expect.any(Buffer) });
    expect(await api.app.get(ReferenceFaceService).activeFor(traineeId)).toMatchObject({ version: 3 });
  }, 30_000);

  it('gives photos that come together one after another a version', async () => {
    const traineeId = await newTrainee();
    const answers = await Promise.all([0, 1, 2].map((index) => put(traineeId, anna.neutral[index]!)));
    expect(answers.map(({ version }) => version).sort()).toEqual([1, 2, 3]);
    expect(await api.app.get(ReferenceFaceService).activeFor(traineeId)).toMatchObject({ version: 3 });
  }, 30_000);

  const far = async (): Promise<Buffer> => sharp(await sharp(anna.neutral[0]!).resize(200).toBuffer()).extend({ top: 160, bottom: 170, left: 220, right: 220, background: '#999' }).jpeg().toBuffer();
  it.each<[string, () => Promise<Buffer>, string]>([
    ['nobody on it', () => sharp(anna.neutral[0]!).blur(60).jpeg().toBuffer(), 'FACE_ABSENT'],
    ['several people on it', () => samplePhoto('sample6.jpg'), 'FACE_MULTIPLE'],
    ['a face far away', far, 'FACE_TOO_SMALL'],
    ['a head turned to one side', async () => anna.turnRight[4]!, 'FACE_TURNED'],
    ['an open mouth', async () => anna.openMouth[4]!, 'MOUTH_OPEN'],
    ['a bleached face', () => sharp(anna.neutral[0]!).linear(2.4).jpeg().toBuffer(), 'IMAGE_BRIGHT'],
    ['a face in the dark', () => sharp(anna.neutral[0]!).linear(0.22).jpeg().toBuffer(), 'IMAGE_DARK'],
    ['a blurred face', () => sharp(anna.neutral[0]!).blur(5).jpeg().toBuffer(), 'IMAGE_BLURRED'],
    ['too few pixels', () => sharp(anna.neutral[0]!).resize(160).jpeg().toBuffer(), 'IMAGE_TOO_SMALL'],
    ['half of the file', async () => anna.neutral[0]!.subarray(0, 20_000), 'IMAGE_UNREADABLE'],
    ['random bytes', async () => Buffer.from(Array.from({ length: 1000 }, seeded(5)).map((value) => value * 256)), 'IMAGE_UNREADABLE'],
    ['no bytes', async () => Buffer.alloc(0), 'IMAGE_UNREADABLE'],
  ])('refuses a photo with %s and says what to do, leaving the face in force', async (_, photo, code) => {
    const traineeId = await newTrainee();
    await put(traineeId, anna.neutral[0]!);
    const before = await api.app.get(ReferenceFaceService).activeFor(traineeId);
    const refusal = await refusalOf(put(traineeId, await photo()));
    expect(refusal).toMatchObject({ status: 422, code });
    expect(refusal.detail).toMatch(/[\u4e00-\u9fff].* \/ [A-Z]/);
    const after = await api.app.get(ReferenceFaceService).activeFor(traineeId);
    expect(descriptorDistance(after!.descriptor, before!.descriptor)).toBe(0);
    const [left] = await api.app.get(DataSource).query<{ count: string }[]>('select count(*) from reference_face where trainee_id = $1 and upload_sealed is not null', [traineeId]);
    expect(left!.count).toBe('0');
  }, 30_000);

  it('refuses a file above the limit, and a picture of too many pixels', async () => {
    const traineeId = await newTrainee();
    expect(await refusalOf(put(traineeId, Buffer.alloc(LIMITS.imageBytes + 1)))).toMatchObject({ status: 413, code: 'IMAGE_TOO_LARGE' });
    expect(await refusalOf(put(traineeId, Buffer.alloc(LIMITS.imageBytes * 2)))).toMatchObject({ status: 413, code: 'IMAGE_TOO_LARGE' });
    const vast = await sharp({ create: { width: 9000, height: 9000, channels: 3, background: '#333' } }).png().toBuffer();
    expect(vast.length).toBeLessThan(LIMITS.imageBytes);
    expect(await refusalOf(put(traineeId, vast, 'image/png'))).toMatchObject({ status: 413, code: 'IMAGE_TOO_LARGE' });
  }, 30_000);

  it('refuses what is not sent as a picture', async () => {
    const traineeId = await newTrainee();
    expect(await refusalOf(put(traineeId, anna.neutral[0]!, 'image/gif'))).toMatchObject({ status: 415 });
    expect(await refusalOf(put(traineeId, Buffer.from('{}'), 'application/json'))).toMatchObject({ status: 415 });
  });

  it('takes no face without consent, of another platform, or without a key', async () => {
    expect(await refusalOf(put(await newTrainee(false), anna.neutral[0]!))).toMatchObject({ status: 409, code: 'CONSENT_REFUSED', purpose: 'FACE_VERIFICATION' });
    const traineeId = await newTrainee();
    expect(await refusalOf(put(traineeId, anna.neutral[0]!, 'image/jpeg', stranger))).toMatchObject({ status: 404, code: 'NOT_FOUND' });
    expect(await refusalOf(put(traineeId, anna.neutral[0]!, 'image/jpeg', new PlatformClient(api.url, 'xjk_wrong')))).toMatchObject({ status: 401 });
  });

  it('says that it is not available when no worker answers, and is judged all the same when one comes', async () => {
    const queue = api.app.get(QueueService);
    const addAndWait = queue.addAndWait.bind(queue);
    const impatient = jest.spyOn(queue, 'addAndWait').mockImplementation((name, data) => addAndWait(name, data, 1));
    const traineeId = await newTrainee();
    expect(await refusalOf(put(traineeId, anna.neutral[0]!))).toMatchObject({ status: 503, code: 'UNAVAILABLE' });
    impatient.mockRestore();
    await expect(put(traineeId, anna.neutral[1]!)).resolves.toMatchObject({ version: 2 });
    expect(await api.app.get(ReferenceFaceService).activeFor(traineeId)).toMatchObject({ version: 2 });
  }, 30_000);
});
