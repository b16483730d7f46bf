import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPlatformKey } from '../../src/identity/create-platform.js';
import {
  aTrainee,
  type Call,
  NOWHERE,
  startTrainingApi,
  type TrainingApi,
} from '../support/training-api.js';

let api: TrainingApi;
let anonymous: Call;

beforeAll(async () => {
  api = await startTrainingApi();
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

  it('guard every route but the texts that anyone may read', async () => {
    const routes = Object.entries(api.document.paths).flatMap(([path, item]) =>
      path === '/v1/consent-texts' ? [] : Object.keys(item).map((method) => [method.toUpperCase(), path.replace(/\{\w+\}/g, NOWHERE)] as const),
    );
    expect(routes.length).toBeGreaterThanOrEqual(9);
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
