/** A31: the reference photo is exchanged before somebody else studies. Blocked, on record, and the honest change beside it. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { FaceJudge } from '../../src/faces/face-judge.js';
import type { ReferenceFaceAnswer, ReferenceFaceHistory } from '../../src/faces/reference-face.schemas.js';
import { ReferenceFaceService } from '../../src/faces/reference-face.service.js';
import type { QueueAnswer } from '../../src/review/review.schemas.js';
import { judgeSnapshot } from '../../src/rules/random-snapshot.js';
import { SessionRegistry } from '../../src/sessions/session-registry.js';
import type { TestApi } from '../support/api.js';
import type { Actor } from '../support/camera/actor.js';
import { FaceStage } from '../support/face-stage.js';
import { anIdNumber, PlatformClient, RefusedError } from '../support/platform-client.js';

describe('the reference photo, exchanged before a lesson', () => {
  let stage: FaceStage;
  let api: TestApi;
  let worker: TestingModule;
  let platform: PlatformClient;
  let desk: PlatformClient;
  let owner: Actor;
  let hired: Actor;

  const enrolled = async (): Promise<string> => {
    const { traineeId } = await platform.call<{ traineeId: string }>('POST', '/v1/trainees', { externalRef: randomUUID(), name: '王小明', idNumber: anIdNumber() });
    await platform.consent(traineeId);
    await put(traineeId, owner.neutral[0]!);
    return traineeId;
  };
  const put = (traineeId: string, photo: Buffer): Promise<ReferenceFaceAnswer> => platform.call('PUT', `/v1/trainees/${traineeId}/reference-face`, photo, 'image/jpeg');
  const opened = async (traineeId: string) => {
    const { courseId, lessonIds } = await platform.createCourse([{ durationMs: 60_000 }]);
    const { sessionId } = await platform.open(await platform.enrol(traineeId, courseId), lessonIds[0]!);
    return (await api.app.get(SessionRegistry, { strict: false }).get(sessionId)).opened.opened;
  };
  /** What a snapshot of this face is worth in a session of the trainee. */
  const seen = async (traineeId: string, picture: Buffer) => {
    const { policy, reference } = await opened(traineeId);
    const { descriptor } = (await api.app.get(ReferenceFaceService, { strict: false }).activeFor(traineeId))!;
    const measurement = await worker.get(FaceJudge, { strict: false }).measureImage(picture, descriptor);
    return { version: reference?.version, failure: judgeSnapshot(measurement, policy) };
  };

  beforeAll(async () => {
    stage = await FaceStage.open();
    ({ api, worker } = stage);
    platform = await stage.platform('平台');
    desk = await stage.platform('平台', 'REVIEW');
    [owner, hired] = [stage.anna, stage.bea];
  }, 180_000);

  afterAll(() => stage?.close(), 30_000);

  it('does not come into force, the hired face fails against the one on record, and both are in the history', async () => {
    const traineeId = await enrolled();
    const swapped = await put(traineeId, hired.neutral[0]!);
    expect(swapped.status).toBe('PENDING_REVIEW');
    expect(await seen(traineeId, hired.neutral[3]!)).toEqual({ version: 1, failure: 'MISMATCH' });
    expect(await seen(traineeId, owner.neutral[3]!)).toEqual({ version: 1, failure: null });
    const { versions } = await platform.call<ReferenceFaceHistory>('GET', `/v1/trainees/${traineeId}/reference-face/history`);
    expect(versions).toMatchObject([
      { version: 2, status: 'PENDING_REVIEW', comparedWith: 1, distance: swapped.distance, review: { state: 'OPEN', reasons: ['FACES_DIFFER'] } },
      { version: 1, status: 'ACTIVE', acceptance: 'FIRST' },
    ]);
    const { cases } = await desk.call<QueueAnswer>('GET', '/v1/reviews/reference-faces');
    expect(cases.map(({ subjectId }) => subjectId)).toContain(swapped.referenceFaceId);
  }, 60_000);

  it('does not slip into the template as one more photo', async () => {
    const traineeId = await enrolled();
    const adding = platform.call('POST', `/v1/trainees/${traineeId}/reference-face/photos`, hired.neutral[0]!, 'image/jpeg');
    await expect(adding).rejects.toMatchObject({ problem: { status: 422, code: 'FACES_DIFFER' } });
    expect(await seen(traineeId, hired.neutral[3]!)).toEqual({ version: 1, failure: 'MISMATCH' });
  }, 60_000);

  it('does not get in by having the old one erased first', async () => {
    const traineeId = await enrolled();
    await platform.call('DELETE', `/v1/trainees/${traineeId}/consents/FACE_VERIFICATION`);
    await platform.consent(traineeId);
    expect(await put(traineeId, hired.neutral[0]!)).toMatchObject({ status: 'PENDING_REVIEW', distance: null });
    const refused = await opened(traineeId).catch((error: unknown) => error);
    expect(refused instanceof RefusedError && refused.problem.code).toBe('REFERENCE_FACE_MISSING');
  }, 60_000);

  it('honestly renewed with the same face is in force at once, and the next lesson is opened with it', async () => {
    const traineeId = await enrolled();
    expect(await put(traineeId, owner.neutral[5]!)).toMatchObject({ status: 'ACTIVE', version: 2 });
    expect(await seen(traineeId, owner.neutral[2]!)).toEqual({ version: 2, failure: null });
    // The threshold stands in the journal with the models it was measured for and the rate it stands for.
    const { reference } = await opened(traineeId);
    const { descriptorSpace } = worker.get(FaceJudge, { strict: false });
    expect(reference).toEqual({ version: 2, photos: 1, operatingPoint: 'single-photo', maxDistance: 0.55, maxFmr: 0.0057, models: descriptorSpace });
  }, 60_000);
});
