import { describe, expect, it } from '@jest/globals';
import type { Config } from '../config/config.js';
import { PersonalData } from './personal-data.js';

const withSecret = (secret: string): PersonalData => new PersonalData({ secret } as Config);
const data = withSecret('01'.repeat(32));

describe('personal data', () => {
  it('comes back as it went in', () => {
    expect(data.decrypt(data.encrypt('张三丰', 'trainee/1/name'), 'trainee/1/name')).toBe('张三丰');
  });

  it('never looks the same twice', () => {
    expect(data.encrypt('张三', 'c').equals(data.encrypt('张三', 'c'))).toBe(false);
  });

  it('cannot be read in another row, when altered, cut short, or with another secret', () => {
    const sealed = data.encrypt('张三', 'trainee/1/name');
    const altered = Buffer.from(sealed);
    altered[altered.length - 1]! ^= 1;
    expect(() => data.decrypt(sealed, 'trainee/2/name')).toThrow();
    expect(() => data.decrypt(altered, 'trainee/1/name')).toThrow();
    expect(() => data.decrypt(sealed.subarray(0, 10), 'trainee/1/name')).toThrow();
    expect(() => withSecret('02'.repeat(32)).decrypt(sealed, 'trainee/1/name')).toThrow();
  });

  it('has one key for each person and none without the secret', () => {
    expect(data.personKeyOf('11010519491231002X')).toMatch(/^[0-9a-f]{64}$/);
    expect(data.personKeyOf('11010519491231002X')).toBe(data.personKeyOf('11010519491231002X'));
    expect(data.personKeyOf('11010519491231002X')).not.toBe(data.personKeyOf('110105194912310021'));
    expect(withSecret('02'.repeat(32)).personKeyOf('11010519491231002X')).not.toBe(data.personKeyOf('11010519491231002X'));
  });
});
