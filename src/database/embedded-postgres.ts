import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { preparePostgresBinaries, type PostgresBinaries } from './postgres-binaries.js';
import { claimFolder } from './postgres-lock.js';
import { isRoot, makeReachable, SERVICE_UID } from './service-user.js';

export interface EmbeddedPostgresOptions {
  /** Folder of the server: its data, password and, where needed, its programs (see `postgresDirOf`). */
  readonly dir: string;
  /** Database to create on the first start. */
  readonly database?: string;
  /** Port to listen on; any free one when left out. */
  readonly port?: number;
  /** Gives up durability for speed: for tests only. */
  readonly isThrowaway?: boolean;
  /** Called with every line the server writes. */
  readonly onLog?: (line: string) => void;
}

/** A running server, reachable over loopback with a password and in no other way. */
export interface EmbeddedPostgres {
  readonly pid: number;
  readonly port: number;
  readonly databaseUrl: string;
  /** Address of another database of the same server. */
  urlOf(database: string): string;
  /** Resolves when the server has ended, for whatever reason. */
  readonly ended: Promise<void>;
  /** Ends all connections and stops the server; resolves when it is gone. `immediately`: as after a power cut. */
  stop(immediately?: boolean): Promise<void>;
}

const USER = 'xuejian';
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 20_000;
const POLL_MS = 40;
const PORT_ATTEMPTS = 5;
const KEPT_LOG_LINES = 30;

/**
 * Starts a PostgreSQL server from the binaries that npm installed. The first start creates the cluster; the data stays
 * between starts. On Linux it stops with the process that started it, even when that one is killed.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  makeReachable(options.dir);
  const release = await claimFolder(options.dir);
  try {
    const binaries = preparePostgresBinaries(options.dir, isRoot());
    const password = await createCluster(binaries, options);
    for (let attempt = 1; ; attempt += 1) {
      const port = options.port ?? (await freePort());
      try {
        return await run(binaries, options, { port, password, release });
      } catch (error) {
        // Another program may take the port between our look and the server's.
        if (attempt >= PORT_ATTEMPTS || !/Address already in use|could not create any TCP/.test(String(error))) throw error;
      }
    }
  } catch (error) {
    release();
    throw error;
  }
}

interface Access {
  readonly port: number;
  readonly password: string;
  readonly release: () => void;
}

async function run(binaries: PostgresBinaries, options: EmbeddedPostgresOptions, access: Access): Promise<EmbeddedPostgres> {
  const lines: string[] = [];
  const [program, args] = asServiceUser(binaries.postgres, serverArguments(options, access.port));
  // A process group of its own: Ctrl-C in a terminal must not stop the database before those who use it.
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: serverEnvironment(), detached: true });
  const ended = endOf(child);
  for (const stream of [child.stdout, child.stderr]) {
    eachLine(stream, (line) => {
      lines.push(line);
      if (lines.length > KEPT_LOG_LINES) lines.shift();
      options.onLog?.(line);
    });
  }
  const urlOf = (database: string): string => `postgres://${USER}:${access.password}@127.0.0.1:${access.port}/${database}`;
  const database = options.database ?? USER;
  try {
    await waitUntilReady(urlOf('postgres'), child);
    await ensureDatabase(urlOf('postgres'), database);
  } catch (error) {
    await stopChild(child, ended);
    throw new Error(`内置数据库未能启动 / the embedded database did not start: ${describe(error)}\n${lines.join('\n')}`);
  }
  void ended.then(access.release);
  return {
    pid: child.pid ?? 0,
    port: access.port,
    databaseUrl: urlOf(database),
    urlOf,
    ended,
    stop: (immediately = false) => stopChild(child, ended, immediately),
  };
}

/** The cluster appears under its name only when it is whole: an interrupted first start begins again. */
async function createCluster(binaries: PostgresBinaries, { dir, isThrowaway }: EmbeddedPostgresOptions): Promise<string> {
  const cluster = clusterOf(dir);
  const passwordFile = join(dir, 'password');
  if (existsSync(cluster)) return readFileSync(passwordFile, 'utf8').trim();

  const password = randomBytes(24).toString('hex');
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  const draft = `${cluster}.new`;
  const draftPassword = `${passwordFile}.new`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { mode: 0o700 });
  writeFileSync(draftPassword, password, { mode: 0o600 });
  if (isRoot()) for (const path of [draft, draftPassword]) chownSync(path, SERVICE_UID, SERVICE_UID);
  const [program, args] = asServiceUser(binaries.initdb, [
    ...['--pgdata', draft, '--username', USER, '--pwfile', draftPassword],
    ...['--auth', 'scram-sha-256', '--encoding', 'UTF8', '--locale-provider', 'builtin', '--locale', 'C.UTF-8'],
    ...(isThrowaway === true ? ['--no-sync'] : []),
  ]);
  try {
    await promisify(execFile)(program, args, { env: serverEnvironment() });
  } catch (error) {
    throw new Error(`内置数据库初始化失败 / initdb failed: ${describe(error)}`);
  } finally {
    rmSync(draftPassword, { force: true });
  }
  renameSync(draft, cluster);
  return password;
}

function serverArguments({ dir, isThrowaway }: EmbeddedPostgresOptions, port: number): readonly string[] {
  const settings: Readonly<Record<string, string>> = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    // A socket's path may be too long (107 characters), and nothing needs it.
    unix_socket_directories: '',
    max_connections: '200',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_min_messages: 'warning',
    ...(isThrowaway === true ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' } : {}),
  };
  return ['-D', clusterOf(dir), ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}

const clusterOf = (dir: string): string => join(dir, 'cluster');

/** On Linux the kernel stops the server (fast shutdown) when its parent dies; as root it also becomes another user. */
function asServiceUser(program: string, args: readonly string[]): readonly [string, string[]] {
  const setpriv = ['/usr/bin/setpriv', '/bin/setpriv'].find((path) => existsSync(path));
  if (process.platform !== 'linux' || (setpriv === undefined && !isRoot())) return [program, [...args]];
  if (setpriv === undefined) {
    throw new Error('以 root 运行需要 setpriv（util-linux），或设置 DATABASE_URL / running as root needs setpriv (util-linux), or set DATABASE_URL');
  }
  const user = isRoot() ? [`--reuid=${SERVICE_UID}`, `--regid=${SERVICE_UID}`, '--clear-groups'] : [];
  return [setpriv, [...user, '--pdeathsig', 'INT', program, ...args]];
}

/** PostgreSQL's own variables of the user (PGDATA, PGPORT, …) must not reach this server. */
function serverEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('PG') && !name.startsWith('LC_') && name !== 'LANG');
  return { ...Object.fromEntries(kept), LC_ALL: 'C', TZ: 'UTC' };
}

async function waitUntilReady(url: string, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error('the server ended');
    try {
      return await withClient(url, async (client) => void (await client.query('select 1')));
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await delay(POLL_MS);
    }
  }
}

async function ensureDatabase(url: string, database: string): Promise<void> {
  await withClient(url, async (client) => {
    const found = await client.query('select 1 from pg_database where datname = $1', [database]);
    if (found.rowCount === 0) await client.query(`create database ${client.escapeIdentifier(database)}`);
  });
}

async function withClient(url: string, use: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await use(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function stopChild(child: ChildProcess, ended: Promise<void>, immediately = false): Promise<void> {
  // SIGINT is PostgreSQL's fast shutdown: connections end, nothing is lost. SIGQUIT is its emergency exit.
  child.kill(immediately ? 'SIGQUIT' : 'SIGINT');
  const isGone = await Promise.race([ended.then(() => true), delay(STOP_TIMEOUT_MS, false, { ref: false })]);
  if (!isGone) child.kill('SIGQUIT');
  await ended;
}

function endOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
}

function eachLine(stream: NodeJS.ReadableStream | null, take: (line: string) => void): void {
  let rest = '';
  stream?.on('data', (chunk: Buffer) => {
    const parts = (rest + chunk.toString('utf8')).split('\n');
    rest = parts.pop() ?? '';
    parts.filter((line) => line.trim() !== '').forEach(take);
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

const describe = (error: unknown): string => (error instanceof Error ? error.message : String(error));
