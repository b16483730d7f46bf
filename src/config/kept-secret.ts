import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const SECRET_PATTERN = /^[0-9a-f]{64}$/;

/**
 * The master secret of a demo installation: drawn once, kept in the data folder for its owner alone.
 * Several processes may start at once: whoever links its file first wins and all read that one.
 */
export function keptSecret(dataDir: string): string {
  const file = join(dataDir, 'secret');
  return read(file) ?? create(dataDir, file);
}

function create(dataDir: string, file: string): string {
  mkdirSync(dataDir, { recursive: true });
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  writeFileSync(draft, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
  try {
    linkSync(draft, file);
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  const secret = read(file);
  if (secret === null) throw new Error(`${file} could not be read back`);
  return secret;
}

function read(file: string): string | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null;
    throw error;
  }
  // Another secret would make everything encrypted so far unreadable: say so rather than draw a new one.
  if (!SECRET_PATTERN.test(text)) throw new Error(`${file} 已损坏 / is damaged: 64 hexadecimal digits expected`);
  return text;
}

const isCode = (error: unknown, code: string): boolean => (error as NodeJS.ErrnoException | null)?.code === code;
