import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Config } from '../../src/config/config.js';
import { seedDemo, type SeedParts } from '../../src/demo/seed.js';
import { consentTextFor } from '../../src/identity/consent-texts.js';
import { PlatformsService } from '../../src/identity/platforms.service.js';
import { CoursesService } from '../../src/training/courses.service.js';
import { EnrolmentsService } from '../../src/training/enrolments.service.js';
import { TraineesService } from '../../src/training/trainees.service.js';
import { startTestApi, type TestApi } from '../support/api.js';
import { aConfig } from '../support/config.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

describe('sample platform', () => {
  let database: TestDatabase;
  let config: Config;
  let api: TestApi;
  let parts: SeedParts;

  beforeAll(async () => {
    database = await createTestDatabase();
    config = aConfig({ databaseUrl: database.url, demo: true });
    api = await startTestApi(config);
    parts = {
      dataDir: config.dataDir,
      platforms: api.app.get(PlatformsService, { strict: false }),
      trainees: api.app.get(TraineesService, { strict: false }),
      courses: api.app.get(CoursesService, { strict: false }),
      enrolments: api.app.get(EnrolmentsService, { strict: false }),
    };
  }, 120_000);

  afterAll(async () => {
    await api.close();
    await database.close();
  });

  const ask = (path: string, init?: RequestInit): Promise<Response> => fetch(`${api.url}/demo/api/${path}`, init);
  const post = (path: string, body: object): Promise<Response> =>
    ask(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  const codeOf = async (response: Response): Promise<string> => ((await response.json()) as { code: string }).code;

  it('says that it has not been seeded rather than failing', async () => {
    const response = await ask('overview');
    expect([response.status, await codeOf(response)]).toEqual([503, 'UNAVAILABLE']);
  });

  it('is seeded once: again changes nothing, and the key is for the owner of its file alone', async () => {
    const first = await seedDemo(parts);
    expect(await seedDemo(parts)).toEqual(first);
    expect(first.courses.map(({ policyId, lessons }) => [policyId, lessons.length])).toEqual([['demo', 3], ['cn-henan-nanyang-2022', 1]]);
    expect(first.courses[1]?.lessons[0]?.durationMs).toBeGreaterThanOrEqual(360_000);
    expect(statSync(join(config.dataDir, 'demo.json')).mode & 0o777).toBe(0o600);
  });

  it('gets a new key when the old one opens nothing any more, and keeps its courses', async () => {
    const before = await seedDemo(parts);
    await database.open().then((dataSource) => dataSource.query('update platform_key set revoked_at = now() where revoked_at is null'));
    const after = await seedDemo(parts);
    expect(after.key).not.toBe(before.key);
    expect(after.courses).toEqual(before.courses);
  });

  it('never shows the platform key', async () => {
    const { key } = await seedDemo(parts);
    const bodies = await Promise.all([ask('overview'), ask('overview?trainee=demo-li'), fetch(`${api.url}/demo/`)].map(async (response) => (await response).text()));
    expect(bodies.join('')).not.toContain(key);
    expect(bodies[0]).toContain('demo-zhang');
  });

  it('opens the first lesson to begin with and locks the others', async () => {
    const { courses } = (await (await ask('overview?trainee=demo-li')).json()) as { courses: { lessons: { status: string }[] }[] };
    expect(courses.map(({ lessons }) => lessons.map(({ status }) => status))).toEqual([['OPEN', 'LOCKED', 'LOCKED'], ['OPEN']]);
  });

  it('asks for consent, then for the reference face, and says so with the product’s own codes', async () => {
    const { courses } = await seedDemo(parts);
    const lessonId = courses[0]?.lessons[0]?.lessonId;
    const open = (): Promise<Response> => post('sessions', { trainee: 'demo-li', lessonId });
    expect(await codeOf(await open())).toBe('CONSENT_REFUSED');
    const shown = (['FACE_VERIFICATION', 'SNAPSHOT_RETENTION'] as const).map((purpose) => ({ purpose, textHash: consentTextFor(purpose, 'zh-CN').textHash }));
    const given = await post('consents', { trainee: 'demo-li', consents: shown });
    expect(given.status).toBe(201);
    expect(await codeOf(await open())).toBe('REFERENCE_FACE_MISSING');
  });

  it('knows nobody else’s trainees, lessons or sessions', async () => {
    const stranger = '01900000-0000-7000-8000-000000000000';
    const answers = await Promise.all([
      ask('overview?trainee=somebody'),
      post('sessions', { trainee: 'demo-li', lessonId: stranger }),
      ask(`sessions/${stranger}`),
      ask(`sessions/${stranger}/report`),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
  });

  it('serves its pages, the SDK and videos that can be sought in', async () => {
    const sdk = await fetch(`${api.url}/demo/sdk/proctor-client.iife.js`);
    const video = await fetch(`${api.url}/demo/media/electrical-1-danger.webm`, { headers: { range: 'bytes=0-99' } });
    expect([sdk.status, video.status, video.headers.get('content-type')]).toEqual([200, 206, 'video/webm']);
  });

  it('is not there when it is switched off', async () => {
    const off = await startTestApi({ ...config, demo: false });
    try {
      const statuses = await Promise.all(['/demo/', '/demo/api/overview'].map(async (path) => (await fetch(off.url + path)).status));
      expect(statuses).toEqual([404, 404]);
    } finally {
      await off.close();
    }
  });
});
