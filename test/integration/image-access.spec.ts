import { createHash, createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ImageVault } from '../../src/evidence/image-vault.js';
import { withoutJpegMeta } from '../../src/evidence/jpeg-meta.js';
import type { ImageAccesses, LinkAnswer } from '../../src/privacy/privacy.schemas.js';
import { consentTo, idNumberOfYear, type PrivacyStage, startPrivacyStage, type Student } from '../support/privacy-stage.js';
import type { Tenant } from '../support/past-session.js';
import { unzip } from '../support/unzip.js';

interface Manifest {
  readonly format: string;
  readonly traineeId: string;
  readonly files: readonly { readonly path: string; readonly bytes: number; readonly sha256: string }[];
}

let stage: PrivacyStage;
let tenant: Tenant;

beforeAll(async () => {
  stage = await startPrivacyStage();
  tenant = await stage.tenant('影像平台');
}, 90_000);
afterAll(() => stage?.close());

describe('links to pictures', () => {
  /** A student with a session of which a snapshot and a picture of a face check are kept. */
  async function aPictured() {
    const student = await stage.student(tenant);
    await stage.ask(tenant, 'POST', `/v1/trainees/${student.traineeId}/consents`, { consents: [consentTo('SNAPSHOT_RETENTION')] });
    const sessionId = await stage.session(student);
    return { student, sessionId, snapshot: await stage.picture(student, 'snapshot', sessionId), liveness: await stage.picture(student, 'liveness', sessionId) };
  }
  const linkTo = async (imageId: string, body: object): Promise<string> => {
    const { status, body: answer } = await stage.ask<LinkAnswer>(tenant, 'POST', `/v1/images/${imageId}/links`, body);
    expect(status).toBe(201);
    return answer.url.replace(/^http:\/\/127\.0\.0\.1(?=\/)/, stage.api.url);
  };
  const accessesOf = async ({ traineeId }: Student) => (await stage.ask<ImageAccesses>(tenant, 'GET', `/v1/trainees/${traineeId}/image-accesses`)).body.accesses;

  it('show a copy with a watermark, without the facts in the file, to be kept by nobody', async () => {
    const { student, sessionId, snapshot } = await aPictured();
    const answer = await fetch(await linkTo(snapshot, { viewer: 'staff-17', purpose: 'OBJECTION', reason: '学员申辩' }));
    expect([answer.status, answer.headers.get('content-type'), answer.headers.get('cache-control'), answer.headers.get('x-image-digest')]).toEqual([200, 'image/jpeg', 'private, no-store', null]);
    const shown = Buffer.from(await answer.arrayBuffer());
    expect(shown.includes(Buffer.from('xuejian'))).toBe(false);
    const kept = (await stage.api.app.get(ImageVault).lookUp(snapshot)).image;
    expect(withoutJpegMeta(kept!.bytes)).toEqual(stage.photo);
    expect(await accessesOf(student)).toMatchObject([{ imageId: snapshot, sessionId, viewer: 'staff-17', purpose: 'OBJECTION', reason: '学员申辩', origin: expect.stringContaining('127.0.0.1') }]);
  });

  it('for a verification give the bytes as kept, with what shows that they are those of the journal', async () => {
    const { student, snapshot } = await aPictured();
    const answer = await fetch(await linkTo(snapshot, { viewer: 'regulator-1', purpose: 'VERIFICATION' }));
    const received = withoutJpegMeta(Buffer.from(await answer.arrayBuffer()));
    expect(received).toEqual(stage.photo);
    const key = Buffer.from(answer.headers.get('x-image-digest-key') ?? '', 'hex');
    expect(answer.headers.get('x-image-digest')).toBe(createHmac('sha256', key).update(received).digest('hex'));
    expect(await accessesOf(student)).toMatchObject([{ viewer: 'regulator-1', purpose: 'VERIFICATION' }]);
  });

  it('are for one picture, as they were written, and not without one', async () => {
    const { student, snapshot, liveness } = await aPictured();
    const url = await linkTo(snapshot, { viewer: 'staff-1', purpose: 'REVIEW' });
    const [body = '', mac = ''] = new URL(url).searchParams.get('link')?.split('.') ?? [];
    const lengthened = Buffer.from(JSON.stringify({ ...JSON.parse(Buffer.from(body, 'base64url').toString()), purpose: 'VERIFICATION' })).toString('base64url');
    const tampered = [url.replace(snapshot, liveness), url.replace(body, lengthened), `${url}.x`, url.replace(mac, mac.slice(1)), `${stage.api.url}/v1/images/${snapshot}?link=x`];
    for (const address of tampered) expect(await stage.ask(null, 'GET', address)).toMatchObject({ status: 403, body: { code: 'LINK_INVALID' } });
    expect(await stage.ask(null, 'GET', `/v1/images/${snapshot}`)).toMatchObject({ status: 400 });
    expect(await accessesOf(student)).toEqual([]);
    expect((await fetch(url)).status).toBe(200);
  });

  it('live five minutes at most, and lead nowhere once the picture is erased', async () => {
    const { student, snapshot } = await aPictured();
    expect(await stage.ask(tenant, 'POST', `/v1/images/${snapshot}/links`, { viewer: 'x', purpose: 'REVIEW', ttlSeconds: 301 })).toMatchObject({ status: 400 });
    const url = await linkTo(snapshot, { viewer: 'staff-1', purpose: 'REVIEW', ttlSeconds: 300 });
    await stage.ask(tenant, 'DELETE', `/v1/trainees/${student.traineeId}/consents/SNAPSHOT_RETENTION`);
    expect(await stage.ask(null, 'GET', url)).toMatchObject({ status: 404 });
    expect(await accessesOf(student)).toEqual([]);
  });
});

describe('the export of one person’s data', () => {
  const exported = ({ traineeId }: Student, query = 'viewer=staff-9', who: Tenant | null = tenant) =>
    fetch(`${stage.api.url}/v1/trainees/${traineeId}/data-export?${query}`, { headers: who === null ? {} : { authorization: `Bearer ${who.key}` } });
  const filesOf = async (student: Student) => unzip(Buffer.from(await (await exported(student)).arrayBuffer()));
  const json = <T>(files: ReadonlyMap<string, Buffer>, path: string): T => JSON.parse(files.get(path)?.toString('utf8') ?? 'null') as T;

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
