/** Runs other programs to their end (npm, compilers), quietly unless they fail. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { PlainError } from './progress.mjs';

export const root = fileURLToPath(new URL('../..', import.meta.url));

const KEPT_OUTPUT = 8000;
const running = new Set();

/** Ends the programs that are being waited for. */
export function stopTools(signal = 'SIGTERM') {
  for (const child of running) child.kill(signal);
}

/**
 * Runs a program in the checkout; fails with the end of its output. `isLoud` passes its messages (standard error) on as
 * they come.
 */
export async function run(program, args, { env = process.env, isLoud = false } = {}) {
  const child = spawn(program, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'], shell: program.endsWith('.cmd') });
  running.add(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output = (output + chunk).slice(-KEPT_OUTPUT);
      if (isLoud && stream === child.stderr) process.stdout.write(chunk);
    });
  }
  const code = await new Promise((resolve) => {
    child.once('error', (error) => {
      output += error.message;
      resolve(-1);
    });
    child.once('close', (exitCode, signal) => resolve(exitCode ?? signal));
  });
  running.delete(child);
  if (code !== 0) throw new PlainError(`${program} ${args.join(' ')} → ${code}${isLoud ? '' : `\n${output.trimEnd()}`}`);
  return output;
}

/** npm as the one that runs this program, or the one on the path. */
export function npm(args, options) {
  const self = process.env['npm_execpath'];
  if (self?.endsWith('.js')) return run(process.execPath, [self, ...args], options);
  return run(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, options);
}
