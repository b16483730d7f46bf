import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Test, type TestingModule } from '@nestjs/testing';
import { DataSource } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { CheckTaskEntity, type CheckKind, type CheckStatus } from '../../src/checks/check-task.entity.js';
import { CheckTasksService } from '../../src/checks/check-tasks.service.js';
import { ChecksModule } from '../../src/checks/checks.module.js';
import { CONFIG, type Config } from '../../src/config/config.js';
import { ConfigModule } from '../../src/config/config.module.js';
import { DatabaseModule } from '../../src/database/database.module.js';
import { QueuesModule } from '../../src/queues/queues.module.js';
import { aConfig } from '../support/config.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

const NOW = Date.parse('2026-03-25T08:00:00Z');

describe('checks that wait for a worker', () => {
  let database: TestDatabase;
  let config: Config;
  let process: TestingModule;
  let checks: CheckTasksService;
  let rows: DataSource;

  /** A check that came some seconds ago, judged some seconds ago or never. */
  async function aCheck(kind: CheckKind, cameAgoS: number, judgedAgoS: number | null = null): Promise<string> {
    const id = uuidv7();
    const judgedAt = judgedAgoS === null ? null : new Date(NOW - judgedAgoS * 1_000);
    const status = judgedAt === null ? 'QUEUED' : 'DELIVERED';
    const task = { id, sessionId: uuidv7(), traineeId: uuidv7(), kind, status, acts: [], scheduleIndex: 0, receivedAt: new Date(NOW - cameAgoS * 1_000), judgedAt } as const;
    await rows.getRepository(CheckTaskEntity).insert({ ...task, result: null, digestKeySealed: null });
    return id;
  }

  const statusOf = async (id: string): Promise<CheckStatus | undefined> => (await checks.find(id))?.status;

  beforeAll(async () => {
    database = await createTestDatabase();
    config = aConfig({ databaseUrl: database.url });
    process = await Test.createTestingModule({ imports: [ConfigModule, DatabaseModule, QueuesModule, ChecksModule] })
      .overrideProvider(CONFIG)
      .useValue(config)
      .compile();
    process.useLogger(false);
    await process.init();
    checks = process.get(CheckTasksService);
    rows = process.get(DataSource);
  }, 60_000);
  beforeEach(async () => {
    await rows.query('truncate check_task cascade');
  });
  afterAll(async () => {
    await process?.close();
    await database?.close();
    await rm(config.dataDir, { recursive: true, force: true });
  });

  it('are given up after two minutes when nobody judges', async () => {
    await aCheck('snapshot', 900, 400);
    const old = await aCheck('snapshot', 121);
    const young = await aCheck('snapshot', 119);
    await checks.sweep(NOW);
    expect([await statusOf(old), await statusOf(young)]).toEqual(['FAILED', 'QUEUED']);
  });

  it('wait on, however long the queue, while those before them are judged', async () => {
    await aCheck('liveness', 610, 3);
    const next = await aCheck('liveness', 600);
    const last = await aCheck('liveness', 130);
    await checks.sweep(NOW);
    expect([await statusOf(next), await statusOf(last)]).toEqual(['QUEUED', 'QUEUED']);
  });

  it('wait while checks of a more urgent kind go first', async () => {
    await aCheck('liveness', 400, 300);
    await aCheck('liveness', 10, 2);
    const snapshot = await aCheck('snapshot', 500);
    await checks.sweep(NOW);
    expect(await statusOf(snapshot)).toBe('QUEUED');
  });

  it('are given up when their turn came and was lost, also while others are judged', async () => {
    const lost = await aCheck('liveness', 300);
    const justOvertaken = await aCheck('liveness', 125);
    await aCheck('liveness', 290, 200);
    await aCheck('liveness', 20, 1);
    await checks.sweep(NOW);
    expect([await statusOf(lost), await statusOf(justOvertaken)]).toEqual(['FAILED', 'QUEUED']);
  });
});
