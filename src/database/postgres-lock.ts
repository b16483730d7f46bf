import { execFile } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

const ORPHAN_STOP_MS = 20_000;
const POLL_MS = 50;

/**
 * Makes this process the one that runs the server of a folder; returns the release. A second one is told so; a server
 * that outlived its parent is stopped; lock files left by a crash are cleared away.
 */
export async function claimFolder(dir: string): Promise<() => void> {
  const ownerFile = join(dir, 'owner');
  const self = `${process.pid} ${await startOf(process.pid)}\n`;
  while (!writeNew(ownerFile, self)) {
    const owner = read(ownerFile);
    const pid = pidIn(owner);
    if (pid !== null && isAlive(pid) && owner === `${pid} ${await startOf(pid)}\n`) throw inUse(dir, pid);
    rmSync(ownerFile, { force: true });
  }
  const orphan = await serverOf(dir);
  if (orphan !== null) await stopOrphan(orphan, dir);
  // PostgreSQL refuses to start when the number in its lock file belongs to any process of the same user.
  rmSync(postmasterFile(dir), { force: true });
  return () => {
    if (read(ownerFile) === self) rmSync(ownerFile, { force: true });
  };
}

/** The process that serves this folder now, or null: numbers are reused, so its command has to fit. */
async function serverOf(dir: string): Promise<number | null> {
  const pid = pidIn(read(postmasterFile(dir)));
  if (pid === null || !isAlive(pid)) return null;
  const command = process.platform === 'linux' ? read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ') : await ps(pid, 'command=');
  return command.includes('postgres') && command.includes(dir) ? pid : null;
}

/** When a process began, in whatever unit the system has: with its number it names a process for good. */
async function startOf(pid: number): Promise<string> {
  return process.platform === 'linux' ? (statOf(pid)[19] ?? '') : ps(pid, 'lstart=');
}

async function ps(pid: number, column: string): Promise<string> {
  if (process.platform === 'win32') return '';
  try {
    return (await promisify(execFile)('ps', ['-p', String(pid), '-o', column])).stdout.trim();
  } catch {
    return '';
  }
}

async function stopOrphan(pid: number, dir: string): Promise<void> {
  process.kill(pid, 'SIGINT');
  const deadline = Date.now() + ORPHAN_STOP_MS;
  while (isAlive(pid)) {
    if (Date.now() > deadline) throw inUse(dir, pid);
    await delay(POLL_MS);
  }
}

function inUse(dir: string, pid: number): Error {
  return new Error(`数据库目录正被进程 ${pid} 使用 / the database folder is in use by process ${pid}: ${dir}`);
}

const postmasterFile = (dir: string): string => join(dir, 'cluster', 'postmaster.pid');

function pidIn(text: string): number | null {
  const pid = Number.parseInt(text, 10);
  return Number.isSafeInteger(pid) && pid > 1 ? pid : null;
}

/** A process whose parent has not collected it yet (state Z) is gone for our purposes. */
function isAlive(pid: number): boolean {
  if (statOf(pid)[0] === 'Z') return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Fields of /proc/<pid>/stat after the name, which may itself contain blanks; empty on other systems. */
function statOf(pid: number): readonly string[] {
  return read(`/proc/${pid}/stat`).replace(/^.*\) /s, '').split(' ');
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function writeNew(file: string, text: string): boolean {
  try {
    writeFileSync(file, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
