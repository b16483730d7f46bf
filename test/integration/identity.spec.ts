import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ConsentsAnswer } from '../../src/identity/consent.schemas.js';
import { ConsentService } from '../../src/identity/consent.service.js';
import { createPlatformKey } from '../../src/identity/create-platform.js';
import {
  aConsent,
  aTrainee,
  type Call,
  create,
  type Fields,
  newTrainee,
  NOWHERE,
  startTrainingApi,
  type TrainingApi,
} from '../support/training-api.js';

let api: TrainingApi;
let one: Call;
let anonymous: Call;

beforeAll(async () => {
  api = await startTrainingApi();
  one = await api.callerOf('平台一');
  anonymous = api.callerWith(null);
}, 60_000);
afterAll(() => api?.close());

describe('platform keys', () => {
  it.each([
    ['no key', {}],
    ['another scheme', { authorization: 'Basic dXNlcjpwYXNz' }],
    ['a key of another shape', { authorization: 'Bearer secret' }],
    ['a key nobody issued', { authorization: `Bearer xjk_${'A'.repeat(43)}` }],
  ])('%s is answered 401', async (_name, headers) => {
    const answer = await anonymous('POST', '/v1/trainees', aTrainee(), headers as Record<string, string>);
    expect(answer).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
    expect(answer.contentType).toContain('application/problem+json');
  });

  it('guard every route', async () => {
    const routes = Object.entries(api.document.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => [method.toUpperCase(), path.replace(/\{\w+\}/g, NOWHERE)] as const),
    );
    expect(routes.length).toBeGreaterThanOrEqual(11);
    for (const [method, path] of routes) expect(await anonymous(method, path)).toMatchObject({ status: 401 });
  });

  it('are answered 403 once revoked, while the platform’s other key still opens', async () => {
    const { id } = await api.platforms.create('平台三');
    const [old, fresh] = [await api.platforms.issueKey(id), await api.platforms.issueKey(id)];
    expect(await api.callerWith(old.key)('GET', '/v1/policies')).toMatchObject({ status: 200 });
    await api.platforms.revokeKey(old.keyId);
    expect(await api.callerWith(old.key)('GET', '/v1/policies')).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
    expect(await api.callerWith(fresh.key)('GET', '/v1/policies')).toMatchObject({ status: 200 });
  });

  it('are kept as a hash only, and their use is noted without a write on each call', async () => {
    const { key } = await api.platforms.issueKey((await api.platforms.create('平台四')).id);
    const stored = async () => {
      const sql = `select k.* from platform_key k join platform p on p.id = k.platform_id where p.name = '平台四'`;
      return (await api.rows<{ key_hash: Buffer; last_used_at: Date | null }>(sql))[0]!;
    };
    expect((await stored()).key_hash).toEqual(createHash('sha256').update(key).digest());
    expect(Object.values(await stored()).join(' ')).not.toContain(key);
    await api.callerWith(key)('GET', '/v1/policies');
    const first = (await stored()).last_used_at;
    await api.callerWith(key)('GET', '/v1/policies');
    expect(first).toBeInstanceOf(Date);
    expect((await stored()).last_used_at).toEqual(first);
  });

  it('come from the command for operators, also for a platform that exists', async () => {
    const first = await createPlatformKey(api.database.url, '平台五');
    const second = await createPlatformKey(api.database.url, ' 平台五 ');
    expect(second.platformId).toBe(first.platformId);
    expect(second.key).not.toBe(first.key);
    for (const { key } of [first, second]) expect(await api.callerWith(key)('GET', '/v1/policies')).toMatchObject({ status: 200 });
  });
});

describe('consents', () => {
  const path = async (call: Call = one) => `/v1/trainees/${(await newTrainee(call)).traineeId}/consents`;
  const recordsOf = async (route: string) => (await one<ConsentsAnswer>('GET', route)).body.consents;
  const give = (route: string, ...consents: readonly Fields[]) => create<ConsentsAnswer>(one, route, { consents });
  const idIn = (route: string): string => route.split('/')[3]!;

  it('are given one purpose at a time or several, each with its text', async () => {
    const consents = api.app.get(ConsentService);
    const route = await path();
    const answer = await give(route, aConsent(), aConsent({ purpose: 'SNAPSHOT_RETENTION', textVersion: '2026-02' }));
    expect(answer.consents).toMatchObject([
      { ...aConsent(), at: expect.any(String), withdrawnAt: null },
      { purpose: 'SNAPSHOT_RETENTION', textVersion: '2026-02' },
    ]);
    expect(await consents.hasActive(idIn(route), 'FACE_VERIFICATION')).toBe(true);
    expect(await consents.hasActive(idIn(route), 'SUPERVISION_TRANSFER')).toBe(false);
  });

  it('are recorded once for the same text and again for another', async () => {
    const route = await path();
    const atOnce = <T>(send: () => Promise<T>) => Promise.all(Array.from({ length: 8 }, send));
    // Opens the connections of the pool; else the first request is through before the second has one.
    await atOnce(() => recordsOf(route));
    await atOnce(() => give(route, aConsent()));
    expect(await recordsOf(route)).toHaveLength(1);
    await give(route, aConsent({ textHash: 'cd'.repeat(32) }));
    expect(await recordsOf(route)).toHaveLength(2);
  });

  it('end when withdrawn, stay on record, and can be given anew', async () => {
    const consents = api.app.get(ConsentService);
    const route = await path();
    await give(route, aConsent(), aConsent({ purpose: 'SUPERVISION_TRANSFER' }));
    expect(await one('DELETE', `${route}/FACE_VERIFICATION`)).toMatchObject({ status: 204 });
    expect(await consents.hasActive(idIn(route), 'FACE_VERIFICATION')).toBe(false);
    expect(await consents.hasActive(idIn(route), 'SUPERVISION_TRANSFER')).toBe(true);
    const [record] = await recordsOf(route);
    expect(record!.withdrawnAt).toEqual(expect.any(String));
    expect(await one('DELETE', `${route}/FACE_VERIFICATION`)).toMatchObject({ status: 204 });
    expect((await recordsOf(route))[0]!.withdrawnAt).toBe(record!.withdrawnAt);
    await give(route, aConsent());
    expect(await consents.hasActive(idIn(route), 'FACE_VERIFICATION')).toBe(true);
    expect(await recordsOf(route)).toHaveLength(3);
  });

  it.each([
    ['none', { consents: [] }],
    ['one purpose twice', { consents: [aConsent(), aConsent({ textVersion: '2' })] }],
    ['a purpose that does not exist', { consents: [aConsent({ purpose: 'ALL' })] }],
    ['a version that no database can hold', { consents: [aConsent({ textVersion: '1\u0000' })] }],
    ['a text without a hash', { consents: [aConsent({ textHash: 'x' })] }],
    ['a time of the caller’s own', { consents: [aConsent({ at: '2020-01-01T00:00:00Z' })] }],
    ['no list', aConsent()],
  ])('refuse %s', async (_name, body) => {
    expect(await one('POST', await path(), body)).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } });
  });

  it('refuse to withdraw from a purpose that does not exist', async () => {
    expect(await one('DELETE', `${await path()}/ALL`)).toMatchObject({ status: 400 });
  });
});
