import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { withoutJpegMeta } from '../../src/evidence/jpeg-meta.js';
import type { ImageAccesses } from '../../src/privacy/privacy.schemas.js';
import { consentTo, idNumberOfYear, type PrivacyStage, startPrivacyStage, type Student } from '../support/privacy-stage.js';
import type { Tenant } from '../support/past-session.js';
import { unzip } from '../support/unzip.js';

interface Manifest {
  readonly format: string;
  readonly traineeId: string;
  readonly files: readonly { readonly path: string; readonly bytes: number; readonly sha256: string }[];
}

describe('the export of one person’s data', () => {
  let stage: PrivacyStage;
  let tenant: Tenant;

  const exported = ({ traineeId }: Student, query = 'viewer=staff-9', who: Tenant | null = tenant) =>
    fetch(`${stage.api.url}/v1/trainees/${traineeId}/data-export?${query}`, { headers: who === null ? {} : { authorization: `Bearer ${who.key}` } });
  const filesOf = async (student: Student) => unzip(Buffer.from(await (await exported(student)).arrayBuffer()));
  const json = <T>(files: ReadonlyMap<string, Buffer>, path: string): T => JSON.parse(files.get(path)?.toString('utf8') ?? 'null') as T;

  beforeAll(async () => {
    stage = await startPrivacyStage();
    tenant = await stage.tenant('导出平台');
  }, 90_000);
  afterAll(() => stage?.close());

  it('holds everything, with a manifest by which nothing can be missing or changed', async () => {
    const student = await stage.student(tenant, { idNumber: idNumberOfYear(1980) });
    await stage.ask(tenant, 'POST', `/v1/trainees/${student.traineeId}/consents`, { consents: [consentTo('FACE_VERIFICATION')] });
    const openedAt = new Date('2026-03-10T02:00:00Z');
    const [closed, open] = [await stage.session(student, { openedAt, closedAt: openedAt }), await stage.session(student)];
    const [snapshot, gone] = [await stage.picture(student, 'snapshot', closed), await stage.picture(student, 'liveness', closed)];
    await stage.ask(tenant, 'DELETE', `/v1/trainees/${student.traineeId}/consents/FACE_VERIFICATION`);
    const answer = await exported(student);
    expect([answer.status, answer.headers.get('content-type'), answer.headers.get('cache-control')]).toEqual([200, 'application/zip', 'private, no-store']);
    const files = unzip(Buffer.from(await answer.arrayBuffer()));
    const manifest = json<Manifest>(files, 'manifest.json');
    expect(manifest).toMatchObject({ format: 'xuejian.data-export/1', traineeId: student.traineeId });
    expect(manifest.files.map(({ path }) => path).sort()).toEqual([...files.keys()].filter((path) => path !== 'manifest.json').sort());
    for (const { path, bytes, sha256 } of manifest.files) {
      expect([files.get(path)?.length, createHash('sha256').update(files.get(path) ?? '').digest('hex')]).toEqual([bytes, sha256]);
    }
    expect(json(files, 'person.json')).toMatchObject({ traineeId: student.traineeId, name: '王小明', idNumber: idNumberOfYear(1980) });
    expect(json(files, 'consents.json')).toMatchObject([{ purpose: 'FACE_VERIFICATION', withdrawnAt: expect.any(String) }]);
    expect(json<readonly object[]>(files, 'sessions.json')).toMatchObject([{ id: closed }, { id: open }]);
    expect(files.get('sessions.json')?.includes('seedSealed')).toBe(false);
    expect(json(files, 'images.json')).toMatchObject([{ imageId: snapshot, erasedAt: null }, { imageId: gone, erasedGround: 'CONSENT_WITHDRAWN' }]);
    expect(withoutJpegMeta(files.get(`images/snapshot-${snapshot}.jpg`) ?? Buffer.alloc(0))).toEqual(stage.photo);
    expect([files.has(`journals/${closed}.ndjson`), files.has(`journals/${open}.ndjson`)]).toEqual([true, false]);
    expect(json(files, 'erasures.json')).toMatchObject([{ scope: 'FACE', ground: 'CONSENT_WITHDRAWN' }]);
  });

  it('is itself on record, picture by picture', async () => {
    const student = await stage.student(tenant);
    const snapshot = await stage.picture(student, 'snapshot');
    await filesOf(student);
    const { body } = await stage.ask<ImageAccesses>(tenant, 'GET', `/v1/trainees/${student.traineeId}/image-accesses`);
    expect(body.accesses).toMatchObject([{ imageId: snapshot, viewer: 'staff-9', purpose: 'DATA_SUBJECT' }]);
  });

  it('goes to the person’s platform alone, to somebody named, and for a minor with a reason', async () => {
    const [grown, minor] = [await stage.student(tenant), await stage.student(tenant, { idNumber: idNumberOfYear(new Date().getUTCFullYear() - 16) })];
    const stranger = await stage.tenant('别的平台');
    expect((await exported(grown, 'viewer=staff-9', stranger)).status).toBe(404);
    expect((await exported(grown, 'viewer=staff-9', null)).status).toBe(401);
    expect((await exported(grown, '')).status).toBe(400);
    expect((await exported(minor)).status).toBe(422);
    expect((await exported(minor, `viewer=staff-9&reason=${encodeURIComponent('监护人申请')}`)).status).toBe(200);
  });
});
