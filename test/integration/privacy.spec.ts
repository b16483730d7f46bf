import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLocalJWKSet, compactVerify, type JSONWebKeySet } from 'jose';
import { CONFIG, type Config } from '../../src/config/config.js';
import { ImageVault } from '../../src/evidence/image-vault.js';
import type { ConsentsAnswer } from '../../src/identity/consent.schemas.js';
import type { ConsentPurpose } from '../../src/identity/consent.entity.js';
import { Erasures } from '../../src/privacy/erasures.service.js';
import { FaceGauge } from '../../src/privacy/face-gauge.service.js';
import type { ErasureAnswer, Gauge, LegalHold } from '../../src/privacy/privacy.schemas.js';
import { RetentionPurge } from '../../src/privacy/retention-purge.service.js';
import { SessionRegistry } from '../../src/sessions/session-registry.js';
import type { Tenant } from '../support/past-session.js';
import { consentTo, idNumberOfYear, type PrivacyStage, startPrivacyStage, type Student } from '../support/privacy-stage.js';

type Refusal = Readonly<Record<'code' | 'holdReason' | 'purpose', string | undefined>>;

let stage: PrivacyStage;
let tenant: Tenant;
let stranger: Tenant;

const give = (student: Student, ...purposes: readonly ConsentPurpose[]) =>
  stage.ask<ConsentsAnswer>(tenant, 'POST', `/v1/trainees/${student.traineeId}/consents`, { consents: purposes.map((purpose) => consentTo(purpose)) });
const withdraw = (student: Student, purpose: ConsentPurpose) => stage.ask<null>(tenant, 'DELETE', `/v1/trainees/${student.traineeId}/consents/${purpose}`);
const stateOf = async (imageId: string): Promise<string> => (await stage.api.app.get(ImageVault).lookUp(imageId)).state;
const erasuresOf = async ({ traineeId }: Student): Promise<readonly ErasureAnswer[]> =>
  (await stage.ask<{ erasures: readonly ErasureAnswer[] }>(tenant, 'GET', `/v1/trainees/${traineeId}/erasures`)).body.erasures;
const carryOn = (erasureId: string): Promise<string> => stage.worker.get(Erasures).carryOn(erasureId);
const toldTo = async (sessionId: string): Promise<readonly unknown[]> =>
  (await stage.rows<{ event: unknown }>('select event from outside_event where session_id = $1 order by id', sessionId)).map(({ event }) => event);

/** A student with everything: consents, a reference face, a session with a snapshot and a picture of a face check. */
async function aStudent(fields: { readonly idNumber?: string } = {}) {
  const student = await stage.student(tenant, fields);
  expect(await give(student, 'FACE_VERIFICATION', 'SNAPSHOT_RETENTION', 'SUPERVISION_TRANSFER')).toMatchObject({ status: 201 });
  const sessionId = await stage.session(student);
  const [reference, snapshot, liveness] = [await stage.referenceFace(student), await stage.picture(student, 'snapshot', sessionId), await stage.picture(student, 'liveness', sessionId)];
  return { student, sessionId, reference, snapshot, liveness };
}

beforeAll(async () => {
  stage = await startPrivacyStage();
  [tenant, stranger] = [await stage.tenant('隐私平台'), await stage.tenant('别的平台')];
}, 90_000);
afterAll(() => stage?.close());

describe('consents', () => {
  it('are given to the words in force alone', async () => {
    const student = await stage.student(tenant);
    const path = `/v1/trainees/${student.traineeId}/consents`;
    const unknown = { ...consentTo('FACE_VERIFICATION'), textHash: 'ab'.repeat(32) };
    expect(await stage.ask(tenant, 'POST', path, { consents: [unknown] })).toMatchObject({ status: 409, body: { code: 'CONSENT_TEXT_UNKNOWN', purpose: 'FACE_VERIFICATION' } });
    const borrowed = { ...consentTo('FACE_VERIFICATION'), textHash: consentTo('SUPERVISION_TRANSFER').textHash };
    expect(await stage.ask(tenant, 'POST', path, { consents: [borrowed] })).toMatchObject({ status: 409 });
    expect(await stage.ask(tenant, 'GET', path)).toMatchObject({ body: { consents: [] } });
    expect(await give(student, 'FACE_VERIFICATION')).toMatchObject({ status: 201, body: { consents: [{ purpose: 'FACE_VERIFICATION', textVersion: '2026-11', locale: 'zh-CN', withdrawnAt: null }] } });
  });

  it('can be read by anyone before', async () => {
    const { status, body } = await stage.ask<{ texts: readonly { purpose: string; locale: string }[] }>(null, 'GET', '/v1/consent-texts');
    expect(status).toBe(200);
    expect(body.texts.filter(({ locale }) => locale === 'zh-CN').map(({ purpose }) => purpose)).toEqual(['FACE_VERIFICATION', 'SNAPSHOT_RETENTION', 'SUPERVISION_TRANSFER', 'GUARDIAN']);
  });

  it('are recorded once, however often they are sent at the same time', async () => {
    const student = await stage.student(tenant);
    await Promise.all(Array.from({ length: 6 }, () => give(student, 'FACE_VERIFICATION')));
    expect(await stage.rows('select 1 from consent where trainee_id = $1', student.traineeId)).toHaveLength(1);
  });

  it.each([
    ['none', []],
    ['one purpose twice', [consentTo('FACE_VERIFICATION'), consentTo('FACE_VERIFICATION')]],
    ['a purpose that does not exist', [{ ...consentTo('FACE_VERIFICATION'), purpose: 'ALL' }]],
    ['a time of the caller’s own', [{ ...consentTo('FACE_VERIFICATION'), at: '2020-01-01T00:00:00Z' }]],
    ['a guardian for what a trainee decides', [consentTo('FACE_VERIFICATION', { name: '张三', relation: 'PARENT' })]],
    ['nobody for what a guardian decides', [consentTo('GUARDIAN')]],
  ])('refuse %s', async (_name, consents) => {
    const student = await stage.student(tenant);
    expect(await stage.ask(tenant, 'POST', `/v1/trainees/${student.traineeId}/consents`, { consents })).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } });
  });

  it('to face checks end with the face: template, photo and frames go, snapshots stay, an open session is told', async () => {
    const { student, sessionId, reference, snapshot, liveness } = await aStudent();
    expect(await withdraw(student, 'FACE_VERIFICATION')).toMatchObject({ status: 204 });
    expect(await Promise.all([reference, liveness, snapshot].map(stateOf))).toEqual(['ERASED', 'ERASED', 'PRESENT']);
    expect(await stage.rows('select descriptor_sealed, status, upload_sha256 from reference_face where trainee_id = $1', student.traineeId)).toEqual([{ descriptor_sealed: null, status: 'SUPERSEDED', upload_sha256: '' }]);
    expect(await toldTo(sessionId)).toMatchObject([{ type: 'consent.withdrawn', purpose: 'FACE_VERIFICATION' }]);
    expect(await erasuresOf(student)).toMatchObject([{ scope: 'FACE', ground: 'CONSENT_WITHDRAWN', shreddedAt: expect.any(String) }]);
    expect(await withdraw(student, 'FACE_VERIFICATION')).toMatchObject({ status: 204 });
    expect(await erasuresOf(student)).toHaveLength(1);
    expect(await give(student, 'FACE_VERIFICATION')).toMatchObject({ status: 201 });
    expect((await toldTo(sessionId)).at(-1)).toMatchObject({ type: 'consent.given', purpose: 'FACE_VERIFICATION' });
  });

  it('to keeping pictures end with the pictures; the reference face stays, a session goes on only when both are given again', async () => {
    const { student, sessionId, reference, snapshot, liveness } = await aStudent();
    await withdraw(student, 'SNAPSHOT_RETENTION');
    await withdraw(student, 'FACE_VERIFICATION');
    expect(await Promise.all([reference, liveness, snapshot].map(stateOf))).toEqual(['ERASED', 'ERASED', 'ERASED']);
    await give(student, 'FACE_VERIFICATION');
    expect(await toldTo(sessionId)).toHaveLength(2);
    await give(student, 'SNAPSHOT_RETENTION');
    expect((await toldTo(sessionId)).map((event) => (event as { type: string }).type)).toEqual(['consent.withdrawn', 'consent.withdrawn', 'consent.given']);
  });

  it('hold a session that is going on as soon as one is withdrawn, and let it go when it is given again', async () => {
    const student = await stage.student(tenant);
    await give(student, 'FACE_VERIFICATION', 'SNAPSHOT_RETENTION');
    const sessionId = await stage.session(student, { story: (story) => story.begins().plays(60_000) });
    const runner = await stage.api.app.get(SessionRegistry, { strict: false }).get(sessionId);
    expect(runner.opened).toMatchObject({ status: 'live', circumstances: { hasConsent: true } });
    /** Behind whatever the session was told before. */
    const heard = (hasConsent: boolean): Promise<void> => runner.run(async () => expect(runner.opened).toMatchObject({ circumstances: { hasConsent } }));
    await withdraw(student, 'FACE_VERIFICATION');
    await heard(false);
    await give(student, 'FACE_VERIFICATION');
    await heard(true);
  });

  it('to passing records on are recorded and erase nothing', async () => {
    const { student, sessionId, reference, snapshot } = await aStudent();
    await withdraw(student, 'SUPERVISION_TRANSFER');
    expect(await Promise.all([reference, snapshot].map(stateOf))).toEqual(['PRESENT', 'PRESENT']);
    expect([await toldTo(sessionId), await erasuresOf(student)]).toEqual([[], []]);
    const { body } = await stage.ask<ConsentsAnswer>(tenant, 'GET', `/v1/trainees/${student.traineeId}/consents`);
    expect(body.consents.find(({ purpose }) => purpose === 'SUPERVISION_TRANSFER')?.withdrawnAt).toEqual(expect.any(String));
  });

  it('take the pictures along that wait for their judgement, without a fault of the trainee’s', async () => {
    const { student, sessionId } = await aStudent();
    const [task] = await stage.rows<{ id: string }>(
      `insert into check_task (id, session_id, trainee_id, kind, status, acts, schedule_index, received_at) values (gen_random_uuid(), $1, $2, 'snapshot', 'QUEUED', '[]', 0, now()) returning id`,
      sessionId, student.traineeId);
    await stage.rows(`insert into capture_frame (check_id, index, step, client_mono_ms, image) values ($1, 0, 0, 0, 'x')`, task?.id);
    await withdraw(student, 'FACE_VERIFICATION');
    expect(await stage.rows('select status from check_task where id = $1', task?.id)).toEqual([{ status: 'FAILED' }]);
    expect(await stage.rows('select 1 from capture_frame where check_id = $1', task?.id)).toEqual([]);
  });
});

describe('minors', () => {
  const bornYearsAgo = (years: number): string => idNumberOfYear(new Date().getUTCFullYear() - years);

  it('under fourteen are refused', async () => {
    const answer = await stage.ask(tenant, 'POST', '/v1/trainees', { externalRef: 'child', name: '小朋友', idNumber: bornYearsAgo(13) });
    expect(answer).toMatchObject({ status: 422, body: { code: 'MINOR_REFUSED' } });
  });

  it('from fourteen on are marked, and need their guardian at the door', async () => {
    const { student } = await aStudent({ idNumber: bornYearsAgo(16) });
    expect(await stage.ask(tenant, 'GET', `/v1/trainees/${student.traineeId}`)).toMatchObject({ body: { isMinor: true } });
    const open = () => stage.ask<Refusal>(tenant, 'POST', '/v1/sessions', { enrolmentId: student.enrolmentId, lessonId: student.lessonId });
    expect(await open()).toMatchObject({ status: 409, body: { code: 'CONSENT_REFUSED', purpose: 'GUARDIAN' } });
    const guardian = consentTo('GUARDIAN', { name: '李家长', relation: 'PARENT' });
    expect(await stage.ask(tenant, 'POST', `/v1/trainees/${student.traineeId}/consents`, { consents: [guardian] })).toMatchObject({ status: 201 });
    const [kept] = await stage.rows<{ guardian_sealed: Buffer }>(`select guardian_sealed from consent where trainee_id = $1 and purpose = 'GUARDIAN'`, student.traineeId);
    expect(kept?.guardian_sealed.includes(Buffer.from('李家长'))).toBe(false);
    expect((await open()).body.purpose).toBeUndefined();
  });

  it('are looked at for a reason in words only; grown-ups are not held to it', async () => {
    const { snapshot } = await aStudent({ idNumber: bornYearsAgo(17) });
    const link = (imageId: string, more: object = {}) => stage.ask(tenant, 'POST', `/v1/images/${imageId}/links`, { viewer: 'staff-1', purpose: 'REVIEW', ...more });
    expect(await link(snapshot)).toMatchObject({ status: 422, body: { code: 'REASON_REQUIRED' } });
    expect(await link(snapshot, { reason: '申诉 2026-8' })).toMatchObject({ status: 201 });
    const grown = await aStudent();
    expect(await stage.ask(tenant, 'GET', `/v1/trainees/${grown.student.traineeId}`)).toMatchObject({ body: { isMinor: false } });
    expect(await link(grown.snapshot)).toMatchObject({ status: 201 });
  });

  it('lose everything of their face when the guardian withdraws', async () => {
    const { student, sessionId, reference, snapshot } = await aStudent({ idNumber: bornYearsAgo(15) });
    await stage.ask(tenant, 'POST', `/v1/trainees/${student.traineeId}/consents`, { consents: [consentTo('GUARDIAN', { name: '李家长', relation: 'OTHER' })] });
    await withdraw(student, 'GUARDIAN');
    expect(await Promise.all([reference, snapshot].map(stateOf))).toEqual(['ERASED', 'ERASED']);
    expect(await toldTo(sessionId)).toMatchObject([{ type: 'consent.withdrawn' }]);
  });
});

describe('erasure on request', () => {
  const erase = (student: Student, who: Tenant = tenant) => stage.ask<ErasureAnswer & Refusal>(who, 'POST', `/v1/trainees/${student.traineeId}/erasure`, { by: 'staff-9' });

  it('makes everything of the face unreadable at once, ends every consent, and is receipted', async () => {
    const { student, sessionId, reference, snapshot, liveness } = await aStudent();
    const answer = await erase(student);
    expect(answer).toMatchObject({ status: 201, body: { scope: 'ALL', ground: 'REQUEST', orderedBy: 'staff-9', shreddedAt: expect.any(String), finishedAt: null } });
    expect(await Promise.all([reference, snapshot, liveness].map(stateOf))).toEqual(['ERASED', 'ERASED', 'ERASED']);
    expect(await stage.rows('select 1 from trainee_key where trainee_id = $1', student.traineeId)).toEqual([]);
    expect(await stage.rows('select 1 from consent where trainee_id = $1 and withdrawn_at is null', student.traineeId)).toEqual([]);
    expect(await toldTo(sessionId)).toMatchObject([{ type: 'consent.withdrawn' }]);

    expect(await carryOn(answer.body.erasureId)).toBe('DONE');
    expect(await carryOn(answer.body.erasureId)).toBe('NOTHING_TO_DO');
    const [erasure] = await erasuresOf(student);
    expect(erasure?.finishedAt).toEqual(expect.any(String));
    const [issued] = erasure?.receipts ?? [];
    expect(issued?.receipt).toMatchObject({
      erasureId: answer.body.erasureId, traineeId: student.traineeId, ground: 'REQUEST', remaining: { files: 0 },
      erased: { templates: 1, pictures: { snapshot: 1, liveness: 1, reference: 1 }, traineeKeyId: expect.any(String) },
    });
    const { body: keySet } = await stage.ask<JSONWebKeySet>(null, 'GET', '/.well-known/jwks.json');
    const verified = await compactVerify(issued?.jws ?? '', createLocalJWKSet(keySet));
    expect([verified.protectedHeader.typ, JSON.parse(new TextDecoder().decode(verified.payload))]).toEqual(['xuejian-erasure+jws', issued?.receipt]);
  });

  it('says in its receipt what files resist, tries again, and issues another when they are gone', async () => {
    const { student, snapshot } = await aStudent();
    const [{ path } = { path: '' }] = await stage.rows<{ path: string }>('select path from stored_image where id = $1', snapshot);
    const file = join(stage.worker.get<Config>(CONFIG).dataDir, 'images', path);
    await rm(file);
    await mkdir(join(file, 'in the way'), { recursive: true });
    const { body } = await erase(student);
    expect(await carryOn(body.erasureId)).toBe('FILES_LEFT');
    expect(await carryOn(body.erasureId)).toBe('FILES_LEFT');
    await rm(file, { recursive: true });
    await stage.worker.get(RetentionPurge).carryOn();
    const [erasure] = await erasuresOf(student);
    expect(erasure?.receipts.map(({ receipt }) => receipt.remaining.files)).toEqual([1, 0]);
    expect(erasure?.finishedAt).toEqual(expect.any(String));
  });

  it('is refused while a hold stands, naming it; a withdrawal is taken, and comes to what is held once the hold is lifted', async () => {
    const { student, sessionId, reference, snapshot, liveness } = await aStudent();
    const hold = (path: string, method: string, body: object) => stage.ask<LegalHold>(tenant, method, `${path}/legal-hold`, body);
    const [person, session] = [`/v1/trainees/${student.traineeId}`, `/v1/sessions/${sessionId}`];
    expect(await hold(session, 'PUT', { by: 'staff-1', reason: '仲裁 2026-114' })).toMatchObject({ status: 200, body: { sessionId, placedBy: 'staff-1', liftedAt: null } });
    expect(await hold(session, 'PUT', { by: 'staff-2', reason: '另一件' })).toMatchObject({ body: { placedBy: 'staff-1' } });
    expect(await erase(student)).toMatchObject({ status: 409, body: { code: 'LEGAL_HOLD', holdReason: '仲裁 2026-114' } });
    expect(await withdraw(student, 'FACE_VERIFICATION')).toMatchObject({ status: 204 });
    expect(await toldTo(sessionId)).toHaveLength(1);
    expect(await Promise.all([reference, liveness].map(stateOf))).toEqual(['ERASED', 'PRESENT']);
    const [waiting] = await erasuresOf(student);
    expect(await carryOn(waiting?.erasureId ?? '')).toBe('HELD');
    expect((await erasuresOf(student))[0]).toMatchObject({ finishedAt: null, receipts: [{ receipt: { erased: { pictures: { reference: 1, liveness: 0 } } } }] });
    expect(await hold(session, 'DELETE', { by: 'staff-3' })).toMatchObject({ status: 200, body: { liftedBy: 'staff-3', liftedAt: expect.any(String) } });
    expect(await carryOn(waiting?.erasureId ?? '')).toBe('DONE');
    expect(await Promise.all([liveness, snapshot].map(stateOf))).toEqual(['ERASED', 'PRESENT']);
    expect(await hold(person, 'DELETE', { by: 'staff-3' })).toMatchObject({ status: 404 });
    expect(await stage.ask(tenant, 'GET', `${person}/legal-holds`)).toMatchObject({ body: { holds: [{ sessionId, liftedBy: 'staff-3' }] } });
  });

  it('waits as a whole while the whole person is held', async () => {
    const { student, reference, snapshot } = await aStudent();
    await stage.ask(tenant, 'PUT', `/v1/trainees/${student.traineeId}/legal-hold`, { by: 'staff-1', reason: '公安调取' });
    await withdraw(student, 'FACE_VERIFICATION');
    await withdraw(student, 'SNAPSHOT_RETENTION');
    const waiting = await erasuresOf(student);
    expect(waiting).toMatchObject([{ shreddedAt: null, receipts: [] }, { shreddedAt: null, receipts: [] }]);
    expect(await Promise.all(waiting.map(({ erasureId }) => carryOn(erasureId)))).toEqual(['NOTHING_TO_DO', 'NOTHING_TO_DO']);
    expect(await Promise.all([reference, snapshot].map(stateOf))).toEqual(['PRESENT', 'PRESENT']);
    await stage.ask(tenant, 'DELETE', `/v1/trainees/${student.traineeId}/legal-hold`, { by: 'staff-1' });
    await stage.worker.get(RetentionPurge).carryOn();
    expect(await Promise.all([reference, snapshot].map(stateOf))).toEqual(['ERASED', 'ERASED']);
  });

  it('and all of this is nobody’s but the platform’s', async () => {
    const { student, sessionId, snapshot } = await aStudent();
    const [person, session] = [`/v1/trainees/${student.traineeId}`, `/v1/sessions/${sessionId}`];
    const attempts: readonly (readonly [string, string, object?])[] = [
      ['GET', `${person}/consents`], ['POST', `${person}/consents`, { consents: [consentTo('FACE_VERIFICATION')] }], ['DELETE', `${person}/consents/FACE_VERIFICATION`],
      ['POST', `${person}/erasure`, { by: 'x' }], ['GET', `${person}/erasures`], ['GET', `${person}/image-accesses`], ['GET', `${person}/legal-holds`],
      ['PUT', `${person}/legal-hold`, { by: 'x', reason: 'x' }], ['DELETE', `${person}/legal-hold`, { by: 'x' }],
      ['PUT', `${session}/legal-hold`, { by: 'x', reason: 'x' }], ['DELETE', `${session}/legal-hold`, { by: 'x' }], ['POST', `${session}/dispute`, { by: 'x', reason: 'x' }],
      ['POST', `/v1/images/${snapshot}/links`, { viewer: 'x', purpose: 'REVIEW' }],
    ];
    for (const [method, path, body] of attempts) {
      expect([method, path, (await stage.ask(stranger, method, path, body)).status]).toEqual([method, path, 404]);
      expect([method, path, (await stage.ask(null, method, path, body)).status]).toEqual([method, path, 401]);
    }
    expect(await stateOf(snapshot)).toBe('PRESENT');
  });
});

describe('the gauge of stored faces', () => {
  const read = async (): Promise<Gauge> => (await stage.ask<Gauge>(tenant, 'GET', '/v1/privacy/gauge')).body;

  it('counts people, on however many platforms, and forgets those who are erased', async () => {
    const gauge = stage.worker.get(FaceGauge);
    const before = (await gauge.measure()).storedFaceSubjects;
    const { student } = await aStudent();
    const again = await stage.student(stranger);
    await stage.rows('update trainee set person_key = $1 where id = $2', student.personKey, again.traineeId);
    await stage.referenceFace(again);
    expect((await gauge.measure()).storedFaceSubjects).toBe(before + 1);
    for (const [who, { traineeId }] of [[tenant, student], [stranger, again]] as const) await stage.ask(who, 'POST', `/v1/trainees/${traineeId}/erasure`, { by: 'x' });
    expect((await gauge.measure()).storedFaceSubjects).toBe(before);
    expect((await read()).storedFaceSubjects).toBe(before);
  });

  it('warns at 80,000, tells the duty to file at 100,000 and since when, and takes it back below', async () => {
    const gauge = stage.worker.get(FaceGauge);
    const at = (subjects: number, day: number) => gauge.record(subjects, new Date(Date.UTC(2027, 0, day)));
    await at(79_999, 1);
    expect(await read()).toMatchObject({ level: 'NORMAL', duty: null, reachedAt: null });
    await at(80_000, 2);
    expect(await read()).toMatchObject({ level: 'NEAR', reachedAt: null, duty: { zh: expect.stringContaining('30 个工作日') } });
    await at(100_000, 3);
    await at(100_001, 4);
    expect(await read()).toMatchObject({ level: 'REACHED', reachedAt: '2027-01-03T00:00:00.000Z', storedFaceSubjects: 100_001 });
    await at(99_999, 5);
    expect(await read()).toMatchObject({ level: 'NEAR', reachedAt: null });
  });
});
