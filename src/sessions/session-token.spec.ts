import { describe, expect, it } from '@jest/globals';
import type { Config } from '../config/config.js';
import { issueToken, readToken } from './session-token.js';

const config = { secret: '11'.repeat(32) } as Config;
const sessionId = '018f3c2e-1111-7000-8000-000000000001';

describe('session tokens', () => {
  it('name their session and opening for a day', () => {
    const token = issueToken(config, sessionId, 3, 1000);
    expect(readToken(config, token, 2000)).toMatchObject({ sessionId, generation: 3 });
    expect(() => readToken(config, token, 1000 + 25 * 3_600_000)).toThrow(/TOKEN_INVALID|凭证/);
  });

  it('are refused when changed, of another server, or no token at all', () => {
    const token = issueToken(config, sessionId, 3, 1000);
    const [payload = '', mac = ''] = token.split('.');
    const forged = Buffer.from(payload, 'base64url').toString().replace('"generation":3', '"generation":4');
    const others = [`${Buffer.from(forged).toString('base64url')}.${mac}`, issueToken({ secret: '22'.repeat(32) } as Config, sessionId, 3, 1000), '', 'a.b', 42, null, payload];
    for (const other of others) expect(() => readToken(config, other, 2000)).toThrow();
  });
});
