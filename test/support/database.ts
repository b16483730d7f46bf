import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { openDataSource } from '../../src/database/data-source.js';
import { startEmbeddedPostgres } from '../../src/database/embedded-postgres.js';
import { migrate } from '../../src/database/migrate.js';
import { makeReachable } from '../../src/database/service-user.js';

/** A database of one spec file: real PostgreSQL, real migrations. Made in `beforeAll`, closed in `afterAll`. */
export interface TestDatabase {
  readonly url: string;
  /** A connected data source with all entities; `close` destroys it. */
  open(): Promise<DataSource>;
  /** Destroys the data sources and drops the database, whoever is still connected. */
  close(): Promise<void>;
}

/** A server for tests and how to end it. `npm test` starts one for the whole run; a single spec starts its own. */
interface TestServer {
  readonly urlOf: (database: string) => string;
  stop(): Promise<void>;
}

const TEMPLATE = 'xuejian_template';
const TEMPLATE_LOCK = 7_201_023;

/** An empty, migrated database under a name of its own, cloned from a template that is migrated once per server. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = await testServer();
  const name = `test_${randomBytes(6).toString('hex')}`;
  await asAdmin(server, async (admin) => {
    await ensureTemplate(server, admin);
    await admin.query(`create database ${name} template ${TEMPLATE}`);
  });
  const url = server.urlOf(name);
  const opened: DataSource[] = [];
  return {
    url,
    async open() {
      const dataSource = await openDataSource(url);
      opened.push(dataSource);
      return dataSource;
    },
    async close() {
      for (const dataSource of opened) if (dataSource.isInitialized) await dataSource.destroy();
      await asAdmin(server, async (admin) => void (await admin.query(`drop database ${name} with (force)`)));
      await server.stop();
    },
  };
}

async function testServer(): Promise<TestServer> {
  const shared = process.env['XUEJIAN_TEST_POSTGRES'];
  if (shared) return { urlOf: (database) => Object.assign(new URL(shared), { pathname: `/${database}` }).href, stop: async () => undefined };
  const parent = mkdtempSync(join(tmpdir(), 'xuejian-test-'));
  const dir = join(parent, 'postgres');
  rmSync(parent, { recursive: true });
  makeReachable(parent);
  const postgres = await startEmbeddedPostgres({ dir, isThrowaway: true });
  return {
    urlOf: postgres.urlOf,
    async stop() {
      await postgres.stop();
      rmSync(parent, { recursive: true, force: true });
    },
  };
}

async function ensureTemplate(server: TestServer, admin: Client): Promise<void> {
  await admin.query('select pg_advisory_lock($1)', [TEMPLATE_LOCK]);
  try {
    const found = await admin.query('select 1 from pg_database where datname = $1', [TEMPLATE]);
    if (found.rowCount !== 0) return;
    // Under another name until it is whole: a failed migration must not leave half a template.
    await admin.query(`drop database if exists ${TEMPLATE}_draft with (force)`);
    await admin.query(`create database ${TEMPLATE}_draft`);
    await migrate(server.urlOf(`${TEMPLATE}_draft`));
    await admin.query(`alter database ${TEMPLATE}_draft rename to ${TEMPLATE}`);
  } finally {
    await admin.query('select pg_advisory_unlock($1)', [TEMPLATE_LOCK]);
  }
}

async function asAdmin(server: TestServer, use: (admin: Client) => Promise<void>): Promise<void> {
  const admin = new Client({ connectionString: server.urlOf('postgres') });
  await admin.connect();
  try {
    await use(admin);
  } finally {
    await admin.end();
  }
}
