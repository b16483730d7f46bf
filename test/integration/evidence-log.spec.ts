import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { DataSource } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { ENGINE_VERSION } from '../../src/common/engine-version.js';
import { SessionFinaliseHandler } from '../../src/evidence/bundle/session-finalise.handler.js';
import { LogSealHandler } from '../../src/evidence/log/log-seal.handler.js';
import type { Consistency, Heads, PublishedHead } from '../../src/evidence/log/log.schemas.js';
import type { SessionProof } from '../../src/evidence/log/session-log.js';
import { leafData, type TreeHead } from '../../src/evidence/proof/format.js';
import { leafHash, rootFromInclusion, rootOf, verifyConsistency } from '../../src/evidence/proof/merkle.js';
import { verifyTimestamp } from '../../src/evidence/proof/timestamp.js';
import { verifyBundle } from '../../src/evidence/proof/verify.js';
import { SigningKeys } from '../../src/evidence/signing-keys.js';
import type { SessionReport } from '../../src/reports/report.schema.js';
import { type TestApi, startTestApi } from '../support/api.js';
import { aConfig } from '../support/config.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { startEvidenceWorker } from '../support/evidence-worker.js';
import { type Enrolled, newEnrolled, newTenant, storeSession, type Tenant } from '../support/past-session.js';
import { honest, tellSession } from '../support/sample-report.js';
import { startTestAuthority, type TestAuthority } from '../support/timestamp-authority.js';

describe('the public log', () => {
  let database: TestDatabase;
  let tsa: TestAuthority;
  let api: TestApi;
  let worker: TestingModule;
  let tenant: Tenant;
  let enrolled: Enrolled;
  let dataSource: DataSource;
  let attempt = 0;

  const part = <T>(type: new (...given: never[]) => T): T => worker.get(type as new (...given: unknown[]) => T, { strict: false });
  const seal = () => part(LogSealHandler).handle();
  const json = async <T>(path: string, key: string | null = null) =>
    (await (await fetch(api.url + path, { headers: key === null ? {} : { authorization: `Bearer ${key}` } })).json()) as T;
  const latest = () => json<PublishedHead>('/v1/log/heads/latest');
  const leaves = async (): Promise<readonly string[]> => {
    const rows: readonly { readonly body: string }[] = await dataSource.query('select body from log_leaf order by index');
    return rows.map(({ body }) => leafHash(Buffer.from(body)));
  };

  /** A session that was opened and left; nothing more is known of it. */
  async function abandoned(): Promise<string> {
    const id = uuidv7();
    attempt += 1;
    await storeSession(worker, tenant, enrolled, { id, openedAt: new Date(Date.parse('2026-11-20T00:00:00Z') + attempt), verdict: 'INCOMPLETE', attempt });
    return id;
  }

  async function closed(): Promise<string> {
    const id = uuidv7();
    attempt += 1;
    const { story, journal } = tellSession(honest, { sessionId: id });
    const { opened } = story.state;
    const events = journal.map(({ event }) => (event.type === 'snapshot.judged' || event.type === 'liveness.judged' ? { ...event, imageId: uuidv7() } : event));
    await storeSession(worker, tenant, enrolled, {
      id, openedAt: new Date(opened.at), closedAt: new Date(story.state.at), verdict: 'VALID', journal: events, attempt, commitment: opened.commitment,
    });
    await part(SessionFinaliseHandler).handle({ sessionId: id });
    return id;
  }

  beforeAll(async () => {
    [database, tsa] = await Promise.all([createTestDatabase(), startTestAuthority()]);
    const config = aConfig({ databaseUrl: database.url, tsa });
    [api, worker] = await Promise.all([startTestApi(config), startEvidenceWorker(config)]);
    dataSource = part(DataSource);
    tenant = await newTenant(api.app, api.url, '日志平台');
    enrolled = await newEnrolled(tenant);
  }, 60_000);
  afterAll(async () => {
    await worker?.close();
    await api?.close();
    await tsa?.close();
    await database.close();
  });

  it('is empty at first, and a sealing with nothing to seal signs nothing', async () => {
    expect(await json('/v1/log/heads/latest')).toMatchObject({ status: 404 });
    expect(await seal()).toBe('skipped');
    expect(await json<Heads>('/v1/log/heads')).toEqual({ heads: [], nextBelow: null });
  });

  it('takes in every session that was opened, abandoned ones too, and every bundle', async () => {
    const [left, done] = [await abandoned(), await closed()];
    expect(await seal()).toBe('done');
    const { treeHead, stamping } = await latest();
    expect(treeHead).toMatchObject({ treeSize: 3, rootHash: rootOf(await leaves()) });
    expect(stamping).toMatchObject({ status: 'STAMPED', failure: null });
    const proofs = await Promise.all([left, done].map((id) => json<SessionProof>(`/v1/log/proof?sessionId=${id}`)));
    expect(proofs.map(({ leaves: own }) => own.map(({ leaf }) => leaf.kind))).toEqual([['OPENED'], ['OPENED', 'CLOSED']]);
    for (const { leafIndex, leaf, inclusionPath } of proofs.flatMap(({ leaves: own }) => own)) {
      expect(rootFromInclusion(leafHash(leafData(leaf)), leafIndex, treeHead.treeSize, inclusionPath)).toBe(treeHead.rootHash);
    }
    expect(await seal()).toBe('skipped');
    expect((await latest()).treeHead).toEqual(treeHead);
  });

  it('grows by appending: each head is proved to be the beginning of the next', async () => {
    const heads: TreeHead[] = [(await latest()).treeHead];
    for (const count of [1, 4, 7]) {
      for (let index = 0; index < count; index += 1) await abandoned();
      await seal();
      heads.push((await latest()).treeHead);
    }
    expect(heads.at(-1)?.rootHash).toBe(rootOf(await leaves()));
    for (const older of heads) {
      for (const newer of heads.filter(({ treeSize }) => treeSize >= older.treeSize)) {
        const { path } = await json<Consistency>(`/v1/log/consistency?from=${older.treeSize}&to=${newer.treeSize}`);
        expect(verifyConsistency(older.treeSize, newer.treeSize, older.rootHash, newer.rootHash, path)).toBe(true);
        expect(path.length).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(newer.treeSize + 1)));
      }
    }
    const first = await json<Heads>('/v1/log/heads?limit=3');
    const rest = await json<Heads>(`/v1/log/heads?limit=3&below=${first.nextBelow}`);
    expect([...first.heads, ...rest.heads].map(({ treeHead }) => treeHead.treeSize)).toEqual(heads.map(({ treeSize }) => treeSize).reverse());
    expect(rest.nextBelow).toBeNull();
  });

  it('is not forked by workers that seal at the same time', async () => {
    const before = (await latest()).treeHead.treeSize;
    for (let index = 0; index < 6; index += 1) await abandoned();
    const outcomes = await Promise.all([seal(), seal(), seal(), seal()]);
    expect(outcomes.filter((outcome) => outcome === 'done').length).toBeGreaterThan(0);
    const { treeHead } = await latest();
    expect(treeHead).toMatchObject({ treeSize: before + 6, rootHash: rootOf(await leaves()) });
    const listed: readonly { readonly count: number }[] = await dataSource.query('select count(*)::int as count from log_leaf group by body having count(*) > 1');
    expect(listed).toEqual([]);
  });

  it('holds nothing of a sealing that broke off, and takes everything in the next time', async () => {
    const size = (await leaves()).length;
    const id = await abandoned();
    jest.spyOn(dataSource.manager.constructor.prototype, 'insert').mockRejectedValueOnce(new Error('crash'));
    await expect(seal()).rejects.toThrow('crash');
    jest.restoreAllMocks();
    expect(await leaves()).toHaveLength(size);
    expect(await seal()).toBe('done');
    expect((await json<SessionProof>(`/v1/log/proof?sessionId=${id}`)).leaves).toHaveLength(1);
  });

  it('cannot be changed afterwards', async () => {
    for (const statement of ['delete from log_leaf', `update log_leaf set body = '{}'`, 'delete from log_node', `update log_node set hash = '0'`]) {
      await expect(dataSource.query(statement)).rejects.toThrow(/append-only/);
    }
  });

  it('is proved in the report, which a verifier accepts with the bundle, the keys and the authority’s root', async () => {
    const id = await closed();
    const reportOf = () => json<SessionReport>(`/v1/sessions/${id}/report`, tenant.key);
    expect((await reportOf()).evidence.log).toBeNull();
    await seal();
    const report = await reportOf();
    expect(report.evidence.log?.treeHead).toEqual((await latest()).treeHead);
    expect(report.evidence.bundle).toMatchObject({ entries: report.evidence.entries });
    const bundle = await (await fetch(`${api.url}/v1/sessions/${id}/evidence`, { headers: { authorization: `Bearer ${tenant.key}` } })).text();
    const result = await verifyBundle(bundle, { engine: { version: ENGINE_VERSION }, report, jwks: await json('/.well-known/jwks.json') });
    expect(result.checks.filter(({ outcome }) => outcome === 'FAIL')).toEqual([]);
    expect(result.checks.find(({ id: name }) => name === 'log.inclusion')?.outcome).toBe('PASS');
    expect(result.ok).toBe(true);
  });

  it('has its head signed without a time stamp when the authority fails, says so, and has it stamped later', async () => {
    await abandoned();
    tsa.behave('REFUSES');
    expect(await seal()).toBe('done');
    expect(await latest()).toMatchObject({ treeHead: { timestampToken: null }, stamping: { status: 'PENDING', tries: 1, failure: 'TSA_REFUSED' } });
    tsa.behave('WRONG_IMPRINT');
    await seal();
    expect((await latest()).stamping).toMatchObject({ status: 'PENDING', tries: 2, failure: 'TSA_TOKEN_WRONG' });
    tsa.behave(null);
    expect(await seal()).toBe('done');
    const { treeHead, stamping } = await latest();
    expect(stamping).toMatchObject({ status: 'STAMPED', failure: null });
    const answer = await verifyTimestamp(Buffer.from(treeHead.timestampToken ?? '', 'base64'), treeHead.rootHash);
    expect(answer.authority).toBe('Test TSA');
  });

  it('keeps an old head verifiable after the key was rotated', async () => {
    const { treeHead } = await latest();
    await part(SigningKeys).rotate();
    await abandoned();
    await seal();
    const { keys } = await json<{ keys: readonly { kid: string }[] }>('/.well-known/jwks.json');
    const kidOf = ({ jws }: TreeHead): string => (JSON.parse(Buffer.from(jws.split('.')[0] ?? '', 'base64url').toString()) as { kid: string }).kid;
    const kids = [treeHead, (await latest()).treeHead].map(kidOf);
    expect(new Set(kids).size).toBe(2);
    expect(keys.map(({ kid }) => kid)).toEqual(expect.arrayContaining(kids));
  });

  it('answers nobody’s questions it does not know', async () => {
    for (const path of ['heads?limit=0', 'heads?below=x', 'proof', 'proof?sessionId=1', 'consistency?from=0&to=1', 'consistency?from=2&to=1', 'consistency?from=1&to=99999']) {
      expect([path, (await fetch(`${api.url}/v1/log/${path}`)).status]).toEqual([path, 400]);
    }
    expect((await fetch(`${api.url}/v1/log/proof?sessionId=${uuidv7()}`)).status).toBe(404);
  });
});
