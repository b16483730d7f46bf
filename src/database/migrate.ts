import { runMigrations as runQueueMigrations } from 'bullmq';
import { Client } from 'pg';
import { isMain } from '../common/is-main.js';
import { openDataSource } from './data-source.js';

/** Any constant: processes that start together migrate one after the other. */
const MIGRATION_LOCK = 7_201_022;

/** What a run brought in, by name; empty when the database was up to date. */
export type AppliedMigrations = readonly string[];

/**
 * Brings a database to the present schema, the queue's own tables included. Safe to call from several processes at
 * once; each migration is a transaction of its own.
 */
export async function migrate(databaseUrl: string): Promise<AppliedMigrations> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await runQueueMigrations(client);
    const dataSource = await openDataSource(databaseUrl);
    try {
      return (await dataSource.runMigrations()).map((migration) => migration.name);
    } finally {
      await dataSource.destroy();
    }
  } finally {
    // Ending the session releases the lock.
    await client.end();
  }
}

async function main(): Promise<void> {
  const databaseUrl = process.env['DATABASE_URL'];
  if (!databaseUrl) throw new Error('DATABASE_URL 未设置 / is not set');
  const applied = await migrate(databaseUrl);
  const text = applied.length === 0 ? '数据库已是最新 / The database is up to date' : `已执行迁移 / Migrated: ${applied.join(', ')}`;
  process.stdout.write(`${text}\n`);
}

if (isMain(import.meta.url)) {
  main().catch((error: unknown) => {
    process.stderr.write(`数据库迁移失败 / The migration failed: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
}
