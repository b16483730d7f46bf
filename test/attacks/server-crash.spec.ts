/** The API process is killed in the middle of a lesson: what was acknowledged is there, and the trainee goes on to VALID. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ENGINE_VERSION } from '../../src/common/engine-version.js';
import { verifyBundle } from '../../src/evidence/proof/verify.js';
import { startTestRedis, type TestRedis } from '../support/redis.js';
import { startStack, type Stack } from '../support/stack.js';

const LESSON_MS = 16_000;
const PATIENCE_MS = 120_000;

jest.setTimeout(240_000);

describe.each(['PostgreSQL alone', 'PostgreSQL and Redis'])('kill -9 of the API process on %s', (servers) => {
  let redis: TestRedis | null = null;
  let stack: Stack;

  beforeAll(async () => {
    redis = servers.endsWith('Redis') ? await startTestRedis() : null;
    stack = await startStack(redis === null ? {} : { REDIS_URL: redis.url });
  });

  afterAll(async () => {
    await stack?.stop();
    await redis?.stop();
  });

  it('loses no acknowledged beat, and the session is resumed where it stood to a VALID end with evidence that verifies', async () => {
    const platform = await stack.platform('crash');
    const anna = await stack.actor('anna');
    const { courseId, lessonIds } = await platform.createCourse([{ durationMs: LESSON_MS }]);
    const enrolmentId = await platform.enrol(await platform.createTrainee(anna.neutral[0]!), courseId);
    const opened = await platform.open(enrolmentId, lessonIds[0]!);

    const before = stack.study(opened, LESSON_MS, anna);
    expect(await before.join()).toMatchObject({ ok: true });
    await before.play();
    await before.waitPosition(6_000, PATIENCE_MS);
    const acknowledged = await before.beat();
    expect(acknowledged).toMatchObject({ ok: true });
    await stack.kill('main', 'SIGKILL');
    before.close();
    await stack.start('main');

    const { body } = await stack.one<{ body: string }>(
      `select body from journal_entry where session_id = $1 and type = 'beat.received' order by seq desc limit 1`, [opened.sessionId]);
    const { seq } = acknowledged as unknown as { readonly seq: number };
    expect((JSON.parse(body) as { readonly seq: number }).seq).toBeGreaterThanOrEqual(seq);

    const after = stack.study(opened, LESSON_MS, anna);
    const joined = await after.join();
    expect(joined).toMatchObject({ ok: true });
    expect(after.joined?.lastSeq).toBeGreaterThanOrEqual(seq);
    expect(after.joined?.progress.frontierMs).toBeGreaterThanOrEqual(5_000);
    expect(await after.studyToEnd(PATIENCE_MS)).toMatchObject({ ok: true, verdict: 'VALID' });
    after.close();

    const [bundle, jwks] = [await platform.evidence(opened.sessionId, PATIENCE_MS), await (await fetch(`${stack.baseUrl}/.well-known/jwks.json`)).json()];
    expect(await verifyBundle(bundle, { engine: { version: ENGINE_VERSION }, jwks })).toMatchObject({ ok: true, verdict: 'VALID' });
    expect(await stack.one('select count(*)::int as count from journal_entry where session_id = $1', [opened.sessionId])).toEqual({ count: 0 });
  });
});
