/** JSON Web Signatures (RFC 7515, EdDSA of RFC 8037) under a published key set. */
import { base64url, calculateJwkThumbprint, compactVerify, decodeProtectedHeader, importJWK } from 'jose';
import { z } from 'zod';
import { hasWebCrypto } from './digest.js';
import { flaw, type Flaw, messageOf } from './result.js';

const keySchema = z.looseObject({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string(),
  kid: z.string(),
  /** When it was retired, seconds; absent while it signs. */
  exp: z.number().optional(),
});
type PublicKey = z.infer<typeof keySchema>;

/** The Ed25519 keys of a JWK Set, as published at `/.well-known/jwks.json`. */
export interface KeySet {
  readonly keys: readonly PublicKey[];
}

/** The keys of a parsed JWK Set this verifier can use, or null when there are none. */
export function keySetOf(value: unknown): KeySet | null {
  const set = z.looseObject({ keys: z.array(z.unknown()) }).safeParse(value);
  const keys = (set.data?.keys ?? []).flatMap((key) => keySchema.safeParse(key).data ?? []);
  return keys.length === 0 ? null : { keys };
}

export interface JwsQuestion {
  readonly jws: string;
  readonly typ: string;
  /** The payload that has to have been signed; of a detached JWS it is put in. */
  readonly payload: string;
  readonly isDetached: boolean;
  /** What was signed cannot be older than this instant: a key retired before cannot have signed it. */
  readonly notBefore: string;
}

export type JwsAnswer =
  | { readonly outcome: 'PASS'; readonly kid: string }
  | { readonly outcome: 'FAIL'; readonly isPayload: boolean; readonly flaw: Flaw }
  /** This machine cannot check such signatures. */
  | { readonly outcome: 'UNABLE'; readonly reason: string };

const fail = (zh: string, en: string, isPayload = false): JwsAnswer => ({ outcome: 'FAIL', isPayload, flaw: flaw(zh, en) });

/** Checks a signature; `isPayload` tells that the signature itself is right, but over something else. */
export async function checkJws({ jws, typ, payload, isDetached, notBefore }: JwsQuestion, { keys }: KeySet): Promise<JwsAnswer> {
  const text = base64url.encode(payload);
  const [header = '', given = '', signature = '', ...more] = jws.split('.');
  if (more.length > 0 || ![header, given, signature].every(isStrict) || (isDetached && given !== '')) return fail('签名格式不正确', 'Not a compact JWS');
  const compact = isDetached ? `${header}.${text}.${signature}` : jws;
  const head = headerOf(compact);
  if (head === null) return fail('签名头无法读取', 'The header of the signature cannot be read');
  if (head.alg !== 'EdDSA' && head.alg !== 'Ed25519') return fail(`不支持的签名算法 ${head.alg}`, `Unknown signature algorithm ${head.alg}`);
  if (head.typ !== typ) return fail(`签名类型不是 ${typ}`, `The signature is not of type ${typ}`);
  const key = keys.find(({ kid }) => kid === head.kid);
  if (key === undefined) return fail(`公钥集中没有密钥 ${head.kid}`, `The key set has no key ${head.kid}`);
  if (key.exp !== undefined && key.exp * 1000 < Date.parse(notBefore)) return fail('签名密钥在此之前已停用', `The key was retired before ${notBefore}`);
  try {
    const jwk = { kty: key.kty, crv: key.crv, x: key.x };
    if ((await calculateJwkThumbprint(jwk)) !== key.kid) return fail('密钥名称不是其指纹(RFC 7638)', 'The key is not named by its thumbprint (RFC 7638)');
    await compactVerify(compact, await importJWK(jwk, 'EdDSA'), { algorithms: ['EdDSA', 'Ed25519'] });
  } catch (error) {
    if (isUnable(error)) return { outcome: 'UNABLE', reason: messageOf(error) };
    return fail('签名与内容不符', 'The signature does not fit');
  }
  return isDetached || given === text ? { outcome: 'PASS', kid: key.kid } : fail('签名的内容不是此清单', 'Something else was signed', true);
}

/** One spelling only: base64url has spare bits that a decoder ignores. */
function isStrict(part: string): boolean {
  try {
    return base64url.encode(base64url.decode(part)) === part;
  } catch {
    return false;
  }
}

function headerOf(jws: string): { readonly alg: string; readonly typ: string; readonly kid: string } | null {
  try {
    const { alg, typ, kid } = decodeProtectedHeader(jws);
    return { alg: String(alg), typ: String(typ), kid: String(kid) };
  } catch {
    return null;
  }
}

/** No WebCrypto, or one too old for Ed25519. */
const isUnable = (error: unknown): boolean =>
  !hasWebCrypto() || (error instanceof Error && error.name === 'NotSupportedError');
