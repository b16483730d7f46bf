import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { DataSource } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { CheckTasksService } from '../../src/checks/check-tasks.service.js';
import { ENGINE_VERSION } from '../../src/common/engine-version.js';
import { BundleStore } from '../../src/evidence/bundle/bundle-store.js';
import { Bundles } from '../../src/evidence/bundle/bundles.js';
import { EvidenceSweepHandler } from '../../src/evidence/bundle/evidence-sweep.handler.js';
import { SessionFinaliseHandler } from '../../src/evidence/bundle/session-finalise.handler.js';
import { digestOf, newDigestKey } from '../../src/evidence/image-digest.js';
import type { BundleManifest } from '../../src/evidence/proof/format.js';
import { ImageVault } from '../../src/evidence/image-vault.js';
import { chainEntries } from '../../src/evidence/proof/chain.js';
import { verifyBundle } from '../../src/evidence/proof/verify.js';
import { SigningKeys } from '../../src/evidence/signing-keys.js';
import { QueueService } from '../../src/queues/queue.service.js';
import type { SessionReport } from '../../src/reports/report.schema.js';
import type { SessionEvent } from '../../src/rules/event.js';
import { ClosedSessions } from '../../src/sessions/closed-sessions.js';
import { FenceLost, Journal } from '../../src/sessions/journal.js';
import { type TestApi, startTestApi } from '../support/api.js';
import { aConfig } from '../support/config.js';
import { erasePictures } from '../support/erase-pictures.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { startEvidenceWorker } from '../support/evidence-worker.js';
import { type Enrolled, newEnrolled, newTenant, storeSession, type Tenant } from '../support/past-session.js';
import { honest, tellSession } from '../support/sample-report.js';

const DAY = '2026-11-23';
const ENGINE = { version: ENGINE_VERSION };
const PICTURE = Buffer.concat([Buffer.from('ffd8ffe000104a46494600010100000100010000', 'hex'), Buffer.alloc(64, 1), Buffer.from('ffd9', 'hex')]);

describe('evidence bundles', () => {
  let database: TestDatabase;
  let api: TestApi;
  let worker: TestingModule;
  let dataDir: string;
  let tenant: Tenant;
  let stranger: Tenant;
  let enrolled: Enrolled;
  let dataSource: DataSource;
  let attempt = 0;

  const part = <T>(type: new (...given: never[]) => T): T => worker.get(type as new (...given: unknown[]) => T, { strict: false });
  const finalise = (sessionId: string) => part(SessionFinaliseHandler).handle({ sessionId });
  const load = (sessionId: string) => part(Journal).load({ sessionId, openedDay: DAY });
  const hotRows = async (sessionId: string): Promise<number> => {
    const [row]: readonly { readonly count: number }[] = await dataSource.query('select count(*)::int as count from journal_entry where session_id = $1', [sessionId]);
    return row?.count ?? 0;
  };
  const rowOf = async (sessionId: string): Promise<{ readonly verdict: string; readonly bundled_at: Date | null }> =>
    (await dataSource.query('select verdict, bundled_at from study_session where id = $1', [sessionId]))[0];
  const send = (path: string, key: string | null = tenant.key, headers: Readonly<Record<string, string>> = {}) =>
    fetch(api.url + path, { headers: { ...headers, ...(key === null ? {} : { authorization: `Bearer ${key}` }) } });
  const reportOf = async (sessionId: string) => (await (await send(`/v1/sessions/${sessionId}/report`)).json()) as SessionReport;

  /** An honest session of the past whose snapshots are in the vault. */
  async function aSession(): Promise<{ readonly id: string; readonly imageIds: readonly string[] }> {
    const id = uuidv7();
    const { story, journal } = tellSession(honest, { sessionId: id });
    const keys = new Map<string, Buffer>();
    const images = new Map<string, string>();
    for (const { event } of journal) {
      if (event.type !== 'snapshot.judged') continue;
      const digestKey = newDigestKey();
      keys.set(event.snapshotId, digestKey);
      const { imageId } = await part(ImageVault).put({ bytes: PICTURE, kind: 'snapshot', sessionId: id, traineeId: enrolled.traineeId, digestKey, meta: { sessionId: id } });
      images.set(event.snapshotId, imageId);
    }
    const events = journal.map(({ event }): SessionEvent => {
      if (event.type === 'snapshot.received') return { ...event, digest: digestOf(keys.get(event.snapshotId) ?? Buffer.alloc(0), PICTURE), bytes: PICTURE.length };
      if (event.type === 'snapshot.judged') return { ...event, imageId: images.get(event.snapshotId) ?? null };
      return event.type === 'liveness.judged' ? { ...event, imageId: null } : event;
    });
    attempt += 1;
    await storeSession(worker, tenant, enrolled, {
      id, openedAt: new Date(`${DAY}T00:00:00Z`), verdict: 'VALID', journal: events, attempt, commitment: story.state.opened.commitment,
      closedAt: new Date(story.state.at),
    });
    return { id, imageIds: [...images.values()] };
  }

  beforeAll(async () => {
    database = await createTestDatabase();
    const config = aConfig({ databaseUrl: database.url });
    dataDir = config.dataDir;
    [api, worker] = await Promise.all([startTestApi(config), startEvidenceWorker(config)]);
    dataSource = part(DataSource);
    tenant = await newTenant(api.app, api.url, '证据平台');
    stranger = await newTenant(api.app, api.url, '别的平台');
    enrolled = await newEnrolled(tenant);
  }, 60_000);
  afterEach(() => void jest.restoreAllMocks());
  afterAll(async () => {
    await worker?.close();
    await api?.close();
    await database.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('take the journal out of the hot table; journal and report stay what they were', async () => {
    const { id } = await aSession();
    const [entries, before] = [await load(id), await reportOf(id)];
    expect(await finalise(id)).toBe('done');
    expect(await hotRows(id)).toBe(0);
    expect((await rowOf(id)).bundled_at).not.toBeNull();
    expect(await load(id)).toEqual(entries);
    const { signature: _was, ...after } = await reportOf(id);
    const { signature: _is, reportId, generatedAt: _at, generatedAtLocal: _local, ...same } = before;
    expect({ ...after, evidence: { ...after.evidence, bundle: null } }).toMatchObject({ ...same, evidence: { ...same.evidence, bundle: null } });
    expect(after.reportId).not.toBe(reportId);
    expect(await finalise(id)).toBe('skipped');
  });

  it('verify offline, with the published keys alone', async () => {
    const { id } = await aSession();
    await finalise(id);
    const text = await (await send(`/v1/sessions/${id}/evidence`)).text();
    const jwks: unknown = await (await send('/.well-known/jwks.json', null)).json();
    const result = await verifyBundle(text, { engine: ENGINE, jwks });
    expect(result.checks.filter(({ outcome }) => outcome === 'FAIL')).toEqual([]);
    expect(result.ok).toBe(true);
    const forged = await verifyBundle(text.replace('"verdict":"VALID"', '"verdict":"INVALID"'), { engine: ENGINE, jwks });
    expect(forged.ok).toBe(false);
  });

  it('name each picture with its session, the server’s time and its number in the schedule, and a changed time shows', async () => {
    const { id } = await aSession();
    await finalise(id);
    const text = await (await send(`/v1/sessions/${id}/evidence`)).text();
    const { manifest } = JSON.parse(text.split('\n')[0]!) as { manifest: BundleManifest };
    const received = (await load(id)).flatMap(({ event }) => (event.type === 'snapshot.received' ? [new Date(event.at).toISOString()] : []));
    const snapshots = manifest.images.filter(({ kind }) => kind === 'SNAPSHOT');
    expect(snapshots.length).toBeGreaterThan(0);
    expect(manifest.sessionId).toBe(id);
    expect(snapshots.map(({ receivedAt }) => receivedAt)).toEqual(received);
    expect(snapshots.map(({ index }) => index)).toEqual(snapshots.map((_, index) => index));
    const moved = text.replace(`"receivedAt":"${received[0]}"`, '"receivedAt":"2020-01-01T00:00:00.000Z"');
    const { checks } = await verifyBundle(moved, { engine: ENGINE, jwks: { keys: [] } });
    expect(checks.find(({ id: check }) => check === 'images')).toMatchObject({ outcome: 'FAIL' });
  });

  it('are given to their platform, named by the hash of the manifest', async () => {
    const { id } = await aSession();
    expect(await (await send(`/v1/sessions/${id}/evidence`)).json()).toMatchObject({ status: 409, code: 'EVIDENCE_PENDING' });
    await finalise(id);
    const answer = await send(`/v1/sessions/${id}/evidence`);
    expect(answer.headers.get('content-type')).toBe('application/x-ndjson');
    const etag = answer.headers.get('etag') ?? '';
    expect(etag).toBe(`"${(await part(Bundles).latest(id))?.manifestHash}"`);
    const again = await send(`/v1/sessions/${id}/evidence`, tenant.key, { 'if-none-match': etag });
    expect([again.status, await again.text()]).toEqual([304, '']);
    expect((await send(`/v1/sessions/${id}/evidence`, stranger.key)).status).toBe(404);
    expect((await send(`/v1/sessions/${id}/evidence`, null)).status).toBe(401);
    const open = uuidv7();
    attempt += 1;
    await storeSession(worker, tenant, enrolled, { id: open, openedAt: new Date(`${DAY}T01:00:00Z`), verdict: 'INCOMPLETE', attempt });
    expect(await (await send(`/v1/sessions/${open}/evidence`)).json()).toMatchObject({ status: 409, code: 'SESSION_OPEN' });
  });

  it.each([
    ['the key cannot be read', () => jest.spyOn(part(SigningKeys), 'current').mockRejectedValueOnce(new Error('crash'))],
    ['the file is not written', () => jest.spyOn(part(BundleStore), 'write').mockRejectedValueOnce(new Error('crash'))],
    ['what was written is not what is read back', () => jest.spyOn(part(BundleStore), 'read').mockResolvedValueOnce('{}')],
    ['the file is written and not recorded', () => afterWriting(part(BundleStore))],
    ['the rows are not released', () => jest.spyOn(part(Journal), 'release').mockRejectedValueOnce(new Error('crash'))],
  ])('lose nothing when %s, and come with the next try', async (_, crash) => {
    const { id } = await aSession();
    const entries = await load(id);
    crash();
    await expect(finalise(id)).rejects.toThrow();
    expect(await hotRows(id)).toBe(entries.length);
    expect(await part(Bundles).latest(id)).toBeNull();
    expect((await rowOf(id)).bundled_at).toBeNull();
    expect(await load(id)).toEqual(entries);
    expect(await finalise(id)).toBe('done');
    expect(await load(id)).toEqual(entries);
  });

  it('are made once when two workers begin together', async () => {
    const { id } = await aSession();
    expect((await Promise.all([finalise(id), finalise(id), finalise(id)])).sort()).toEqual(['done', 'skipped', 'skipped']);
    expect(await dataSource.query('select entries from evidence_bundle where session_id = $1', [id])).toHaveLength(1);
  });

  it('keep a writer out that still believes in the rows they took away', async () => {
    const { id } = await aSession();
    const entries = await load(id);
    const late = chainEntries<SessionEvent>(entries.length - 1, entries.at(-2)?.hash ?? '', [{ type: 'clock.ticked', at: 1 }]);
    await finalise(id);
    await expect(part(Journal).append({ sessionId: id, openedDay: DAY }, late, null)).rejects.toBeInstanceOf(FenceLost);
    expect(await load(id)).toEqual(entries);
  });

  it('are written once: neither record nor rows can be changed around them', async () => {
    const { id } = await aSession();
    await expect(dataSource.query('delete from journal_entry where session_id = $1', [id])).rejects.toThrow(/append-only/);
    await finalise(id);
    for (const statement of ['delete from evidence_bundle where session_id = $1', `update evidence_bundle set manifest_hash = '0' where session_id = $1`]) {
      await expect(dataSource.query(statement, [id])).rejects.toThrow(/written once/);
    }
  });

  it('are told apart from a file that is not the one on record', async () => {
    const [one, other] = [await aSession(), await aSession()];
    await finalise(one.id);
    await finalise(other.id);
    const [bundle, foreign] = [await part(Bundles).latest(one.id), await part(Bundles).latest(other.id)];
    await part(BundleStore).write(bundle?.path ?? '', await part(BundleStore).read(foreign?.path ?? ''));
    await expect(load(one.id)).rejects.toThrow('not the one on record');
  });

  it('grow by what is said after the end: a longer one beside the old, and the verdict follows', async () => {
    const { id } = await aSession();
    await finalise(id);
    const entries = await load(id);
    const review: SessionEvent = {
      type: 'review.decided', at: Date.now(), by: 'reviewer-1', secondBy: 'reviewer-2', outcome: 'IMPOSTOR_CONFIRMED', reasonCode: 'PHOTO_COMPARED', textSha256: 'a'.repeat(64), disputedSeq: null,
    };
    const state = await part(ClosedSessions).append(id, [review]);
    expect(state.verdictHistory.map(({ verdict }) => verdict)).toEqual(['VALID', 'INVALID']);
    expect(await rowOf(id)).toEqual({ verdict: 'INVALID', bundled_at: null });
    expect([await hotRows(id), (await load(id)).length]).toEqual([1, entries.length + 1]);
    expect(await finalise(id)).toBe('done');
    expect(await hotRows(id)).toBe(0);
    expect((await load(id)).slice(0, -1)).toEqual(entries);
    const records: readonly { readonly entries: number; readonly verdict: string }[] = await dataSource.query(
      'select entries, verdict from evidence_bundle where session_id = $1 order by entries', [id]);
    expect(records).toEqual([{ entries: entries.length, verdict: 'VALID' }, { entries: entries.length + 1, verdict: 'INVALID' }]);
    const jwks: unknown = await (await send('/.well-known/jwks.json', null)).json();
    expect(await verifyBundle(await (await send(`/v1/sessions/${id}/evidence`)).text(), { engine: ENGINE, jwks })).toMatchObject({ ok: true });
  });

  it('take no facts while the session is open, and let two that come together chain one behind the other', async () => {
    const open = uuidv7();
    attempt += 1;
    const { journal } = tellSession((story) => story.begins().plays(100_000), { sessionId: open });
    await storeSession(worker, tenant, enrolled, { id: open, openedAt: new Date(`${DAY}T02:00:00Z`), verdict: 'INCOMPLETE', journal: journal.map(({ event }) => event), attempt });
    const voided = (lessonId: string) => ({ type: 'predecessor.voided', at: Date.now(), lessonId, sessionId: open }) as const;
    await expect(part(ClosedSessions).append(open, [voided('a')])).rejects.toMatchObject({ status: 409, code: 'CONFLICT' });
    const { id } = await aSession();
    await Promise.all(['a', 'b', 'c'].map((lessonId) => part(ClosedSessions).append(id, [voided(lessonId)])));
    expect((await load(id)).slice(-3).map(({ event }) => (event.type === 'predecessor.voided' ? event.lessonId : '')).sort()).toEqual(['a', 'b', 'c']);
    expect((await reportOf(id)).evidence.chainIntact).toBe(true);
  });

  it('say which pictures are gone, once; one erased on request is not missing', async () => {
    const { id, imageIds } = await aSession();
    const [row]: readonly { readonly path: string }[] = await dataSource.query('select path from stored_image where id = $1', [imageIds[0]]);
    await rm(join(dataDir, 'images', row?.path ?? ''));
    await finalise(id);
    await finalise(id);
    const missing = (await load(id)).flatMap(({ event }) => (event.type === 'evidence.missing' ? [event] : []));
    expect(missing).toMatchObject([{ imageId: imageIds[0], hasReceipt: true }]);
    const report = await reportOf(id);
    expect(report.snapshots[0]).toMatchObject({ storage: 'MISSING' });
    expect(report.evidence.isReliable).toBe(true);

    const erased = await aSession();
    await erasePictures(worker, enrolled.traineeId);
    await finalise(erased.id);
    expect((await load(erased.id)).some(({ event }) => event.type === 'evidence.missing')).toBe(false);
    expect((await reportOf(erased.id)).snapshots.map(({ storage }) => storage)).toEqual(['ERASED', 'ERASED']);
    // The digests stay and say nothing; chain, signature and verdict are what they were.
    const jwks: unknown = await (await send('/.well-known/jwks.json', null)).json();
    const bundle = await (await send(`/v1/sessions/${erased.id}/evidence`)).text();
    expect(bundle).toContain('"kind":"SNAPSHOT"');
    expect(await verifyBundle(bundle, { engine: ENGINE, jwks })).toMatchObject({ ok: true, verdict: 'VALID' });
  });

  it('rest on digests whose key is sealed while a picture waits for its judgement, and forgotten with one that is not kept', async () => {
    const checks = api.app.get(CheckTasksService);
    const store = async (): Promise<readonly [string, Buffer]> => {
      const [id, digestKey] = [uuidv7(), newDigestKey()];
      await checks.store({
        id, sessionId: uuidv7(), traineeId: enrolled.traineeId, kind: 'snapshot', acts: [], scheduleIndex: 0, receivedAt: Date.now(), digestKey,
        frames: [{ step: 0, clientMonoMs: 0, image: PICTURE }],
      });
      return [id, digestKey];
    };
    const keyOf = async (id: string): Promise<Buffer | null> => {
      const task = await checks.find(id);
      return task === null ? null : checks.digestKeyOf(task);
    };
    const [[judged, key], [erased]] = [await store(), await store()];
    expect(await keyOf(judged)).toEqual(key);
    expect((await checks.find(judged))?.digestKeySealed?.includes(key)).toBe(false);
    const measurement = { failure: null, faceCount: 2, distance: null, luminance: null, sharpness: null, interocularPx: null };
    expect(await checks.settle(judged, { measurement, imageId: null, engine: 'test' })).toBe(true);
    expect(await keyOf(judged)).toBeNull();
    await erasePictures(worker, enrolled.traineeId);
    expect(await keyOf(erased)).toBeNull();
  });

  it('are found to be due by the sweep, whatever became of the job', async () => {
    const { id } = await aSession();
    const queued = jest.spyOn(part(QueueService), 'add').mockResolvedValue();
    await part(EvidenceSweepHandler).handle();
    expect(queued).toHaveBeenCalledWith('session.finalise', { sessionId: id });
    await finalise(id);
    queued.mockClear();
    await part(EvidenceSweepHandler).handle();
    expect(queued).not.toHaveBeenCalledWith('session.finalise', { sessionId: id });
  });
});

/** The process ends when the file is there and the record is not. */
function afterWriting(store: BundleStore): void {
  const write = store.write.bind(store);
  jest.spyOn(store, 'write').mockImplementationOnce(async (...given) => {
    await write(...given);
    throw new Error('crash');
  });
}
