import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../../src/config/config.js';

/** A configuration for tests: quiet, a data folder of its own, a fixed secret. */
export function aConfig(given: Partial<Config> & Pick<Config, 'databaseUrl'>): Config {
  return {
    port: 0,
    host: '127.0.0.1',
    redisUrl: null,
    dataDir: given.dataDir ?? mkdtempSync(join(tmpdir(), 'xuejian-data-')),
    secret: '5e'.repeat(32),
    demo: false,
    logLevel: 'silent',
    publicUrl: 'http://127.0.0.1',
    logSealSeconds: 3600,
    tsa: null,
    ...given,
  };
}
