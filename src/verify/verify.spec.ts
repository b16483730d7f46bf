import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { ProblemFilter } from '../common/problem.filter.js';
import { VerifierFiles } from './verifier-files.js';
import { VerifyController } from './verify.controller.js';

const POLICY = "default-src 'none'; script-src 'sha256-abc='";
const PAGE = `<!doctype html><meta http-equiv="Content-Security-Policy" content="${POLICY}"><title>离线核验</title>`;

describe('/verify', () => {
  let folder: string;
  let app: NestExpressApplication;
  let url: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'xuejian-verifier-'));
    const testing = await Test.createTestingModule({
      controllers: [VerifyController],
      providers: [{ provide: VerifierFiles, useValue: new VerifierFiles(folder) }],
    }).compile();
    app = testing.createNestApplication<NestExpressApplication>({ logger: false, forceCloseConnections: true });
    app.useGlobalFilters(new ProblemFilter());
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
  });
  afterAll(async () => {
    await app?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('says plainly that the verifier has not been built, and gives it as soon as it has', async () => {
    for (const path of ['/verify', '/verify/xuejian-verify.mjs']) {
      const response = await fetch(url + path);
      expect(response.status).toBe(503);
      expect(await response.json()).toMatchObject({ code: 'UNAVAILABLE', detail: expect.stringContaining('npm run build') });
    }
    await Promise.all([writeFile(join(folder, 'index.html'), PAGE), writeFile(join(folder, 'xuejian-verify.mjs'), '#!/usr/bin/env node\n')]);
    expect(await (await fetch(`${url}/verify`)).text()).toBe(PAGE);
  });

  it('gives the page under its own policy, packed for those who can unpack it, and once', async () => {
    const packed = await fetch(`${url}/verify`);
    expect(packed.headers.get('content-security-policy')).toBe(`${POLICY}; frame-ancestors 'none'`);
    expect(packed.headers.get('content-type')).toMatch(/^text\/html; charset=utf-8/i);
    expect(packed.headers.get('content-encoding')).toBe('gzip');
    const plain = await fetch(`${url}/verify`, { headers: { 'accept-encoding': 'identity' } });
    expect(plain.headers.get('content-encoding')).toBeNull();
    expect(await plain.text()).toBe(PAGE);
    const again = await fetch(`${url}/verify`, { headers: { 'if-none-match': packed.headers.get('etag') ?? '', 'cache-control': 'max-age=0' } });
    expect(again.status).toBe(304);
  });

  it('gives the command as a file to keep', async () => {
    const response = await fetch(`${url}/verify/xuejian-verify.mjs`);
    expect(response.headers.get('content-disposition')).toBe('attachment; filename=xuejian-verify.mjs');
    expect(response.headers.get('content-type')).toContain('javascript');
    expect(await response.text()).toBe('#!/usr/bin/env node\n');
  });
});
