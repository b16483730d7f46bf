import { describe, expect, it } from '@jest/globals';
import { bearerKeyOf, hashPlatformKey, newPlatformKey } from './platform-key.js';

describe('a platform key', () => {
  it('is 32 random bytes with a prefix that scanners can find', () => {
    const key = newPlatformKey();
    expect(key).toMatch(/^xjk_[A-Za-z0-9_-]{43}$/);
    expect(newPlatformKey()).not.toBe(key);
    expect(hashPlatformKey(key)).toHaveLength(32);
  });

  it('is read from a bearer header', () => {
    const key = newPlatformKey();
    expect(bearerKeyOf(`Bearer ${key}`)).toBe(key);
    expect(bearerKeyOf(`bearer ${key}`)).toBe(key);
  });

  it.each([undefined, '', 'Bearer', 'Bearer xjk_short', `Basic ${newPlatformKey()}`, `Bearer ${newPlatformKey()} x`, newPlatformKey()])(
    'is not found in %s',
    (header) => expect(bearerKeyOf(header)).toBeNull(),
  );
});
