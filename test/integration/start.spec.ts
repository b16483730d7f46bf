import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { freePort } from '../support/free-port.js';

const READY = 'Press Ctrl-C to stop';
const START_LIMIT_MS = 60_000;

/** `npm start` on what is built, with a data folder of its own. */
class Start {
  readonly child: ChildProcess;
  output = '';

  constructor(
    readonly port: number,
    readonly dataDir: string,
    environment: Readonly<Record<string, string>> = {},
  ) {
    // No npm between: its variables make the script watch its parent, which here is jest.
    const kept = Object.entries(process.env).filter(([name]) => !/^(npm_|DATABASE_URL|REDIS_URL|NODE_OPTIONS|LOG_LEVEL)/.test(name));
    this.child = spawn(process.execPath, ['scripts/start.mjs', '--no-build', '--port', String(port)], {
      env: { ...Object.fromEntries(kept), XUEJIAN_DATA_DIR: dataDir, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout, this.child.stderr]) stream?.on('data', (chunk: Buffer) => (this.output += chunk.toString('utf8')));
  }

  async until(isThere: () => boolean | Promise<boolean>): Promise<void> {
    const deadline = Date.now() + START_LIMIT_MS;
    while (!(await isThere())) {
      if (this.child.exitCode !== null || Date.now() > deadline) throw new Error(`not seen:\n${this.output}`);
      await delay(50);
    }
  }

  ready(): Promise<void> {
    return this.until(() => this.output.includes(READY));
  }

  isServing(): Promise<boolean> {
    return fetch(`http://127.0.0.1:${this.port}/health/ready`).then(
      (response) => response.ok,
      () => false,
    );
  }

  /** Its processes, and those it lent its database to: whatever names its data folder or is its child. */
  family(): readonly number[] {
    const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    return processes.map(Number).filter((pid) => parentOf(pid) === this.child.pid || commandOf(pid).includes(this.dataDir));
  }

  async end(signal: NodeJS.Signals): Promise<number | null> {
    const exited = once(this.child, 'exit');
    this.child.kill(signal);
    const [code] = (await exited) as [number | null];
    return code;
  }
}

const commandOf = (pid: number): string => readProc(pid, 'cmdline').replaceAll('\0', ' ');
const parentOf = (pid: number): number => Number(readProc(pid, 'stat').replace(/^.*\) /s, '').split(' ')[1]);

function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

async function gone(pids: readonly number[]): Promise<boolean> {
  const isLeft = (pid: number): boolean => !['', 'Z'].includes(readProc(pid, 'stat').replace(/^.*\) /s, '').split(' ')[0] ?? '');
  for (let tries = 0; tries < 200 && pids.some(isLeft); tries += 1) await delay(50);
  return !pids.some(isLeft);
}

describe('npm start', () => {
  const dataDir = join(tmpdir(), `xuejian-start-${randomBytes(4).toString('hex')}`);
  let started: Start | null = null;

  const start = async (environment: Readonly<Record<string, string>> = {}): Promise<Start> =>
    (started = new Start(await freePort(), dataDir, environment));

  afterEach(async () => {
    if (started !== null && started.child.exitCode === null && started.child.signalCode === null) await started.end('SIGKILL');
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('serves the demo, starts again what dies, and ends everything on Ctrl-C', async () => {
    const run = await start();
    await run.ready();
    expect(run.output).toContain(`http://127.0.0.1:${run.port}/demo/`);
    await expect(run.isServing()).resolves.toBe(true);
    expect((await fetch(`http://127.0.0.1:${run.port}/demo/`)).status).toBe(200);

    const api = run.family().find((pid) => commandOf(pid).includes('dist/main.js'));
    process.kill(api ?? 0, 'SIGKILL');
    await run.until(() => run.output.includes('api 已退出 (SIGKILL)'));
    await run.until(() => run.isServing());

    const family = run.family();
    expect(family.length).toBeGreaterThanOrEqual(3);
    await expect(run.end('SIGINT')).resolves.toBe(0);
    await expect(gone(family)).resolves.toBe(true);
  }, 120_000);

  it('leaves nothing behind when it is killed or stopped in a hurry', async () => {
    const killed = await start();
    await killed.ready();
    const family = killed.family();
    await killed.end('SIGKILL');
    await expect(gone(family)).resolves.toBe(true);

    const hurried = await start();
    await hurried.ready();
    const others = hurried.family();
    hurried.child.kill('SIGINT');
    await delay(600);
    hurried.child.kill('SIGINT');
    await expect(gone(others)).resolves.toBe(true);
  }, 120_000);

  it('says plainly that the port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const run = new Start(port, dataDir);
    const [code] = (await once(run.child, 'exit')) as [number];
    other.close();
    expect(code).toBe(1);
    expect(run.output).toContain('已被占用 / is in use');
    expect(run.output).not.toMatch(/\bat .*start\.mjs/);
  }, 20_000);

  it('says plainly what is wrong with the environment and ends', async () => {
    const run = await start({ REDIS_URL: 'localhost' });
    const [code] = (await once(run.child, 'exit')) as [number];
    expect(code).toBe(1);
    expect(run.output).toContain('REDIS_URL: 应形如 redis://主机:6379');
  }, 60_000);
});
