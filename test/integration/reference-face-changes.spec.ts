import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { descriptorDistance } from '../../src/faces/face-engine.js';
import { ReferenceFaceRenewal } from '../../src/faces/reference-face-renewal.js';
import { ReferenceFaceChanges } from '../../src/faces/reference-face-changes.js';
import type { ReferenceFaceAnswer, ReferenceFaceHistory } from '../../src/faces/reference-face.schemas.js';
import { type ActiveReferenceFace, ReferenceFaceService } from '../../src/faces/reference-face.service.js';
import type { CaseAnswer, QueueAnswer } from '../../src/review/review.schemas.js';
import type { TestApi } from '../support/api.js';
import type { Actor } from '../support/camera/actor.js';
import { erasePictures } from '../support/erase-pictures.js';
import { FaceStage } from '../support/face-stage.js';
import { anIdNumber, PlatformClient } from '../support/platform-client.js';

const CHEN = { id: 'chen.wei', name: '陈伟' };
const LIU = { id: 'liu.min', name: '刘敏' };

let stage: FaceStage;
let api: TestApi;
let platform: PlatformClient;
let desk: PlatformClient;
let stranger: PlatformClient;
let anna: Actor;
let bea: Actor;

const newTrainee = async (): Promise<string> => {
  const { traineeId } = await platform.call<{ traineeId: string }>('POST', '/v1/trainees', { externalRef: randomUUID(), name: '王小明', idNumber: anIdNumber() });
  await platform.consent(traineeId);
  return traineeId;
};
const put = (traineeId: string, photo: Buffer): Promise<ReferenceFaceAnswer> => platform.call('PUT', `/v1/trainees/${traineeId}/reference-face`, photo, 'image/jpeg');
const add = (traineeId: string, photo: Buffer): Promise<ReferenceFaceAnswer> => platform.call('POST', `/v1/trainees/${traineeId}/reference-face/photos`, photo, 'image/jpeg');
const history = (traineeId: string): Promise<ReferenceFaceHistory> => platform.call('GET', `/v1/trainees/${traineeId}/reference-face/history`);
const inForce = async (traineeId: string): Promise<ActiveReferenceFace> => (await api.app.get(ReferenceFaceService, { strict: false }).activeFor(traineeId))!;
const caseOf = async (subjectId: string): Promise<CaseAnswer | undefined> =>
  (await desk.call<QueueAnswer>('GET', '/v1/reviews/reference-faces')).cases.find((found) => found.subjectId === subjectId);
const decide = (caseId: string, outcome: 'APPROVED' | 'REFUSED', reviewer = CHEN): Promise<CaseAnswer> =>
  desk.call('POST', `/v1/reviews/reference-faces/${caseId}/decision`, { reviewer, outcome, reasons: '与身份证照片比对' });
const claim = (caseId: string, reviewer = CHEN): Promise<CaseAnswer> => desk.call('POST', `/v1/reviews/reference-faces/${caseId}/claim`, { reviewer });
const refusal = (status: number, code: string) => ({ problem: { status, code } });

beforeAll(async () => {
  stage = await FaceStage.open();
  ({ api, anna, bea } = stage);
  platform = await stage.platform('平台一');
  desk = await stage.platform('平台一', 'REVIEW');
  stranger = await stage.platform('平台二', 'REVIEW');
}, 180_000);

afterAll(() => stage?.close(), 30_000);

describe('another photo of a trainee', () => {
  it('with the same face takes its place at once, on record and without anybody being asked', async () => {
    const traineeId = await newTrainee();
    await put(traineeId, anna.neutral[0]!);
    const second = await put(traineeId, anna.neutral[4]!);
    expect(second).toMatchObject({ version: 2, status: 'ACTIVE', photos: 1 });
    expect(second.distance).toBeLessThan(0.5);
    expect(await inForce(traineeId)).toMatchObject({ version: 2 });
    expect((await history(traineeId)).versions).toMatchObject([
      { version: 2, acceptance: 'MATCHED', comparedWith: 1, distance: second.distance, review: null, inForceUntil: null },
      { version: 1, acceptance: 'FIRST', comparedWith: null, distance: null, review: null, status: 'SUPERSEDED' },
    ]);
    expect(await caseOf(second.referenceFaceId)).toBeUndefined();
  }, 30_000);

  it('with another face waits for a reviewer; refused, everything stays as it was', async () => {
    const traineeId = await newTrainee();
    await put(traineeId, anna.neutral[0]!);
    const swapped = await put(traineeId, bea.neutral[0]!);
    expect(swapped).toMatchObject({ version: 2, status: 'PENDING_REVIEW' });
    expect(swapped.distance).toBeGreaterThan(0.6);
    expect(await inForce(traineeId)).toMatchObject({ version: 1 });
    const opened = (await caseOf(swapped.referenceFaceId))!;
    expect(opened).toMatchObject({ kind: 'REFERENCE_FACE', state: 'OPEN', traineeId, reasons: ['FACES_DIFFER'] });
    await expect(decide(opened.caseId, 'REFUSED')).rejects.toMatchObject(refusal(409, 'REVIEW_NOT_CLAIMED'));
    await claim(opened.caseId);
    await expect(claim(opened.caseId, LIU)).rejects.toMatchObject(refusal(409, 'REVIEW_CLAIMED'));
    await expect(decide(opened.caseId, 'REFUSED', LIU)).rejects.toMatchObject(refusal(409, 'REVIEW_CLAIMED'));
    await decide(opened.caseId, 'REFUSED');
    expect(await inForce(traineeId)).toMatchObject({ version: 1 });
    const [latest] = (await history(traineeId)).versions;
    expect(latest).toMatchObject({ status: 'REFUSED', refusal: 'REVIEW_REFUSED', acceptance: null, review: { state: 'DECIDED', outcome: 'REFUSED', decidedBy: CHEN } });
    expect(await caseOf(swapped.referenceFaceId)).toBeUndefined();
  }, 30_000);

  it('with another face that a reviewer approves is in force from then on, and forgets the one before', async () => {
    const traineeId = await newTrainee();
    const first = await put(traineeId, anna.neutral[0]!);
    const changed = await put(traineeId, bea.neutral[0]!);
    const { caseId } = (await caseOf(changed.referenceFaceId))!;
    await claim(caseId);
    await decide(caseId, 'APPROVED');
    await expect(decide(caseId, 'APPROVED')).resolves.toMatchObject({ state: 'DECIDED' });
    await expect(decide(caseId, 'REFUSED')).rejects.toMatchObject(refusal(409, 'REVIEW_DECIDED'));
    expect(await inForce(traineeId)).toMatchObject({ version: 2 });
    const rows = await api.app.get(DataSource).query<{ id: string; kept: boolean }[]>('select id, descriptor_sealed is not null as kept from reference_face where trainee_id = $1', [traineeId]);
    expect(rows.find(({ id }) => id === first.referenceFaceId)?.kept).toBe(false);
    const acts = (await desk.call<CaseAnswer>('GET', `/v1/reviews/${caseId}`)).acts.map(({ act, reviewer }) => [act, reviewer?.id ?? null]);
    expect(acts).toEqual([['OPENED', null], ['CLAIMED', 'chen.wei'], ['DECIDED', 'chen.wei']]);
  }, 30_000);

  it('takes the place of one that waits, whose case is then nobody’s any more', async () => {
    const traineeId = await newTrainee();
    await put(traineeId, anna.neutral[0]!);
    const waiting = await put(traineeId, bea.neutral[0]!);
    const { caseId } = (await caseOf(waiting.referenceFaceId))!;
    expect(await put(traineeId, anna.neutral[2]!)).toMatchObject({ version: 3, status: 'ACTIVE' });
    await expect(claim(caseId)).rejects.toMatchObject(refusal(409, 'REVIEW_CLOSED'));
  }, 30_000);

  it('after the template was erased is for a reviewer too: erasing is no way to another face', async () => {
    const traineeId = await newTrainee();
    await put(traineeId, anna.neutral[0]!);
    await api.app.get(DataSource).query(`update reference_face set status = 'SUPERSEDED', descriptor_sealed = null where trainee_id = $1`, [traineeId]);
    const again = await put(traineeId, bea.neutral[0]!);
    expect(again).toMatchObject({ status: 'PENDING_REVIEW', distance: null });
    expect(await caseOf(again.referenceFaceId)).toMatchObject({ reasons: ['TEMPLATE_ERASED'] });
  }, 30_000);

  it('cannot lead to another person by small steps', async () => {
    const traineeId = await newTrainee();
    const references = api.app.get(ReferenceFaceService, { strict: false });
    const { quality } = await put(await newTrainee(), anna.neutral[0]!);
    const step = async (shift: number): Promise<string | undefined> => {
      const id = await references.keepUpload(api.app.get(DataSource).manager, traineeId, Buffer.from('photo'), 'REPLACE');
      const descriptor = Float32Array.from({ length: 128 }, (_, index) => (index === 0 ? shift : 0.05));
      await api.app.get(ReferenceFaceChanges, { strict: false }).settle(id, { refusal: null, quality, descriptor, engine: 'a/b', keep: async () => ({ imageId: randomUUID() }) });
      return (await history(traineeId)).versions.find(({ referenceFaceId }) => referenceFaceId === id)?.status;
    };
    expect([await step(0), await step(0.3), await step(0.5), await step(0.7)]).toEqual(['ACTIVE', 'ACTIVE', 'ACTIVE', 'PENDING_REVIEW']);
    expect((await history(traineeId)).versions[0]?.distance).toBeCloseTo(0.7, 4);
  });
});

describe('a template of several photos', () => {
  it('is the mean of up to three that look like one person', async () => {
    const traineeId = await newTrainee();
    await expect(add(traineeId, anna.neutral[0]!)).rejects.toMatchObject(refusal(409, 'REFERENCE_FACE_MISSING'));
    await put(traineeId, anna.neutral[0]!);
    const alone = await inForce(traineeId);
    expect(await add(traineeId, anna.neutral[3]!)).toMatchObject({ version: 2, status: 'ACTIVE', photos: 2 });
    expect(await add(traineeId, anna.neutral[6]!)).toMatchObject({ version: 3, status: 'ACTIVE', photos: 3 });
    const template = await inForce(traineeId);
    expect([template.photos, template.descriptor.length]).toEqual([3, alone.descriptor.length]);
    expect(descriptorDistance(template.descriptor, alone.descriptor)).toBeLessThan(0.3);
    await expect(add(traineeId, anna.neutral[1]!)).rejects.toMatchObject(refusal(409, 'TEMPLATE_FULL'));
  }, 30_000);

  it('takes nobody else’s photo, and keeps none of it', async () => {
    const traineeId = await newTrainee();
    await put(traineeId, anna.neutral[0]!);
    await expect(add(traineeId, bea.neutral[0]!)).rejects.toMatchObject(refusal(422, 'FACES_DIFFER'));
    expect(await inForce(traineeId)).toMatchObject({ version: 1, photos: 1 });
    const images = await api.app.get(DataSource).query<unknown[]>('select 1 from stored_image where trainee_id = $1', [traineeId]);
    expect(images).toHaveLength(1);
  }, 30_000);
});

describe('a template that other models described', () => {
  const OTHER_MODELS = 'face-api@1.0.0/onnxruntime-node@1.0.0/000000000000/plain';
  /** As if an earlier release had made it. */
  const ofAnEarlierRelease = async (traineeId: string): Promise<void> => {
    const { id, photos } = await inForce(traineeId);
    const old = api.app.get(ReferenceFaceService, { strict: false }).sealTemplate(id, Array.from({ length: photos }, () => new Float32Array(128).fill(0.1)));
    await api.app.get(DataSource).query('update reference_face set engine = $2, descriptor_sealed = $3 where id = $1', [id, OTHER_MODELS, old]);
  };
  const current = (traineeId: string): Promise<ActiveReferenceFace> => stage.worker.get(ReferenceFaceRenewal, { strict: false }).current(traineeId);

  it('is described anew from its kept photos when it is needed, as the same version', async () => {
    const traineeId = await newTrainee();
    await put(traineeId, anna.neutral[0]!);
    await add(traineeId, anna.neutral[3]!);
    const before = await inForce(traineeId);
    await ofAnEarlierRelease(traineeId);
    const renewed = await current(traineeId);
    expect(renewed).toMatchObject({ id: before.id, version: 2, photos: 2, descriptorSpace: before.descriptorSpace });
    expect(descriptorDistance(renewed.descriptor, before.descriptor)).toBeLessThan(0.15);
    expect((await history(traineeId)).versions.map(({ version, status }) => [version, status])).toEqual([[2, 'ACTIVE'], [1, 'SUPERSEDED']]);
  }, 30_000);

  it('still tells another face from the one on record', async () => {
    const traineeId = await newTrainee();
    await put(traineeId, anna.neutral[0]!);
    await ofAnEarlierRelease(traineeId);
    const swapped = await put(traineeId, bea.neutral[0]!);
    expect((await caseOf(swapped.referenceFaceId))?.reasons).toEqual(['FACES_DIFFER']);
    expect(await put(traineeId, anna.neutral[4]!)).toMatchObject({ status: 'ACTIVE' });
  }, 30_000);

  it('is worth nothing once its photo is gone: no check is judged by it, and a new face is for a reviewer', async () => {
    const traineeId = await newTrainee();
    const first = await put(traineeId, anna.neutral[0]!);
    await ofAnEarlierRelease(traineeId);
    await erasePictures(api.app, traineeId);
    await expect(current(traineeId)).rejects.toThrow(`reference face ${first.referenceFaceId}`);
    const second = await put(traineeId, anna.neutral[4]!);
    expect((await caseOf(second.referenceFaceId))?.reasons).toEqual(['ENGINE_CHANGED']);
  }, 30_000);
});

describe('keys for reviewers', () => {
  it('decide what a platform’s own server may not, and teach nothing', async () => {
    await expect(platform.call('GET', '/v1/reviews/reference-faces')).rejects.toMatchObject(refusal(403, 'FORBIDDEN'));
    await expect(desk.call('POST', '/v1/trainees', { externalRef: 'x', name: '李四', idNumber: anIdNumber() })).rejects.toMatchObject(refusal(403, 'FORBIDDEN'));
    const traineeId = await newTrainee();
    await expect(desk.call('GET', `/v1/trainees/${traineeId}/reference-face/history`)).resolves.toEqual({ versions: [] });
    await expect(new PlatformClient(api.url, 'xjk_wrong').call('GET', '/v1/reviews/sessions')).rejects.toMatchObject(refusal(401, 'UNAUTHENTICATED'));
  });

  it('of another platform see and decide nothing of it', async () => {
    const traineeId = await newTrainee();
    await put(traineeId, anna.neutral[0]!);
    const { caseId } = (await caseOf((await put(traineeId, bea.neutral[0]!)).referenceFaceId))!;
    expect((await stranger.call<QueueAnswer>('GET', '/v1/reviews/reference-faces')).cases).toEqual([]);
    await expect(stranger.call('GET', `/v1/reviews/${caseId}`)).rejects.toMatchObject(refusal(404, 'NOT_FOUND'));
    await expect(stranger.call('POST', `/v1/reviews/reference-faces/${caseId}/claim`, { reviewer: LIU })).rejects.toMatchObject(refusal(404, 'NOT_FOUND'));
    await expect(desk.call('POST', `/v1/reviews/sessions/${caseId}/claim`, { reviewer: LIU })).rejects.toMatchObject(refusal(404, 'NOT_FOUND'));
  }, 30_000);
});
