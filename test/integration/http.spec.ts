import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Body, Controller, Get, Post, Put } from '@nestjs/common';
import { LIMITS } from '@xuejian/protocol';
import { z } from 'zod';
import { ZodPipe } from '../../src/common/zod.pipe.js';
import { aConfig } from '../support/config.js';
import { startTestApi, type TestApi } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

@Controller('probe')
class ProbeController {
  @Get('bug')
  bug(): never {
    throw new Error('select * from secret_table at /srv/app');
  }

  @Post()
  create(@Body(new ZodPipe(z.strictObject({ title: z.string().max(10) }))) body: { readonly title: string }): string {
    return body.title;
  }

  @Put('image')
  image(@Body() body: Buffer): { readonly bytes: number } {
    return { bytes: body.length };
  }
}

describe('the HTTP edge', () => {
  let database: TestDatabase;
  let api: TestApi;

  beforeAll(async () => {
    database = await createTestDatabase();
    api = await startTestApi(aConfig({ databaseUrl: database.url }), [ProbeController]);
  }, 60_000);
  afterAll(async () => {
    await api?.close();
    await database.close();
  });

  const send = async (method: string, path: string, contentType?: string, body?: string | Uint8Array) => {
    const response = await fetch(api.url + path, {
      method,
      ...(contentType === undefined ? {} : { headers: { 'content-type': contentType } }),
      ...(body === undefined ? {} : { body: body as BodyInit }),
    });
    const text = await response.text();
    const answer = text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {};
    return { status: response.status, type: response.headers.get('content-type') ?? '', headers: response.headers, text, answer };
  };

  it('is live and ready', async () => {
    expect(await send('GET', '/health/live')).toMatchObject({ status: 200, answer: { status: 'ok' } });
    expect(await send('GET', '/health/ready')).toMatchObject({
      status: 200,
      answer: { status: 'ok', details: { database: { status: 'up' }, queue: { status: 'up' } } },
    });
  });

  it('shows the OpenAPI page and its document', async () => {
    expect((await send('GET', '/api')).type).toContain('text/html');
    expect((await send('GET', '/api-json')).answer).toMatchObject({ openapi: expect.stringMatching(/^3\./), info: { title: '学监 Xuejian' } });
  });

  it('sends headers that allow the page its own camera, sockets and blobs and nothing from elsewhere', async () => {
    const { headers } = await send('GET', '/health/live');
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("media-src 'self' blob: data:");
    expect(policy).toMatch(/connect-src 'self' ws: wss:/);
    expect(headers.get('permissions-policy')).toContain('camera=(self)');
    expect(headers.get('x-powered-by')).toBeNull();
  });

  it('gives out the verifier under a policy that lets it load nothing, not even from here', async () => {
    const { status, headers, text } = await send('GET', '/verify');
    expect(status).toBe(200);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/^default-src 'none'; script-src 'sha256-[^' ]+'; style-src 'sha256-[^' ]+'; .*connect-src 'none'/);
    expect(policy).not.toMatch(/'self'|unsafe|https?:/);
    const script = /<script>(.*)<\/script>/s.exec(text)?.[1] ?? '';
    expect(policy).toContain(`'sha256-${createHash('sha256').update(script).digest('base64')}'`);
  });

  it('answers what is not there, malformed and too large as problems with a code', async () => {
    const malformed = await send('POST', '/probe', 'application/json', '{"title": ');
    expect(malformed).toMatchObject({ status: 400, answer: { code: 'VALIDATION_FAILED', status: 400 } });
    expect(malformed.type).toContain('application/problem+json');
    expect(await send('GET', '/nowhere')).toMatchObject({ status: 404, answer: { code: 'NOT_FOUND' } });
    const large = JSON.stringify({ title: 'x'.repeat(LIMITS.jsonBodyBytes) });
    expect(await send('POST', '/probe', 'application/json', large)).toMatchObject({ status: 413, answer: { code: 'TOO_LARGE' } });
    expect(await send('POST', '/probe', 'application/json; charset=x-none', '{}')).toMatchObject({
      status: 415,
      answer: { code: 'VALIDATION_FAILED' },
    });
  });

  it('names the fields it refuses, unknown ones too', async () => {
    const { status, answer } = await send('POST', '/probe', 'application/json', JSON.stringify({ title: 'a title too long', extra: 1 }));
    expect(status).toBe(400);
    expect(answer['errors']).toEqual(expect.arrayContaining([expect.objectContaining({ path: 'title' })]));
    expect(JSON.stringify(answer['errors'])).toContain('extra');
  });

  it('takes a picture up to the limit and refuses one above it by its own code', async () => {
    expect(await send('PUT', '/probe/image', 'image/jpeg', new Uint8Array(LIMITS.imageBytes))).toMatchObject({
      answer: { bytes: LIMITS.imageBytes },
    });
    expect(await send('PUT', '/probe/image', 'image/jpeg', new Uint8Array(LIMITS.imageBytes + 2))).toMatchObject({
      status: 413,
      answer: { code: 'IMAGE_TOO_LARGE' },
    });
  });

  it('tells nothing about a bug', async () => {
    const { status, answer, text } = await send('GET', '/probe/bug');
    expect(status).toBe(500);
    expect(answer['code']).toBe('INTERNAL');
    expect(text).not.toMatch(/secret_table|srv|stack/);
  });
});

describe('readiness', () => {
  it('is refused when the queue does not answer', async () => {
    const database = await createTestDatabase();
    const api = await startTestApi(aConfig({ databaseUrl: database.url, redisUrl: 'redis://127.0.0.1:1' }));
    try {
      const response = await fetch(`${api.url}/health/ready`);
      expect(response.status).toBe(503);
      expect(await response.json()).toMatchObject({ status: 'error', details: { database: { status: 'up' }, queue: { status: 'down' } } });
      expect((await fetch(`${api.url}/health/live`)).status).toBe(200);
    } finally {
      await api.close();
      await database.close();
    }
  }, 60_000);
});
