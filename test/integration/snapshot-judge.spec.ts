import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import sharp from 'sharp';
import { CheckTasksService } from '../../src/checks/check-tasks.service.js';
import { SnapshotJudgeHandler } from '../../src/checks/snapshot-judge.handler.js';
import { newDigestKey } from '../../src/evidence/image-digest.js';
import { ImageVault } from '../../src/evidence/image-vault.js';
import { readJpegMeta } from '../../src/evidence/jpeg-meta.js';
import type { FaceMeasurement } from '../../src/rules/event.js';
import { judgeSnapshot } from '../../src/rules/random-snapshot.js';
import { replayDoubt } from '../../src/rules/replay.js';
import { NANYANG } from '../../src/rules/testing/nanyang-policy.js';
import { type Actor, seeded } from '../support/camera/actor.js';
import { FaceStage } from '../support/face-stage.js';
import { captured } from '../support/camera/sensor.js';
import { anIdNumber, PlatformClient } from '../support/platform-client.js';

let stage: FaceStage;
let worker: TestingModule;
let platform: PlatformClient;
let anna: Actor;
let bea: Actor;
let random: () => number;

const aTrainee = async (): Promise<string> => {
  const { traineeId } = await platform.call<{ traineeId: string }>('POST', '/v1/trainees', { externalRef: randomUUID(), name: '王小明', idNumber: anIdNumber() });
  await platform.consent(traineeId);
  await platform.call('PUT', `/v1/trainees/${traineeId}/reference-face`, anna.neutral[0]!, 'image/jpeg');
  return traineeId;
};

interface Judged {
  readonly measurement: FaceMeasurement;
  readonly imageId: string | null;
}

/** A picture as it comes from the SDK, judged by the worker; `id` names the request it answers. */
const judged = async (traineeId: string, sessionId: string, image: Buffer, { id = randomUUID() as string, secondsAgo = 0 } = {}): Promise<Judged> => {
  const checks = worker.get(CheckTasksService, { strict: false });
  await checks.store({
    id, sessionId, traineeId, kind: 'snapshot', acts: [], scheduleIndex: 1, receivedAt: Date.now() - secondsAgo * 1_000, digestKey: newDigestKey(),
    frames: [{ step: 0, clientMonoMs: 0, image }],
  });
  await worker.get(SnapshotJudgeHandler, { strict: false }).handle({ checkId: id });
  return (await checks.find(id))!.result as Judged;
};
/** Anna before the camera, at a moment of her own. */
const portrait = (actor = anna, pose = 0): Promise<Buffer> => captured(actor.neutral[pose]!, random);

beforeAll(async () => {
  stage = await FaceStage.open();
  ({ worker, anna, bea } = stage);
  platform = await stage.platform('平台');
  random = seeded(5);
}, 180_000);

afterAll(() => stage?.close(), 30_000);

describe('judging a snapshot', () => {
  it('keeps the trainee’s picture with session, time and number in it, and finds nothing like it before', async () => {
    const [traineeId, sessionId] = [await aTrainee(), randomUUID()];
    const { measurement, imageId } = await judged(traineeId, sessionId, await portrait(anna, 2), { secondsAgo: 120 });
    expect(judgeSnapshot(measurement, NANYANG)).toBeNull();
    expect(measurement).toMatchObject({ faceCount: 1, pixels: 640 * 480, replay: { exact: null, still: null, periodMs: null } });
    const { image } = await worker.get(ImageVault, { strict: false }).lookUp(imageId!);
    expect(readJpegMeta(image!.bytes)).toMatchObject({ sessionId, index: 1, receivedAt: expect.any(String) });
    // Two minutes later the trainee sits as before: the picture qualifies, and no doubt would fail it.
    const later = await judged(traineeId, sessionId, await portrait(anna, 5));
    expect([judgeSnapshot(later.measurement, NANYANG), later.measurement.replay?.exact]).toEqual([null, null]);
    expect(later.measurement.replay?.still).toBeGreaterThan(0);
  }, 60_000);

  it('knows a picture that is sent again in the session, in another one, and for another trainee of the platform', async () => {
    const [traineeId, other, sessionId] = [await aTrainee(), await aTrainee(), randomUUID()];
    const picture = await portrait();
    await judged(traineeId, sessionId, picture, { secondsAgo: 120 });
    const replays = [
      await judged(traineeId, sessionId, picture, { secondsAgo: 60 }),
      await judged(traineeId, randomUUID(), await sharp(picture).png().toBuffer()),
      await judged(other, randomUUID(), picture),
    ];
    expect(replays.map(({ measurement }) => [measurement.replay?.exact, judgeSnapshot(measurement, NANYANG)])).toEqual([
      ['SESSION', 'REPLAYED'], ['PERSON', 'REPLAYED'], ['PLATFORM', 'REPLAYED'],
    ]);
  }, 60_000);

  it('finds no replay in the same request: its job may run twice', async () => {
    const [traineeId, sessionId, id] = [await aTrainee(), randomUUID(), randomUUID()];
    const picture = await portrait();
    await judged(traineeId, sessionId, picture, { id });
    await stage.database.open().then((source) => source.query(`update check_task set status = 'QUEUED', result = null where id = $1`, [id]));
    const again = await judged(traineeId, sessionId, picture, { id });
    expect(again.measurement.replay).toMatchObject({ exact: null, still: null });
    expect(judgeSnapshot(again.measurement, NANYANG)).toBeNull();
  }, 60_000);

  it('doubts a picture that was encoded again, and a still that is held before the camera', async () => {
    const [traineeId, sessionId] = [await aTrainee(), randomUUID()];
    const picture = await portrait();
    await judged(traineeId, sessionId, picture, { secondsAgo: 120 });
    const encoded = await judged(traineeId, randomUUID(), await sharp(picture).jpeg({ quality: 60 }).toBuffer());
    expect([judgeSnapshot(encoded.measurement, NANYANG), replayDoubt(encoded.measurement.replay, NANYANG)]).toEqual([null, 'NEAR_DUPLICATE']);
    const shifted = await sharp(picture).extract({ left: 20, top: 10, width: 600, height: 450 }).resize(640, 480).linear(1.1).jpeg().toBuffer();
    const still = await judged(traineeId, sessionId, shifted);
    expect([judgeSnapshot(still.measurement, NANYANG), replayDoubt(still.measurement.replay, NANYANG)]).toEqual([null, 'STILL']);
  }, 60_000);

  it('sees no still where somebody else sits down', async () => {
    const [traineeId, sessionId] = [await aTrainee(), randomUUID()];
    await judged(traineeId, sessionId, await portrait(), { secondsAgo: 60 });
    const stranger = await judged(traineeId, sessionId, await portrait(bea));
    expect([judgeSnapshot(stranger.measurement, NANYANG), replayDoubt(stranger.measurement.replay, NANYANG)]).toEqual(['MISMATCH', null]);
  }, 60_000);

  it('calls a covered lens covered however often it is, and never a replay', async () => {
    const [traineeId, sessionId] = [await aTrainee(), randomUUID()];
    const hand = await sharp({ create: { width: 640, height: 480, channels: 3, background: '#6b3f33' } }).jpeg().toBuffer();
    const small = await sharp(await portrait()).resize(320, 240).jpeg().toBuffer();
    const failures = [];
    for (const picture of [hand, hand, small]) failures.push(judgeSnapshot((await judged(traineeId, sessionId, picture)).measurement, NANYANG));
    expect(failures).toEqual(['LENS_COVERED', 'LENS_COVERED', 'LOW_RESOLUTION']);
  }, 60_000);

  it('counts the people in a picture and keeps none that shows a bystander', async () => {
    const two = await sharp({ create: { width: 1280, height: 480, channels: 3, background: '#999' } })
      .composite([{ input: anna.neutral[0]!, left: 0, top: 0 }, { input: bea.neutral[0]!, left: 640, top: 0 }]).jpeg().toBuffer();
    const { measurement, imageId } = await judged(await aTrainee(), randomUUID(), two);
    expect([measurement.faceCount, imageId, judgeSnapshot(measurement, NANYANG)]).toEqual([2, null, 'MULTIPLE_FACES']);
  }, 60_000);
});
