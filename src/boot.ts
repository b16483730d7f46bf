import { ConfigError } from './config/config.js';

/** A job at hand may take this long to finish before the process ends all the same. */
const SHUTDOWN_LIMIT_MS = 15_000;

/** What a process tells the one that started it, once it does its work. */
export const READY = 'ready';

/**
 * Runs a process's start. One that fails says why in plain words and leaves code 1; one that was started by a
 * supervisor (with a channel to it) reports that it is ready and ends when the supervisor is gone.
 */
export function boot(start: () => Promise<void>): void {
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, limitShutdown);
  start().then(
    () => process.send?.(READY),
    (error: unknown) => {
      process.stderr.write(`${reasonOf(error)}\n`);
      process.exit(1);
    },
  );
}

function limitShutdown(): void {
  setTimeout(() => process.exit(1), SHUTDOWN_LIMIT_MS).unref();
}

function reasonOf(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
