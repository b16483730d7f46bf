import { ConfigError } from './config/config.js';

/** Runs a process's start; one that fails says why in plain words, ends what it had opened and leaves code 1. */
export function boot(start: () => Promise<void>): void {
  start().catch((error: unknown) => {
    const reason = error instanceof ConfigError ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`${reason}\n`);
    process.exit(1);
  });
}
