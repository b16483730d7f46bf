/** Ed25519 over the canonical JSON of a report: anyone with the public key can check it without this service. */
import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { SessionReport, UnsignedReport } from './report.schema.js';

/** DER of a PKCS #8 Ed25519 private key up to its 32-byte seed (RFC 8410). */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');
const KEY_ID_CHARS = 16;

export interface SigningKey {
  /** First half of the SHA-256 of the public key's SPKI DER, hex. */
  readonly keyId: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** The key pair of a 32-byte seed. */
export function signingKeyOf(seed: Buffer): SigningKey {
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, seed]), format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(privateKey);
  const der = publicKey.export({ format: 'der', type: 'spki' });
  return { keyId: createHash('sha256').update(der).digest('hex').slice(0, KEY_ID_CHARS), privateKey, publicKey };
}

export function signReport(report: UnsignedReport, { keyId, privateKey }: SigningKey): SessionReport {
  const value = sign(null, signedBytes(report), privateKey).toString('base64');
  return {
    ...report,
    signature: { algorithm: 'Ed25519', keyId, signedContent: 'RFC 8785 canonical JSON of the report without its member "signature", UTF-8', value },
  };
}

export function isSignatureValid({ signature, ...report }: SessionReport, publicKey: KeyObject): boolean {
  return verify(null, signedBytes(report), publicKey, Buffer.from(signature.value, 'base64'));
}

function signedBytes(report: UnsignedReport): Buffer {
  const canonical = canonicalize(report);
  if (canonical === undefined) throw new Error('the report has no canonical form');
  return Buffer.from(canonical, 'utf8');
}
