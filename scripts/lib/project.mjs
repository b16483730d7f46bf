/** Makes the checkout ready to run: dependencies as the lock file says, output as the sources say. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { step } from './progress.mjs';
import { npm, root } from './tools.mjs';

/** Parts that are built, in order: each depends on those before it. */
const PARTS = [
  { name: 'protocol', script: 'build:protocol', out: 'protocol/dist', main: 'index.js', from: ['protocol/src', 'protocol/tsconfig.json', 'tsconfig.base.json'] },
  { name: 'SDK', script: 'build:sdk', out: 'proctor-client/dist', main: 'proctor-client.iife.js', from: ['proctor-client', 'protocol/src', 'tsconfig.base.json'] },
  { name: 'verifier', script: 'build:verifier', out: 'verifier/dist', main: 'index.html', from: ['verifier', 'src', 'protocol/src', 'package.json', 'tsconfig.base.json'] },
  { name: 'server', script: 'build:server', out: 'dist', main: 'main.js', from: ['src', 'protocol/src', 'scripts/copy-assets.mjs', 'tsconfig.base.json', 'tsconfig.build.json'] },
];

const STAMP = '.stamp';
const NOT_SOURCES = new Set(['node_modules', 'dist']);

/** Installs when a package is missing or of another version than the lock file's. */
export async function ensureInstalled() {
  if (isInstalled()) return;
  await step('安装依赖 / Installing dependencies (npm ci)', () =>
    npm(['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error']),
  );
}

/** Builds the parts whose sources have changed since they were built. */
export async function ensureBuilt() {
  for (const part of PARTS) {
    const stamp = join(root, part.out, STAMP);
    const wanted = hashOf(['package-lock.json', ...part.from]);
    const isFresh = existsSync(join(root, part.out, part.main)) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted;
    if (isFresh) continue;
    await step(`编译 ${part.name} / Building ${part.name}`, async () => {
      rmSync(join(root, part.out), { recursive: true, force: true });
      await npm(['run', '--silent', part.script]);
      writeFileSync(stamp, wanted);
    });
  }
}

/** npm writes its own record last, so that an interrupted installation has none. */
function isInstalled() {
  const record = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return false;
  const wanted = packagesIn(join(root, 'package-lock.json'));
  const present = packagesIn(record);
  return Object.entries(wanted).every(([path, { version, link, optional, devOptional, peer }]) => {
    if (!path.startsWith('node_modules/') || link || optional || devOptional || peer) return true;
    return present[path]?.version === version && existsSync(join(root, path, 'package.json'));
  });
}

const packagesIn = (lockFile) => JSON.parse(readFileSync(lockFile, 'utf8')).packages;

function hashOf(paths) {
  const hash = createHash('sha256').update(process.version.split('.')[0]);
  for (const path of paths.flatMap(filesUnder)) hash.update(`${path}\0`).update(readFileSync(join(root, path))).update('\0');
  return hash.digest('hex');
}

function filesUnder(path) {
  if (!existsSync(join(root, path))) return [];
  const entries = safeEntries(join(root, path));
  if (entries === null) return [path];
  return entries
    .filter((entry) => !NOT_SOURCES.has(entry.name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => (entry.isDirectory() ? filesUnder(`${path}/${entry.name}`) : [`${path}/${entry.name}`]));
}

function safeEntries(folder) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (error.code === 'ENOTDIR') return null;
    throw error;
  }
}
