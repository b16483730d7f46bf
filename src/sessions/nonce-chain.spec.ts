import { describe, expect, it } from '@jest/globals';
import { NonceChain } from './nonce-chain.js';

const chain = () => new NonceChain(Buffer.alloc(32, 7), 'a-session');

describe('the nonce chain', () => {
  it('accepts the nonce of the last acknowledgement', () => {
    const nonces = chain();
    expect(nonces.accepts(nonces.after(4), 4)).toBe(true);
  });

  it('accepts several buffered beats with the nonce of the last acknowledgement before the cut', () => {
    const nonces = chain();
    const carried = nonces.after(4);
    expect([4, 5, 6].map((lastSeq) => nonces.accepts(carried, lastSeq))).toEqual([true, true, true]);
  });

  it('refuses a nonce that was not handed out yet, an older one than carried before, and another session’s', () => {
    const nonces = chain();
    expect(nonces.accepts(nonces.after(5), 4)).toBe(false);
    expect(nonces.accepts(nonces.after(4), 4)).toBe(true);
    expect(nonces.accepts(nonces.after(3), 5)).toBe(false);
    expect(nonces.accepts(new NonceChain(Buffer.alloc(32, 8), 'a-session').after(5), 5)).toBe(false);
  });
});
