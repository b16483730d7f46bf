import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/**
 * PostgreSQL refuses to run as root. Root lends it this user (nobody), who needs no account of its own; everyone else
 * runs it as themselves.
 */
export const SERVICE_UID = 65_534;

export const isRoot = (): boolean => process.platform === 'linux' && process.getuid?.() === 0;

/** Where root keeps the database when the chosen folder lies behind one that is closed to others, like `/root`. */
const SYSTEM_DIR = '/var/lib/xuejian';

/**
 * The folder for the embedded database of a data folder: `<dataDir>/postgres`, or, for root with a data folder that
 * the service user cannot reach, a folder of its own under `/var/lib/xuejian` (it has to outlive a reboot, which
 * `/tmp` does not). A choice once made is kept, whatever happens to the rights of folders later.
 */
export function postgresDirOf(dataDir: string): string {
  const wanted = resolve(dataDir, 'postgres');
  if (!isRoot()) return wanted;
  const mark = createHash('sha256').update(wanted).digest('hex').slice(0, 12);
  const fallback = join(SYSTEM_DIR, mark, 'postgres');
  if (existsSync(fallback)) return fallback;
  return existsSync(wanted) || isReachableByOthers(existingPart(wanted)) ? wanted : fallback;
}

/** Makes a folder and whatever is missing above it, so that the service user can walk through, whatever the umask. */
export function makeReachable(folder: string): void {
  if (existsSync(folder)) return;
  makeReachable(dirname(folder));
  mkdirSync(folder, { recursive: true });
  if (isRoot()) chmodSync(folder, 0o711);
}

/** Whether anyone may walk to a file and read it (for a folder: enter it). */
export function isReachableByOthers(path: string): boolean {
  const real = realpathSync(path);
  const stats = statSync(real);
  const own = stats.isDirectory() ? 0o001 : 0o004;
  return (stats.mode & own) === own && parents(real).every((folder) => (statSync(folder).mode & 0o001) === 0o001);
}

function parents(path: string): readonly string[] {
  const parent = dirname(path);
  return parent === path ? [] : [parent, ...parents(parent)];
}

/** The deepest folder on the way to a path that exists. */
function existingPart(path: string): string {
  return existsSync(path) ? path : existingPart(dirname(path));
}
