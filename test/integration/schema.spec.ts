import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { migrate } from '../../src/database/migrate.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

describe('the database schema', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase();
  }, 60_000);
  afterAll(() => database.close());

  it('comes from the migrations exactly as the entities describe it', async () => {
    const dataSource = await database.open();
    const drift = await dataSource.driver.createSchemaBuilder().log();
    expect(drift.upQueries.map((query) => query.query)).toEqual([]);
  });

  it('is left alone by a second run of the migrations', async () => {
    await expect(migrate(database.url)).resolves.toEqual([]);
  });

  it('survives processes that migrate at the same time', async () => {
    await expect(Promise.all([migrate(database.url), migrate(database.url), migrate(database.url)])).resolves.toEqual([[], [], []]);
  });

  it('keeps the tables of the queue in a schema of their own', async () => {
    const dataSource = await database.open();
    const rows: unknown = await dataSource.query(`select 1 from information_schema.schemata where schema_name = 'bullmq'`);
    expect(rows).toHaveLength(1);
  });
});
