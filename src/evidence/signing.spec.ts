import { createPublicKey, verify } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { calculateJwkThumbprint } from 'jose';
import { canonicalJson } from './proof/canonical.js';
import { type Signature, signReport, signingKeyOf } from './signing.js';

interface Sample {
  readonly verdict: string;
  readonly popups: readonly number[];
  readonly 说明: string;
}
type Signed = Sample & { readonly signature: Signature };

const SAMPLE: Sample = { verdict: 'VALID', popups: [1.5, 2], 说明: '有效' };
const key = signingKeyOf(Buffer.alloc(32, 3));
const base64url = (text: string): string => Buffer.from(text, 'utf8').toString('base64url');

/** RFC 7515, appendix F, by nothing but `node:crypto`. */
function isValid({ signature, ...report }: Signed, { publicJwk }: Pick<typeof key, 'publicJwk'>): boolean {
  const [header = '', payload, value = ''] = signature.jws.split('.');
  const signedText = `${header}.${base64url(canonicalJson(report))}`;
  return payload === '' && verify(null, Buffer.from(signedText), createPublicKey({ key: { ...publicJwk }, format: 'jwk' }), Buffer.from(value, 'base64url'));
}

describe('the signature of a report', () => {
  let report: Signed;
  beforeAll(async () => {
    report = await signReport(SAMPLE, key);
  });

  it('verifies with the published key, whatever the order of members after a way through JSON', () => {
    expect(isValid(report, key)).toBe(true);
    const reordered = Object.fromEntries(Object.entries(JSON.parse(JSON.stringify(report)) as Signed).reverse()) as unknown as Signed;
    expect(isValid(reordered, key)).toBe(true);
  });

  it('names its key, its algorithm and what it is for', () => {
    expect(report.signature).toMatchObject({ algorithm: 'EdDSA', keyId: key.kid });
    const [header = ''] = report.signature.jws.split('.');
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({ alg: 'EdDSA', kid: key.kid, typ: 'xuejian-report+jws' });
  });

  it('fails after a change of content or signature, and under another key', () => {
    expect(isValid({ ...report, verdict: 'INVALID' }, key)).toBe(false);
    expect(isValid({ ...report, popups: [1.5] }, key)).toBe(false);
    const [header = '', , value = ''] = report.signature.jws.split('.');
    for (const jws of [`${header}..${value.startsWith('A') ? 'B' : 'A'}${value.slice(1)}`, `${base64url('{"alg":"none"}')}..${value}`]) {
      expect(isValid({ ...report, signature: { ...report.signature, jws } }, key)).toBe(false);
    }
    const other = signingKeyOf(Buffer.alloc(32, 4));
    expect(isValid(report, other)).toBe(false);
    expect(other.kid).not.toBe(key.kid);
  });

  it('has the key of the test vector of RFC 8032, named as RFC 7638 says', async () => {
    const { publicJwk, kid } = signingKeyOf(Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex'));
    expect(publicJwk.x).toBe('11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo');
    // RFC 8037, appendix A.3.
    expect(kid).toBe('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k');
    expect(await calculateJwkThumbprint({ ...publicJwk })).toBe(kid);
  });
});
