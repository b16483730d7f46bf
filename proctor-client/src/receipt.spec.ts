import { describe, expect, it } from '@jest/globals';
import type { ClientPolicy } from '@xuejian/protocol';
import { ReceiptKeeper } from './receipt.js';

const policy: ClientPolicy = {
  id: 'cn-henan-nanyang-2022', version: 1, maxRate: 1, heartbeatMs: 10_000, offlineGraceMs: 30_000, popupTimeoutMs: 60_000, pauseWhenHidden: true,
};
/** The published vector of the committed schedule. */
const sessionId = '01J0SESSION0000000000000001';
const seed = '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f';
const commitment = '26805177c2b834aacc380be057903a248683c31a13da5bdabb9ce8bf618f1114';

const keeper = (given: string | undefined = commitment): ReceiptKeeper => {
  const receipts = new ReceiptKeeper(given);
  receipts.joined({ sessionId, policy });
  return receipts;
};

describe('the receipt of a session', () => {
  it('says that the commitment was kept when the revealed secret is the committed one', async () => {
    expect(await keeper().closed({ sessionId, seed })).toEqual({ sessionId, commitment, seed, kept: true });
  });

  it('says that it was not kept for another secret, another policy, or none at all', async () => {
    expect((await keeper().closed({ sessionId, seed: seed.replace(/1f$/, '1e') }))?.kept).toBe(false);
    expect((await keeper().closed({ sessionId, seed: 'zz'.repeat(32) }))?.kept).toBe(false);
    const other = new ReceiptKeeper(commitment);
    other.joined({ sessionId, policy: { ...policy, version: 2 } });
    expect((await other.closed({ sessionId, seed }))?.kept).toBe(false);
  });

  it('says nothing where there is nothing to check', async () => {
    expect(await new ReceiptKeeper(undefined).closed({ sessionId, seed })).toBeNull();
    expect(await keeper().closed({ sessionId, seed: null })).toBeNull();
    expect(await keeper().closed({ sessionId: 'another session, opened after taking over', seed })).toBeNull();
    expect(await new ReceiptKeeper(commitment).closed({ sessionId, seed })).toBeNull();
  });
});
