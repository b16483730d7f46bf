import { describe, expect, it } from '@jest/globals';
import { maskIdNumber, maskName } from './masking.js';

describe('masking', () => {
  it.each([
    ['张三', '张*'],
    ['张三丰', '张**'],
    ['欧阳娜娜', '欧***'],
    ['𠮷野家', '𠮷**'],
    ['Joe Biden', 'J** B****'],
    ['Kim J', 'K** *'],
    ['李', '李'],
  ])('shows %s as %s', (name, masked) => expect(maskName(name)).toBe(masked));

  it.each([
    ['11010519491231002X', '110***********002X'],
    ['E12345678', '*******78'],
    ['A123', '**23'],
  ])('shows %s as %s', (idNumber, masked) => expect(maskIdNumber(idNumber)).toBe(masked));
});
