import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BundleStore } from '../../src/evidence/bundle/bundle-store.js';
import { ImageVault } from '../../src/evidence/image-vault.js';
import { DisputedFrames } from '../../src/privacy/disputed-frames.js';
import { EvidencePurgeHandler } from '../../src/privacy/evidence-purge.handler.js';
import type { ErasureAnswer } from '../../src/privacy/privacy.schemas.js';
import { purgeAll } from '../../src/privacy/purge.js';
import { NOTHING_PURGED, type PurgeCounts, RetentionPurge } from '../../src/privacy/retention-purge.service.js';
import type { LivenessMeasurement } from '../../src/rules/event.js';
import { consentTo, type PrivacyStage, startPrivacyStage, type Student } from '../support/privacy-stage.js';
import type { Tenant } from '../support/past-session.js';

const LONG_AGO = new Date('2026-03-10T02:00:00Z');
/** Noon in Shanghai. */
const noonOf = (day: string): Date => new Date(`${day}T04:00:00Z`);

describe('the purge', () => {
  let stage: PrivacyStage;
  let tenant: Tenant;

  const purge = (day: string, isDryRun = false): Promise<PurgeCounts> => purgeAll(stage.worker.get(RetentionPurge), noonOf(day), isDryRun);
  const stateOf = async (imageId: string): Promise<string> => (await stage.api.app.get(ImageVault).lookUp(imageId)).state;
  const declare = (student: Student, what: 'settlement' | 'programme', body: object) => stage.ask(tenant, 'PUT', `/v1/enrolments/${student.enrolmentId}/${what}`, body);
  const hold = (student: Student, method: 'PUT' | 'DELETE') => stage.ask(tenant, method, `/v1/trainees/${student.traineeId}/legal-hold`, { by: 'staff-1', ...(method === 'PUT' ? { reason: '仲裁' } : {}) });
  /** Of what comes through the API the time of recording is now: it is set back to when the session was. */
  const dateBack = async (...imageIds: readonly string[]): Promise<void> => void (await stage.rows('update stored_image set created_at = $1 where id = any($2)', LONG_AGO, imageIds));

  /** A closed session of March 2026 with a snapshot, a picture of a face check, and a reference face. */
  async function aPast() {
    const student = await stage.student(tenant);
    await stage.rows('update enrolment set created_at = $1 where id = $2', LONG_AGO, student.enrolmentId);
    const sessionId = await stage.session(student, { openedAt: LONG_AGO, closedAt: new Date(LONG_AGO.getTime() + 900_000) });
    const [snapshot, liveness, reference] = [await stage.picture(student, 'snapshot', sessionId), await stage.picture(student, 'liveness', sessionId), await stage.referenceFace(student)];
    await dateBack(snapshot, liveness);
    await stage.rows('update reference_face set created_at = $1 where trainee_id = $2', LONG_AGO, student.traineeId);
    return { student, sessionId, snapshot, liveness, reference };
  }

  beforeAll(async () => {
    stage = await startPrivacyStage();
    tenant = await stage.tenant('留存平台');
  }, 90_000);
  afterAll(() => stage?.close());

  it('keeps pictures to the last day of 24 months from the payment of the subsidy, and erases them on the next, with a receipt', async () => {
    const { student, sessionId, snapshot, liveness } = await aPast();
    expect(await declare(student, 'settlement', { disbursedOn: '2026-09-30' })).toMatchObject({ status: 200, body: { settlement: { disbursedOn: '2026-09-30', refusalFinalOn: null } } });
    await purge('2028-09-30');
    expect(await Promise.all([snapshot, liveness].map(stateOf))).toEqual(['PRESENT', 'PRESENT']);
    expect(await purge('2028-10-01', true)).toMatchObject({ pictures: 2 });
    expect(await Promise.all([snapshot, liveness].map(stateOf))).toEqual(['PRESENT', 'PRESENT']);
    expect(await purge('2028-10-01')).toMatchObject({ pictures: 2 });
    expect(await Promise.all([snapshot, liveness].map(stateOf))).toEqual(['PURGED', 'PURGED']);
    expect(await stage.rows('select 1 from study_session where id = $1', sessionId)).toHaveLength(1);
    const { body } = await stage.ask<{ erasures: readonly ErasureAnswer[] }>(tenant, 'GET', `/v1/trainees/${student.traineeId}/erasures`);
    const expired = body.erasures.find(({ rule }) => rule === 'retention.snapshotMonths=24');
    expect(expired).toMatchObject({ ground: 'RETENTION', scope: 'EXPIRED', finishedAt: expect.any(String) });
    expect(expired?.receipts.at(-1)?.receipt).toMatchObject({ remaining: { files: 0 }, erased: { pictures: { snapshot: 1, liveness: 1 }, traineeKeyId: null } });
    expect(await purge('2028-10-01')).toEqual(NOTHING_PURGED);
  });

  it('counts from the last session where nothing is declared, and never from a day before it', async () => {
    const [silent, early] = [await aPast(), await aPast()];
    await declare(early.student, 'settlement', { refusalFinalOn: '2025-01-01' });
    await purge('2028-03-10');
    expect(await Promise.all([silent.snapshot, early.snapshot].map(stateOf))).toEqual(['PRESENT', 'PRESENT']);
    await purge('2028-03-11');
    expect(await Promise.all([silent.snapshot, early.snapshot].map(stateOf))).toEqual(['PURGED', 'PURGED']);
  });

  it('leaves alone what is held, a person or one session, and comes to it once the hold is lifted', async () => {
    const [person, session] = [await aPast(), await aPast()];
    const other = await stage.session(session.student, { openedAt: LONG_AGO, closedAt: LONG_AGO });
    const free = await stage.picture(session.student, 'snapshot', other);
    await dateBack(free);
    await hold(person.student, 'PUT');
    await stage.ask(tenant, 'PUT', `/v1/sessions/${session.sessionId}/legal-hold`, { by: 'staff-1', reason: '仲裁' });
    await purge('2028-03-11');
    expect(await Promise.all([person.snapshot, person.reference, session.snapshot, free].map(stateOf))).toEqual(['PRESENT', 'PRESENT', 'PRESENT', 'PURGED']);
    await hold(person.student, 'DELETE');
    await purge('2028-03-11');
    expect(await Promise.all([person.snapshot, session.snapshot].map(stateOf))).toEqual(['PURGED', 'PRESENT']);
  });

  it('forgets a face when every training of the person is over', async () => {
    const [ended, going] = [await aPast(), await aPast()];
    await declare(ended.student, 'programme', { assessmentEndedOn: '2026-04-01' });
    await stage.session(going.student, { openedAt: noonOf('2026-08-01'), closedAt: noonOf('2026-08-01') });
    await purge('2026-04-01');
    expect(await Promise.all([ended.reference, going.reference].map(stateOf))).toEqual(['PRESENT', 'PRESENT']);
    await purge('2026-09-11');
    expect(await Promise.all([ended.reference, ended.snapshot, going.reference].map(stateOf))).toEqual(['PURGED', 'PRESENT', 'PRESENT']);
    expect(await stage.rows('select descriptor_sealed from reference_face where trainee_id = $1', ended.student.traineeId)).toEqual([{ descriptor_sealed: null }]);
    await purge('2027-02-02');
    expect(await stateOf(going.reference)).toBe('PURGED');
  });

  it('keeps a face that was taken after the last training ended, for the next one', async () => {
    const { student, reference } = await aPast();
    await declare(student, 'programme', { assessmentEndedOn: '2026-04-01' });
    await stage.rows('update reference_face set created_at = $1 where trainee_id = $2', noonOf('2026-05-01'), student.traineeId);
    await purge('2026-11-01');
    expect(await stateOf(reference)).toBe('PRESENT');
    await purge('2026-11-02');
    expect(await stateOf(reference)).toBe('PURGED');
  });

  it('keeps frames of a failed check of a disputed session for 30 days, and of no other', async () => {
    const { student, sessionId } = await aPast();
    const mouth = { act: 'OPEN_MOUTH', otherSeen: null, peak: 0.1, frames: 2 } as const;
    const measurement = {
      failure: null, frames: 2, noFace: 0, oneFace: 2, manyFaces: 0, distances: [0.3, 0.3, 0.3], spread: 0.1,
      acts: [{ ...mouth, seen: false }],
    } satisfies LivenessMeasurement;
    const task = { id: randomUUID(), sessionId, traineeId: student.traineeId, acts: ['OPEN_MOUTH'] } as const;
    const frames = [0, 1].map((index) => ({ step: 0, clientMonoMs: index * 100, image: stage.photo }));
    const keep = (given: Partial<LivenessMeasurement> = {}): Promise<number> => stage.worker.get(DisputedFrames).keep(task, frames, { ...measurement, ...given });
    expect(await keep()).toBe(0);
    expect(await stage.ask(tenant, 'POST', `/v1/sessions/${sessionId}/dispute`, { by: 'staff-1', reason: '学员申诉' })).toMatchObject({ status: 201, body: { keepDays: 30, openedBy: 'staff-1' } });
    expect(await keep({ acts: [{ ...mouth, seen: true }] })).toBe(0);
    expect(await keep({ manyFaces: 1 })).toBe(0);
    expect(await keep()).toBe(2);
    const kept = await stage.rows<{ id: string }>(`select id from stored_image where session_id = $1 and kind = 'disputed'`, sessionId);
    const after = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
    await purge(after(28));
    expect(await Promise.all(kept.map(({ id }) => stateOf(id)))).toEqual(['PRESENT', 'PRESENT']);
    await purge(after(32));
    expect(await Promise.all(kept.map(({ id }) => stateOf(id)))).toEqual(['PURGED', 'PURGED']);
  });

  it('deletes records after six years, bundle and file with them, and the name once it stands for nothing', async () => {
    const { student, sessionId } = await aPast();
    const path = `evidence/2026-03-10/${sessionId}/1.ndjson.gz`;
    const files = stage.worker.get(BundleStore);
    await files.write(path, '{}');
    await stage.rows(`insert into evidence_bundle (session_id, entries, manifest_hash, path, bytes, verdict, closed_at, created_at) values ($1, 1, 'h', $2, 1, 'VALID', now(), now())`, sessionId, path);
    const traces = async () => ({
      sessions: (await stage.rows('select 1 from study_session where id = $1', sessionId)).length,
      bundles: (await stage.rows('select 1 from evidence_bundle where session_id = $1', sessionId)).length,
      enrolments: (await stage.rows('select 1 from enrolment where id = $1', student.enrolmentId)).length,
    });
    await purge('2032-03-10');
    expect(await traces()).toEqual({ sessions: 1, bundles: 1, enrolments: 1 });
    expect(await files.read(path)).toBe('{}');
    expect((await stage.ask<{ nameMasked: string }>(tenant, 'GET', `/v1/trainees/${student.traineeId}`)).body.nameMasked).toBe('王**');
    expect((await purge('2032-03-11')).records).toBeGreaterThan(0);
    expect(await traces()).toEqual({ sessions: 0, bundles: 0, enrolments: 0 });
    expect(await stage.rows('select rule from record_purge where session_id = $1', sessionId)).toEqual([{ rule: 'retention.recordYears=6' }]);
    expect(await stage.ask(tenant, 'GET', `/v1/trainees/${student.traineeId}`)).toMatchObject({ status: 200, body: { nameMasked: '*', idNumberMasked: '*', isMinor: null } });
    await expect(files.read(path)).rejects.toThrow();
  });

  it('deletes withdrawn consents after six years and the access log after twelve months', async () => {
    const { student, snapshot } = await aPast();
    await stage.ask(tenant, 'POST', `/v1/trainees/${student.traineeId}/consents`, { consents: [consentTo('SUPERVISION_TRANSFER'), consentTo('FACE_VERIFICATION')] });
    await stage.ask(tenant, 'DELETE', `/v1/trainees/${student.traineeId}/consents/SUPERVISION_TRANSFER`);
    await stage.rows('update consent set withdrawn_at = $1 where trainee_id = $2 and withdrawn_at is not null', LONG_AGO, student.traineeId);
    await stage.rows(
      `insert into image_access (id, platform_id, trainee_id, image_id, viewer, purpose, origin, at) values (gen_random_uuid(), $1, $2, $3, 'staff-1', 'REVIEW', '', $4)`,
      tenant.id, student.traineeId, snapshot, LONG_AGO);
    const left = async () => [(await stage.rows('select 1 from consent where trainee_id = $1', student.traineeId)).length, (await stage.rows('select 1 from image_access where trainee_id = $1', student.traineeId)).length];
    await purge('2027-03-10');
    expect(await left()).toEqual([2, 1]);
    await purge('2027-03-11');
    expect(await left()).toEqual([2, 0]);
    // The records of a session of today keep the enrolment; the consent that is not withdrawn is kept with it.
    await stage.session(student);
    await purge('2032-03-11');
    expect(await left()).toEqual([1, 0]);
  });

  it('stops when its time is up, and goes on from there', async () => {
    const runs = stage.worker.get(RetentionPurge);
    const students = [await aPast(), await aPast(), await aPast()];
    let [from, steps] = [null as Awaited<ReturnType<RetentionPurge['run']>>['next'], 0];
    do {
      ({ next: from } = await runs.run({ from, now: noonOf('2028-03-11'), budgetMs: steps === 0 ? -1 : 60_000, isDryRun: false }));
      steps += 1;
    } while (from !== null);
    expect(steps).toBe(2);
    expect(await Promise.all(students.map(({ snapshot }) => stateOf(snapshot)))).toEqual(['PURGED', 'PURGED', 'PURGED']);
    expect(await stage.worker.get(EvidencePurgeHandler).handle({ from: { at: 'accessLog', after: null } })).toBe('skipped');
  });
});
