import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../../src/config/config.js';
import { MODELS_DIR } from './face-models.js';

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
    faceEngine: 'auto',
    faceModelsDir: MODELS_DIR,
    // Sources cannot be run in a process of their own; the pool has tests of its own.
    faceWorkers: 0,
    tsa: null,
    ...given,
  };
}
