import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { KEY_BYTES, seal, unseal } from './sealing.js';

const key = randomBytes(KEY_BYTES);
const plain = Buffer.from('descriptor');

describe('sealing', () => {
  it('gives the value back where it belongs', () => {
    expect(unseal(key, seal(key, plain, 'row/1'), 'row/1')).toEqual(plain);
    expect(unseal(key, seal(key, Buffer.alloc(0), 'row/1'), 'row/1')).toHaveLength(0);
  });

  it('never looks the same twice', () => {
    expect(seal(key, plain, 'row/1')).not.toEqual(seal(key, plain, 'row/1'));
  });

  it('refuses a value of another row, another key, or altered anywhere', () => {
    const sealed = seal(key, plain, 'row/1');
    expect(() => unseal(key, sealed, 'row/2')).toThrow();
    expect(() => unseal(randomBytes(KEY_BYTES), sealed, 'row/1')).toThrow();
    expect(() => unseal(key, Buffer.alloc(4), 'row/1')).toThrow('unknown format');
    for (let at = 0; at < sealed.length; at += 1) {
      const altered = Buffer.from(sealed);
      altered[at]! ^= 1;
      expect(() => unseal(key, altered, 'row/1')).toThrow();
    }
  });
});
