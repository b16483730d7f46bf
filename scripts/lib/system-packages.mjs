/** Programs of the system that only tests need. Debian's root installs them; anyone else is told what to install. */
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { PlainError, step } from './progress.mjs';
import { run } from './tools.mjs';

/** By what needs them: how to see that a package is there. */
const PACKAGES = {
  redis: [{ name: 'redis-server', isThere: () => isOnPath('redis-server') }],
  chromium: [
    { name: 'chromium', isThere: () => existsSync('/usr/bin/chromium') },
    { name: 'fonts-wqy-microhei', isThere: () => existsSync('/usr/share/fonts/truetype/wqy/wqy-microhei.ttc') },
  ],
};

/** @param {ReadonlySet<string>} needs */
export async function ensureSystemPackages(needs) {
  const missing = Object.entries(PACKAGES)
    .filter(([need]) => needs.has(need))
    .flatMap(([, packages]) => packages.filter(({ isThere }) => !isThere()).map(({ name }) => name));
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0 || !isOnPath('apt-get')) {
    throw new PlainError(`请先安装 / Install first: sudo apt-get install ${missing.join(' ')}`);
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await step(`安装 ${missing.join(', ')} / Installing`, async () => {
    await run('apt-get', ['update', '-qq'], { env });
    await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], { env });
  });
}

function isOnPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
