import { createHash, randomBytes } from 'node:crypto';

const KEY_PATTERN = /^xjk_[A-Za-z0-9_-]{43}$/;

/** A new platform key: `xjk_` and 32 random bytes as base64url. */
export const newPlatformKey = (): string => `xjk_${randomBytes(32).toString('base64url')}`;

/** What is stored and looked up in its place: 32 bytes. The key is random, so a plain hash cannot be guessed back. */
export const hashPlatformKey = (key: string): Buffer => createHash('sha256').update(key, 'ascii').digest();

/** The key of an `Authorization: Bearer …` header, or null when there is none that could be ours. */
export function bearerKeyOf(header: string | undefined): string | null {
  const key = /^Bearer ([^ ]+)$/i.exec(header ?? '')?.[1];
  return key !== undefined && KEY_PATTERN.test(key) ? key : null;
}
