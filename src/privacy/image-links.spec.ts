import { describe, expect, it } from '@jest/globals';
import { type ImageLink, linkTextOf, readLink } from './image-links.js';

const KEY = Buffer.alloc(32, 7);
const IMAGE = '01934567-89ab-7def-8123-456789abcdef';
const LINK: ImageLink = { platformId: '01934567-0000-7def-8123-456789abcdef', imageId: IMAGE, viewer: 'staff-17', purpose: 'REVIEW', reason: '申诉', expiresAt: 1_000_000 };

describe('a link to a picture', () => {
  const text = linkTextOf(LINK, KEY);

  it('says what it allows until its last millisecond', () => {
    expect(readLink(text, IMAGE, KEY, 999_999)).toEqual(LINK);
    expect(readLink(text, IMAGE, KEY, 1_000_000)).toBeNull();
  });

  it('opens no other picture and is nothing under another key', () => {
    expect(readLink(text, IMAGE.replace('0', '1'), KEY, 0)).toBeNull();
    expect(readLink(text, IMAGE, Buffer.alloc(32, 8), 0)).toBeNull();
  });

  it.each(['', '.', 'a.b', 'a.b.c', `${text}.`, text.slice(0, -1), `x${text}`, text.replace('.', '')])('is not read from %j', (given) => {
    expect(readLink(given, IMAGE, KEY, 0)).toBeNull();
  });

  it('can be written in a URL as it is', () => expect(encodeURIComponent(text)).toBe(text));
});
