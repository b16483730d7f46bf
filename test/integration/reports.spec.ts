import { createHash, createPublicKey, randomBytes, verify } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import canonicalize from 'canonicalize';
import sharp from 'sharp';
import { DataSource } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { digestOf, newDigestKey } from '../../src/evidence/image-digest.js';
import { ImageVault } from '../../src/evidence/image-vault.js';
import { GENESIS_HASH } from '../../src/evidence/proof/chain.js';
import { type PublishedKey, SigningKeys } from '../../src/evidence/signing-keys.js';
import { type SessionReport, sessionReportSchema } from '../../src/reports/report.schema.js';
import type { SessionList } from '../../src/reports/reports.schemas.js';
import type { SessionEvent } from '../../src/rules/event.js';
import { type TestApi, startTestApi } from '../support/api.js';
import { aConfig } from '../support/config.js';
import { erasePictures } from '../support/erase-pictures.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { type Enrolled, newEnrolled, newTenant, type PastSession, storeSession, type Tenant } from '../support/past-session.js';
import { honest, missesPopups, SESSION_ID, tellSession } from '../support/sample-report.js';

const JPEG = await sharp({ create: { width: 320, height: 240, channels: 3, background: '#864' } }).jpeg().toBuffer();
const DAY = '2026-11-23';

describe('reports over HTTP', () => {
  let database: TestDatabase;
  let api: TestApi;
  let tenant: Tenant;
  let stranger: Tenant;
  let enrolled: Enrolled;
  let imageId: string;

  const send = (path: string, who: Tenant | null = tenant, accept = 'application/json') =>
    fetch(api.url + path, { headers: { accept, ...(who === null ? {} : { authorization: `Bearer ${who.key}` }) } });
  const json = async <T>(path: string, who: Tenant | null = tenant) => (await (await send(path, who)).json()) as T;

  const keySet = async () => (await json<{ keys: readonly PublishedKey[] }>('/.well-known/jwks.json', null)).keys;

  /** RFC 7515, appendix F, with the published keys and nothing but `node:crypto`. */
  async function isSigned({ signature, ...report }: SessionReport): Promise<boolean> {
    const [header = '', , value = ''] = signature.jws.split('.');
    const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: string };
    const jwk = (await keySet()).find((published) => published.kid === kid);
    if (jwk === undefined || signature.keyId !== kid) return false;
    const text = `${header}.${Buffer.from(canonicalize(report) ?? '').toString('base64url')}`;
    return verify(null, Buffer.from(text), createPublicKey({ key: { ...jwk }, format: 'jwk' }), Buffer.from(value, 'base64url'));
  }

  const store = (id: string, given: Omit<PastSession, 'id'>): Promise<void> => storeSession(api.app, tenant, enrolled, { id, ...given });

  beforeAll(async () => {
    database = await createTestDatabase();
    api = await startTestApi(aConfig({ databaseUrl: database.url }));
    tenant = await newTenant(api.app, api.url, '报告平台');
    stranger = await newTenant(api.app, api.url, '别的平台');
    enrolled = await newEnrolled(tenant);
    const { traineeId } = enrolled;
    const digestKey = newDigestKey();
    const kept = await api.app.get(ImageVault).put({ bytes: JPEG, kind: 'snapshot', sessionId: SESSION_ID, traineeId, digestKey, meta: { index: 0 } });
    imageId = kept.imageId;
    const { story, journal } = tellSession(honest);
    // The first snapshot is the picture that is kept; the others were never stored.
    const first = journal.find(({ event }) => event.type === 'snapshot.judged')?.event;
    const snapshotId = first?.type === 'snapshot.judged' ? first.snapshotId : '';
    const events = journal.map(({ event }): SessionEvent => {
      if (event.type === 'snapshot.received' && event.snapshotId === snapshotId) return { ...event, digest: digestOf(digestKey, JPEG), bytes: JPEG.length };
      if (event.type === 'snapshot.judged' && event.snapshotId === snapshotId) return { ...event, imageId };
      return event;
    });
    await store(SESSION_ID, { openedAt: new Date(`${DAY}T00:00:00Z`), verdict: 'VALID', journal: events, commitment: story.state.opened.commitment });
  }, 90_000);
  afterAll(async () => {
    await api?.close();
    await database.close();
  });

  it('gives the report as signed JSON that keeps to its schema and verifies with the published key', async () => {
    const report = await json<SessionReport>(`/v1/sessions/${SESSION_ID}/report`);
    expect(sessionReportSchema.safeParse(report).error).toBeUndefined();
    expect(report).toMatchObject({
      verdict: { policy: 'VALID' }, platform: { name: '报告平台' }, trainee: { nameMasked: '李****' }, evidence: { isReliable: true },
      randomness: { scheduleMatchesCommitment: true }, attempts: [{ sessionId: SESSION_ID, isThis: true }],
    });
    expect(report.snapshots.map(({ storage }) => storage)).toEqual(['PRESENT', 'MISSING']);
    expect(await isSigned(report)).toBe(true);
    expect(await isSigned({ ...report, engineVersion: '9' })).toBe(false);
  });

  it('signs with a new key after a rotation, and what the retired one signed stays verifiable', async () => {
    const [first] = await keySet();
    const before = await json<SessionReport>(`/v1/sessions/${SESSION_ID}/report`);
    const keys = api.app.get(SigningKeys);
    const [one, two] = await Promise.all([keys.rotate(), keys.rotate()]);
    const after = await json<SessionReport>(`/v1/sessions/${SESSION_ID}/report`);
    expect(before.signature.keyId).toBe(first?.kid);
    expect([one, two]).toContain(after.signature.keyId);
    const published = await keySet();
    expect(new Set(published.map(({ kid }) => kid))).toEqual(new Set([first?.kid, one, two]));
    expect(published.filter(({ exp }) => exp === undefined).map(({ kid }) => kid)).toEqual([after.signature.keyId]);
    expect(JSON.stringify(published)).not.toContain('"d"');
    expect(await isSigned(before)).toBe(true);
    expect(await isSigned(after)).toBe(true);
    expect(await isSigned({ ...after, signature: { ...after.signature, jws: before.signature.jws } })).toBe(false);
  });

  it('gives it as a page to whoever prefers HTML, with a policy under which nothing can run', async () => {
    for (const answer of [await send(`/v1/sessions/${SESSION_ID}/report`, tenant, 'text/html,application/xhtml+xml,*/*;q=0.8'), await send(`/v1/sessions/${SESSION_ID}/report?format=html`)]) {
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toContain('text/html');
      expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/);
      expect(answer.headers.get('cache-control')).toContain('no-store');
      const page = await answer.text();
      expect(page).toContain('<img src="data:image/jpeg;base64,');
      expect(page).toContain('有效');
    }
    expect((await send(`/v1/sessions/${SESSION_ID}/report?format=json`, tenant, 'text/html')).headers.get('content-type')).toContain('application/json');
    expect((await send(`/v1/sessions/${SESSION_ID}/report`, tenant, '*/*')).headers.get('content-type')).toContain('application/json');
  });

  it('gives the journal of a closed session in lines from which the chain can be recomputed', async () => {
    const answer = await send(`/v1/sessions/${SESSION_ID}/journal`);
    expect(answer.headers.get('content-type')).toContain('application/x-ndjson');
    const lines = (await answer.text()).trimEnd().split('\n').map((line) => JSON.parse(line) as { seq: number; hash: string; body: string });
    let hash = GENESIS_HASH;
    for (const [index, line] of lines.entries()) {
      hash = createHash('sha256').update(`${hash}\n${line.body}`).digest('hex');
      expect(line).toMatchObject({ seq: index + 1, hash });
    }
    expect((await json<SessionReport>(`/v1/sessions/${SESSION_ID}/report`)).evidence).toMatchObject({ headHash: hash, entries: lines.length });
  });

  it('keeps the journal of an open session to itself, and shows in its report only what has come', async () => {
    const id = uuidv7();
    const { journal } = tellSession((story) => story.begins().plays(100_000), { sessionId: id });
    await store(id, { openedAt: new Date(`${DAY}T01:00:00Z`), verdict: 'INCOMPLETE', journal: journal.map(({ event }) => event), attempt: 2, commitment: 'x' });
    const refused = await send(`/v1/sessions/${id}/journal`);
    expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([409, 'CONFLICT']);
    const report = await json<SessionReport>(`/v1/sessions/${id}/report`);
    expect(report).toMatchObject({ verdict: { policy: 'INCOMPLETE' }, randomness: { seed: null } });
    expect(report.attempts.map(({ attempt }) => attempt)).toEqual([1, 2]);
  });

  it('shows pictures on the page to a named viewer, with a watermark, on record', async () => {
    const pictureOf = async (query: string) => /<img src="data:image\/jpeg;base64,([^"]+)"/.exec(await (await send(`/v1/sessions/${SESSION_ID}/report?format=html${query}`)).text())?.[1];
    const [one, other] = [await pictureOf('&viewer=staff-1'), await pictureOf('&viewer=staff-2')];
    expect(one).toBeDefined();
    expect(one).not.toBe(other);
    expect(Buffer.from(one ?? '', 'base64')).not.toEqual(JPEG);
    const looks = await api.app.get(DataSource).query('select viewer, purpose from image_access where image_id = $1 and viewer like $2 order by viewer', [imageId, 'staff-%']);
    expect(looks).toEqual([{ viewer: 'staff-1', purpose: 'REPORT' }, { viewer: 'staff-2', purpose: 'REPORT' }]);
  });

  it('tells another platform, and one without a key, nothing', async () => {
    for (const path of ['report', 'report?format=html', 'journal']) {
      expect((await send(`/v1/sessions/${SESSION_ID}/${path}`, stranger)).status).toBe(404);
      expect((await send(`/v1/sessions/${SESSION_ID}/${path}`, null)).status).toBe(401);
    }
    expect(await json<SessionList>('/v1/reports/sessions', stranger)).toEqual({ sessions: [], nextCursor: null });
    expect((await send('/v1/reports/sessions', null)).status).toBe(401);
  });

  it('notices a journal changed in the database', async () => {
    const id = uuidv7();
    const { journal } = tellSession(missesPopups, { sessionId: id });
    await store(id, { openedAt: new Date(`${DAY}T02:00:00Z`), verdict: 'INVALID', rule: 'R3', journal: journal.map(({ event }) => event), attempt: 3 });
    const dataSource = api.app.get(DataSource);
    const change = `update journal_entry set body = replace(body, '"index":0', '"index":1') where session_id = $1 and type = 'popup.issued'`;
    await expect(dataSource.query(change, [id])).rejects.toThrow(/append-only/);
    await dataSource.query(`set session_replication_role = replica; ${change.replace('$1', `'${id}'`)}; set session_replication_role = default`);
    expect((await json<SessionReport>(`/v1/sessions/${id}/report`)).evidence).toMatchObject({ chainIntact: false, isReliable: false });
    expect(await (await send(`/v1/sessions/${id}/report?format=html`)).text()).toContain('role="alert"');
  });

  it('says that pictures are erased once the trainee’s are erased', async () => {
    await erasePictures(api.app, enrolled.traineeId);
    const report = await json<SessionReport>(`/v1/sessions/${SESSION_ID}/report`);
    expect(report.snapshots[0]).toMatchObject({ storage: 'ERASED', outcome: 'QUALIFIED' });
    expect(report.erasures).toMatchObject([{ imageId, ground: 'REQUEST', rule: null }]);
    expect(await (await send(`/v1/sessions/${SESSION_ID}/report?format=html`)).text()).toContain('已应要求删除');
    expect(report.evidence.isReliable).toBe(true);
  });

  describe('the list of sessions', () => {
    beforeAll(async () => {
      // Two of each pair share the instant, so that only the id tells them apart.
      for (let index = 0; index < 40; index += 1) {
        const openedAt = new Date(Date.parse('2026-12-01T00:00:00Z') + Math.floor(index / 2) * 3_600_000);
        const verdict = index % 5 === 0 ? 'INVALID' : 'VALID';
        await store(uuidv7(), { openedAt, verdict, attempt: 100 + index, ...(verdict === 'INVALID' ? { rule: index % 10 === 0 ? 'R1' : 'R6' } : {}) });
      }
    });

    async function walk(query: string): Promise<SessionList['sessions']> {
      const seen: SessionList['sessions'] = [];
      for (let cursor: string | null = ''; cursor !== null; ) {
        const page: SessionList = await json<SessionList>(`/v1/reports/sessions?${query}${cursor === '' ? '' : `&cursor=${cursor}`}`);
        seen.push(...page.sessions);
        cursor = page.nextCursor;
      }
      return seen;
    }

    it('walks through all of them once, newest first', async () => {
      const seen = await walk('from=2026-12-01&limit=7');
      expect(seen).toHaveLength(40);
      expect(new Set(seen.map(({ sessionId }) => sessionId)).size).toBe(40);
      const order = seen.map(({ openedAt, sessionId }) => `${openedAt} ${sessionId}`);
      expect(order).toEqual([...order].sort().reverse());
    });

    it('filters by verdict, rule and days of Asia/Shanghai', async () => {
      expect(await walk('from=2026-12-01&verdict=INVALID&limit=3')).toHaveLength(8);
      expect((await walk('from=2026-12-01&rule=R1&limit=1')).map(({ failedRule }) => failedRule)).toEqual(['R1', 'R1', 'R1', 'R1']);
      // The first of December in Nanyang ends at 16:00 UTC.
      expect(await walk('from=2026-12-01&to=2026-12-01')).toHaveLength(32);
      expect(await walk('from=2026-12-01T03:00:00%2B00:00&to=2026-12-01T05:00:00Z')).toHaveLength(4);
    });

    it('refuses what it does not know', async () => {
      for (const query of ['limit=0', 'limit=201', 'limit=x', 'verdict=GOOD', 'rule=R1%27', 'from=yesterday', 'sort=asc', 'cursor=abc', `cursor=${Buffer.from('["x","y"]').toString('base64url')}`, 'limit=1&limit=2']) {
        const answer = await send(`/v1/reports/sessions?${query}`);
        expect([query, answer.status]).toEqual([query, 400]);
        expect(await answer.json()).toMatchObject({ code: 'VALIDATION_FAILED' });
      }
    });

    it('looks at no more rows than the index gives it', async () => {
      const dataSource = api.app.get(DataSource);
      await dataSource.query('set enable_seqscan = off');
      const plan: readonly { readonly 'QUERY PLAN': string }[] = await dataSource.query(
        `explain select * from study_session where platform_id = $1 and (opened_at, id) < ($2, $3) order by opened_at desc, id desc limit 50`,
        [tenant.id, new Date(), uuidv7()],
      );
      const text = plan.map((line) => line['QUERY PLAN']).join('\n');
      expect(text).toContain('ix_study_session_platform_opened');
      expect(text).not.toContain('Sort');
    });
  });

  it('describes itself in the OpenAPI document', async () => {
    const document = await json<{ paths: Record<string, unknown> }>('/api-json', null);
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining(['/v1/sessions/{id}/report', '/v1/sessions/{id}/journal', '/v1/images/{id}', '/v1/reports/sessions', '/v1/enrolments/{id}/class-hours', '/.well-known/jwks.json']),
    );
    expect(JSON.stringify(document.paths['/v1/sessions/{id}/report'])).toContain('scheduleMatchesCommitment');
    expect(JSON.stringify(document.paths['/v1/enrolments/{id}/class-hours'])).toContain('countedHours');
  });

  it('refuses questions it does not know', async () => {
    expect((await send(`/v1/sessions/${SESSION_ID}/report?format=pdf`)).status).toBe(400);
    expect((await send(`/v1/sessions/${SESSION_ID}/report?verbose=1`)).status).toBe(400);
    expect((await send(`/v1/sessions/${randomBytes(4).toString('hex')}/report`)).status).toBe(400);
    expect((await send(`/v1/sessions/${uuidv7()}/report`)).status).toBe(404);
  });
});
