import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { minutes, seconds } from '../../src/rules/testing/opening.js';
import { aSession, type Story } from '../../src/rules/testing/story.js';
import { SessionRegistry } from '../../src/sessions/session-registry.js';
import { SessionsRepository } from '../../src/sessions/sessions.repository.js';
import { startTestApi, type TestApi } from '../support/api.js';
import { aConfig } from '../support/config.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { type Enrolled, newEnrolled, newTenant, storeSession, type Tenant } from '../support/past-session.js';
import { SEED } from '../support/sample-report.js';

describe('a session whose process was gone', () => {
  let database: TestDatabase;
  let api: TestApi;
  let dataDir: string;
  let tenant: Tenant;
  let enrolled: Enrolled;
  let attempt = 0;

  /** Stores what a process left behind, and loads it as the process that comes after it does. */
  async function loaded(tell: (story: Story) => Story, endedAgoMs: number) {
    const id = uuidv7();
    const told = (at: number): Story => tell(aSession({ at, sessionId: id, durationMs: minutes(10), faceChecks: [], snapshots: [] }));
    const lastedMs = told(0).state.at;
    const at = Date.now() - endedAgoMs - lastedMs;
    attempt += 1;
    await storeSession(api.app, tenant, enrolled, { id, openedAt: new Date(at), verdict: 'INCOMPLETE', journal: told(at).journal, attempt });
    const sessions = api.app.get(SessionsRepository, { strict: false });
    await api.app.get(DataSource).query('update study_session set seed_sealed = $1 where id = $2', [sessions.sealSeed(id, SEED), id]);
    return (await api.app.get(SessionRegistry, { strict: false }).get(id)).opened;
  }

  beforeAll(async () => {
    database = await createTestDatabase();
    const config = aConfig({ databaseUrl: database.url });
    dataDir = config.dataDir;
    api = await startTestApi(config);
    tenant = await newTenant(api.app, api.url, '中断平台');
    enrolled = await newEnrolled(tenant);
  }, 60_000);
  afterAll(async () => {
    await api?.close();
    await database.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('says that the service was unavailable, since its last entry, and gives nothing for the time', async () => {
    const state = await loaded((story) => story.begins().plays(minutes(2)), minutes(5));
    expect(state.findings).toMatchObject([{ code: 'SERVER_UNAVAILABLE', attribution: 'ENVIRONMENT', detail: { incidentId: expect.stringMatching(/^restart-2/) } }]);
    const lastedMs = Number(state.findings[0]?.detail['lastedMs']);
    expect(lastedMs).toBeGreaterThanOrEqual(minutes(5));
    expect([state.holds, state.slices.R3.missed, Math.round(state.ledger.playedMs / 1_000)]).toEqual([[], 0, 120]);
  });

  it('blames nobody when the trainee had left before, or the time was too short to notice', async () => {
    const left = await loaded((story) => story.begins().plays(minutes(2)).crashes(), minutes(5));
    const short = await loaded((story) => story.begins().plays(minutes(2)), seconds(5));
    expect([left, short].map(({ findings }) => findings.map(({ code }) => code))).toEqual([[], []]);
  });
});
