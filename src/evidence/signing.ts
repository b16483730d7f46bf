/** Ed25519 signatures as JWS (RFC 7515, RFC 8037): anyone with the published key can check them without this service. */
import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { CompactSign } from 'jose';
import { canonicalJson } from './proof/canonical.js';
import { JWS_TYPES } from './proof/format.js';
import type { PublicJwk } from './signing-key.entity.js';

/** DER of a PKCS #8 Ed25519 private key up to its 32-byte seed (RFC 8410). */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');

export interface SigningKey {
  /** RFC 7638 thumbprint of the public key, base64url. */
  readonly kid: string;
  readonly publicJwk: PublicJwk;
  readonly privateKey: KeyObject;
}

export type JwsType = (typeof JWS_TYPES)[keyof typeof JWS_TYPES];

/** The key pair of a 32-byte seed. */
export function signingKeyOf(seed: Uint8Array): SigningKey {
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, seed]), format: 'der', type: 'pkcs8' });
  const { x } = createPublicKey(privateKey).export({ format: 'jwk' });
  if (x === undefined) throw new Error('an Ed25519 key without a public half');
  const publicJwk: PublicJwk = { kty: 'OKP', crv: 'Ed25519', x };
  return { kid: createHash('sha256').update(canonicalJson(publicJwk)).digest('base64url'), publicJwk, privateKey };
}

/** A compact JWS over a text's UTF-8. */
export const signText = ({ kid, privateKey }: SigningKey, typ: JwsType, text: string): Promise<string> =>
  new CompactSign(new TextEncoder().encode(text)).setProtectedHeader({ alg: 'EdDSA', kid, typ }).sign(privateKey);

/** The same without the payload in it (RFC 7515, appendix F). */
export async function signDetached(key: SigningKey, typ: JwsType, text: string): Promise<string> {
  const [header, , signature] = (await signText(key, typ, text)).split('.');
  return `${header}..${signature}`;
}

export interface Signature {
  readonly algorithm: 'EdDSA';
  readonly keyId: string;
  /** Detached, over the RFC 8785 canonical JSON of the object without its member `signature`. */
  readonly jws: string;
}

/** A report with its signature. */
export async function signReport<T extends object>(report: T, key: SigningKey): Promise<T & { readonly signature: Signature }> {
  return { ...report, signature: { algorithm: 'EdDSA', keyId: key.kid, jws: await signDetached(key, JWS_TYPES.report, canonicalJson(report)) } };
}
