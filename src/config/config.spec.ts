import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ConfigError, defaultFaceWorkers, deriveKey, loadConfig } from './config.js';

const SECRET = 'ab'.repeat(32);
const minimal = { DATABASE_URL: 'postgres://u:p@127.0.0.1:5432/x', XUEJIAN_SECRET: SECRET };

describe('the configuration', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'xuejian-config-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('fills in defaults and derives the public address', () => {
    const config = loadConfig({ ...minimal, PORT: '4100', HOST: '0.0.0.0', REDIS_URL: '  ' });
    expect(config).toMatchObject({ port: 4100, redisUrl: null, demo: false, logLevel: 'info', publicUrl: 'http://127.0.0.1:4100' });
    expect(config.dataDir).toMatch(/\.data$/);
  });

  it('seals the log hourly, in the demo every ten seconds, and takes a time-stamping authority only with its certificates', () => {
    expect(loadConfig(minimal)).toMatchObject({ logSealSeconds: 3600, tsa: null });
    expect(loadConfig({ ...minimal, XUEJIAN_DEMO: '1' }).logSealSeconds).toBe(10);
    expect(loadConfig({ ...minimal, XUEJIAN_DEMO: '1', LOG_SEAL_SECONDS: '5' }).logSealSeconds).toBe(5);
    expect(loadConfig({ ...minimal, TSA_URL: 'http://tsa.example/', TSA_CERTIFICATE: '/etc/tsa.pem' }).tsa).toEqual({ url: 'http://tsa.example/', certificateFile: '/etc/tsa.pem' });
    expect(() => loadConfig({ ...minimal, TSA_URL: 'http://tsa.example/' })).toThrow(/TSA_CERTIFICATE/);
    expect(() => loadConfig({ ...minimal, LOG_SEAL_SECONDS: '0' })).toThrow(/LOG_SEAL_SECONDS/);
  });

  it('judges faces with whatever runs, on all cores but one where there are more than two', () => {
    expect([1, 2, 3, 8].map(defaultFaceWorkers)).toEqual([1, 2, 2, 7]);
    expect(loadConfig(minimal).faceEngine).toBe('auto');
    expect(loadConfig(minimal).faceWorkers).toBeGreaterThan(0);
    expect(loadConfig({ ...minimal, XUEJIAN_DATA_DIR: '/srv/x' }).faceModelsDir).toBe('/srv/x/models');
    expect(loadConfig({ ...minimal, FACE_ENGINE: 'wasm', FACE_WORKERS: '0', FACE_MODELS_DIR: '/srv/m' })).toMatchObject({ faceEngine: 'wasm', faceWorkers: 0, faceModelsDir: '/srv/m' });
    expect(() => loadConfig({ ...minimal, FACE_ENGINE: 'gpu' })).toThrow(/FACE_ENGINE/);
    expect(() => loadConfig({ ...minimal, FACE_WORKERS: '257' })).toThrow(/FACE_WORKERS/);
  });

  it('names every bad variable at once, in both languages and without the value of a secret', () => {
    const load = () =>
      loadConfig({ PORT: '70000', REDIS_URL: 'localhost:6379', XUEJIAN_SECRET: 'hunter2', XUEJIAN_DEMO: 'yes', LOG_LEVEL: 'loud' });
    expect(load).toThrow(ConfigError);
    let message = '';
    try {
      load();
    } catch (error) {
      message = String(error);
    }
    for (const name of ['PORT', 'DATABASE_URL', 'REDIS_URL', 'XUEJIAN_SECRET', 'XUEJIAN_DEMO', 'LOG_LEVEL']) {
      expect(message).toContain(`- ${name}: `);
    }
    expect(message).toContain('无法启动');
    expect(message).toContain('must be an integer from 1 to 65535');
    expect(message).not.toContain('hunter2');
  });

  it('asks for a secret outside the demo', () => {
    expect(() => loadConfig({ DATABASE_URL: minimal.DATABASE_URL })).toThrow(/XUEJIAN_SECRET/);
  });

  it('draws the secret of a demo once and keeps it for its owner alone', () => {
    const environment = { DATABASE_URL: minimal.DATABASE_URL, XUEJIAN_DEMO: '1', XUEJIAN_DATA_DIR: join(folder, 'fresh') };
    const first = loadConfig(environment);
    expect(first.secret).toMatch(/^[0-9a-f]{64}$/);
    expect(loadConfig(environment).secret).toBe(first.secret);
    const file = join(folder, 'fresh', 'secret');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8').trim()).toBe(first.secret);
  });

  it('refuses a damaged kept secret instead of drawing another', () => {
    writeFileSync(join(folder, 'secret'), 'oops');
    expect(() => loadConfig({ DATABASE_URL: minimal.DATABASE_URL, XUEJIAN_DEMO: 'true', XUEJIAN_DATA_DIR: folder })).toThrow(/is damaged/);
  });

  it('derives keys that differ by label and stay the same otherwise', () => {
    const config = loadConfig(minimal);
    expect(deriveKey(config, 'person-key')).toHaveLength(32);
    expect(deriveKey(config, 'person-key')).toEqual(deriveKey(loadConfig(minimal), 'person-key'));
    expect(deriveKey(config, 'person-key')).not.toEqual(deriveKey(config, 'image-key'));
  });
});
