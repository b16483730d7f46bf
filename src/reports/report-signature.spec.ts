import { createPublicKey, verify } from 'node:crypto';
import canonicalize from 'canonicalize';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { honest, sampleReport, tellSession } from '../../test/support/sample-report.js';
import type { SessionReport } from './report.schema.js';
import { isSignatureValid, signReport, signingKeyOf } from './report-signature.js';

const key = signingKeyOf(Buffer.alloc(32, 3));

describe('the signature of a report', () => {
  let report: SessionReport;
  beforeAll(() => {
    report = signReport(sampleReport(tellSession(honest).journal), key);
  });

  it('verifies with the published key, also after a way through JSON', () => {
    const published = createPublicKey(key.publicKey.export({ format: 'pem', type: 'spki' }).toString());
    expect(isSignatureValid(JSON.parse(JSON.stringify(report)) as SessionReport, published)).toBe(true);
  });

  it('fails after a change of any byte that is signed', () => {
    const { signature, ...content } = report;
    const bytes = Buffer.from(canonicalize(content) ?? '');
    const value = Buffer.from(signature.value, 'base64');
    expect(verify(null, bytes, key.publicKey, value)).toBe(true);
    for (let at = 0; at < bytes.length; at += Math.max(1, Math.floor(bytes.length / 200))) {
      const forged = Buffer.from(bytes);
      forged[at] = (forged[at] ?? 0) ^ 1;
      expect(verify(null, forged, key.publicKey, value)).toBe(false);
    }
  });

  it('fails after a change of verdict, of a table, or of the signature', () => {
    const { verdict, popups, signature } = report;
    expect(isSignatureValid({ ...report, verdict: { ...verdict, strict: 'INVALID' } }, key.publicKey)).toBe(false);
    expect(isSignatureValid({ ...report, popups: popups.slice(1) }, key.publicKey)).toBe(false);
    expect(isSignatureValid({ ...report, signature: { ...signature, value: `A${signature.value.slice(1)}` } }, key.publicKey)).toBe(signature.value.startsWith('A'));
  });

  it('fails under another key, which also has another name', () => {
    const other = signingKeyOf(Buffer.alloc(32, 4));
    expect(isSignatureValid(report, other.publicKey)).toBe(false);
    expect(other.keyId).not.toBe(key.keyId);
  });

  it('has the key of the test vector of RFC 8032', () => {
    const { publicKey } = signingKeyOf(Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex'));
    expect(publicKey.export({ format: 'jwk' }).x).toBe(Buffer.from('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a', 'hex').toString('base64url'));
  });
});
