import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { Problem } from '../common/problem.js';
import { type Config, deriveKey } from '../config/config.js';

/** What a socket token says: which session, which opening of it, until when. */
export interface SessionClaims {
  readonly sessionId: string;
  readonly generation: number;
  /** Server ms. */
  readonly expiresAt: number;
}

const LIFETIME_MS = 24 * 3_600_000;
const claimsSchema = z.strictObject({ sessionId: z.uuid(), generation: z.number().int(), expiresAt: z.number().int() });

const macOf = (config: Config, payload: string): Buffer => createHmac('sha256', deriveKey(config, 'session-token')).update(payload).digest();

/** A token for one opening of a session. */
export function issueToken(config: Config, sessionId: string, generation: number, now: number): string {
  const claims: SessionClaims = { sessionId, generation, expiresAt: now + LIFETIME_MS };
  const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
  return `${payload}.${macOf(config, payload).toString('base64url')}`;
}

/** @throws Problem 401 `TOKEN_INVALID` */
export function readToken(config: Config, token: unknown, now: number): SessionClaims {
  const invalid = new Problem(401, 'TOKEN_INVALID', '学习凭证无效或已过期，请重新打开课程 / The session token is not valid any more: open the lesson again');
  if (typeof token !== 'string' || token.length > 1000) throw invalid;
  const [payload = '', mac = ''] = token.split('.');
  const given = Buffer.from(mac, 'base64url');
  const expected = macOf(config, payload);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw invalid;
  const claims = claimsSchema.safeParse(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')));
  if (!claims.success || claims.data.expiresAt < now) throw invalid;
  return claims.data;
}
