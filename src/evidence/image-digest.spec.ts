import { describe, expect, it } from '@jest/globals';
import { burstDigestOf, digestOf, newDigestKey } from './image-digest.js';
import { imageDigest } from './proof/digest.js';

const picture = Buffer.from('Hi There');

describe('the digest of a picture', () => {
  it('is the one of RFC 4231, and the one a verifier computes in a browser', () => {
    const key = Buffer.alloc(20, 0x0b);
    expect(digestOf(key, picture)).toBe('b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7');
    expect(imageDigest(key, picture)).toBe(digestOf(key, picture));
  });

  it('tells nothing without its key: of one picture there are as many as checks', () => {
    const digests = Array.from({ length: 20 }, () => digestOf(newDigestKey(), picture));
    expect(new Set(digests).size).toBe(20);
  });

  it('of a burst changes with any frame and with their order', () => {
    const key = newDigestKey();
    const frames = [Buffer.from('a'), Buffer.from('b'), Buffer.from('c')];
    const digest = burstDigestOf(key, frames);
    expect(burstDigestOf(key, frames)).toBe(digest);
    for (const other of [frames.slice(1), [...frames].reverse(), [Buffer.from('ab'), Buffer.from(''), Buffer.from('c')], [...frames, Buffer.from('c')]]) {
      expect(burstDigestOf(key, other)).not.toBe(digest);
    }
  });
});
