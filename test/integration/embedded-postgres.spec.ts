import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { randomBytes } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/database/embedded-postgres.js';
import { findPackage, prepareFrom } from '../../src/database/postgres-binaries.js';

async function query(url: string, text: string): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

describe('the embedded database', () => {
  const dir = join(tmpdir(), `xuejian-embedded-${randomBytes(4).toString('hex')}`);
  let running: EmbeddedPostgres | null = null;

  const start = async (): Promise<EmbeddedPostgres> => (running = await startEmbeddedPostgres({ dir }));

  beforeAll(async () => {
    const postgres = await start();
    await query(postgres.databaseUrl, 'create table kept (word text)');
    await query(postgres.databaseUrl, `insert into kept values ('学监')`);
    await postgres.stop();
  }, 60_000);
  afterEach(() => running?.stop());
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it('keeps its data from one start to the next', async () => {
    const postgres = await start();
    await expect(query(postgres.databaseUrl, 'select word from kept')).resolves.toEqual([{ word: '学监' }]);
  });

  it('lets nobody in without the password and listens on loopback alone', async () => {
    const postgres = await start();
    await expect(query(postgres.databaseUrl.replace(/:[0-9a-f]{48}@/, ':wrong@'), 'select 1')).rejects.toThrow(/password/);
    await expect(query(postgres.databaseUrl, 'show listen_addresses')).resolves.toEqual([{ listen_addresses: '127.0.0.1' }]);
    await expect(query(postgres.databaseUrl, 'show unix_socket_directories')).resolves.toEqual([{ unix_socket_directories: '' }]);
  });

  it('recovers after the server was killed', async () => {
    const postgres = await start();
    await query(postgres.databaseUrl, `insert into kept values ('二')`);
    process.kill(postgres.pid, 'SIGKILL');
    await postgres.ended;
    const again = await start();
    await expect(query(again.databaseUrl, 'select count(*)::int as n from kept')).resolves.toEqual([{ n: 2 }]);
  });

  it('starts although a crash left a lock file with the number of a living process', async () => {
    writeFileSync(join(dir, 'cluster', 'postmaster.pid'), `${process.pid}\n`);
    const postgres = await start();
    await expect(query(postgres.databaseUrl, 'select 1 as one')).resolves.toEqual([{ one: 1 }]);
  });

  it('refuses a folder that is in use and says by whom', async () => {
    await start();
    await expect(startEmbeddedPostgres({ dir })).rejects.toThrow(`in use by process ${process.pid}`);
  });

  it('takes a folder over from a process that is gone', async () => {
    writeFileSync(join(dir, 'owner'), '999999999 1\n');
    const postgres = await start();
    expect(readFileSync(join(dir, 'owner'), 'utf8')).toMatch(new RegExp(`^${process.pid} `));
    await postgres.stop();
    expect(existsSync(join(dir, 'owner'))).toBe(false);
  });
});

describe('what the server is made of', () => {
  const closed = join(tmpdir(), `xuejian-closed-${randomBytes(4).toString('hex')}`);
  const copies = join(tmpdir(), `xuejian-copies-${randomBytes(4).toString('hex')}`);
  afterAll(() => [closed, copies].forEach((folder) => rmSync(folder, { recursive: true, force: true })));

  it('is completed when npm ran no install scripts, and copied when its folder is closed to the service user', () => {
    cpSync(findPackage(), closed, { recursive: true, verbatimSymlinks: true });
    const lib = join(closed, 'native', 'lib');
    for (const entry of readdirSync(lib, { withFileTypes: true })) if (entry.isSymbolicLink()) rmSync(join(lib, entry.name));
    chmodSync(closed, 0o700);

    const binaries = prepareFrom(closed, copies, true);
    expect(binaries.postgres.startsWith(copies)).toBe(true);
    expect(execFileSync(binaries.postgres, ['--version'], { encoding: 'utf8' })).toContain('PostgreSQL');
    expect(prepareFrom(closed, copies, true)).toEqual(binaries);
    expect(prepareFrom(closed, copies, false).postgres.startsWith(closed)).toBe(true);
  });
});

// Only the kernel of Linux offers it (PR_SET_PDEATHSIG); elsewhere the next start stops what was left running.
if (process.platform === 'linux') {
  it('the server stops when its parent is killed', async () => {
    const dir = join(tmpdir(), `xuejian-orphan-${randomBytes(4).toString('hex')}`);
    const built = pathToFileURL(resolve('dist/database/embedded-postgres.js')).href;
    const program = `import(${JSON.stringify(built)})
      .then(({ startEmbeddedPostgres }) => startEmbeddedPostgres({ dir: ${JSON.stringify(dir)}, isThrowaway: true }))
      .then((postgres) => console.log(postgres.databaseUrl))`;
    const parent = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      const url = await new Promise<string>((done) => parent.stdout.once('data', (data: Buffer) => done(String(data).trim())));
      const client = new Client({ connectionString: url });
      await client.connect();
      const cut = new Promise<string>((done) => client.on('error', (error) => done(error.message)));
      parent.kill('SIGKILL');
      await expect(cut).resolves.toMatch(/terminating connection due to administrator command/);
    } finally {
      parent.kill('SIGKILL');
      rmSync(dir, { recursive: true, force: true });
    }
  }, 30_000);
}
