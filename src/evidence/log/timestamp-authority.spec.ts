import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Misbehaviour, startTestAuthority, type TestAuthority } from '../../../test/support/timestamp-authority.js';
import { verifyTimestamp } from '../proof/timestamp.js';
import { type StampFailure, TimestampAuthority } from './timestamp-authority.js';

const HASH = 'ab'.repeat(32);

describe('time stamps of an authority', () => {
  let tsa: TestAuthority;
  let stranger: TestAuthority;
  let authority: TimestampAuthority;

  beforeAll(async () => {
    [tsa, stranger] = await Promise.all([startTestAuthority(), startTestAuthority()]);
    authority = new TimestampAuthority({ tsa });
  });
  afterAll(() => Promise.all([tsa.close(), stranger.close()]));

  it('are tokens over the hash that was sent, and over no other', async () => {
    const { token, failure } = await authority.stamp(HASH);
    expect(failure).toBeNull();
    const answer = await verifyTimestamp(token ?? Buffer.alloc(0), HASH);
    expect(answer.authority).toBe('Test TSA');
    expect(Math.abs(answer.genTime.getTime() - Date.now())).toBeLessThan(60_000);
    await expect(verifyTimestamp(token ?? Buffer.alloc(0), 'cd'.repeat(32))).rejects.toThrow('another hash');
  });

  it.each<[Misbehaviour, StampFailure]>([
    ['REFUSES', 'TSA_REFUSED'],
    ['WRONG_IMPRINT', 'TSA_TOKEN_WRONG'],
    ['WRONG_NONCE', 'TSA_TOKEN_WRONG'],
    ['NO_NONCE', 'TSA_TOKEN_WRONG'],
    ['WRONG_SIGNATURE', 'TSA_TOKEN_WRONG'],
    ['ERROR_PAGE', 'TSA_UNREACHABLE'],
    ['RUBBISH', 'TSA_UNREACHABLE'],
    ['HANGS_UP', 'TSA_UNREACHABLE'],
  ])('are not taken from one that %s', async (how, failure) => {
    tsa.behave(how);
    expect(await authority.stamp(HASH)).toEqual({ token: null, failure });
    tsa.behave(null);
    expect(await authority.stamp(HASH)).toMatchObject({ failure: null });
  });

  it('are not taken from one whose root is not the trusted one', async () => {
    const imposed = new TimestampAuthority({ tsa: { url: tsa.url, certificateFile: stranger.certificateFile } });
    expect(await imposed.stamp(HASH)).toEqual({ token: null, failure: 'TSA_UNTRUSTED' });
  });
});
