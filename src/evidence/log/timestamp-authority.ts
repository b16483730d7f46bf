import { randomBytes, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Inject, Injectable } from '@nestjs/common';
import * as asn1js from 'asn1js';
import { AlgorithmIdentifier, ContentInfo, id_sha256, MessageImprint, SignedData, TimeStampReq, TimeStampResp, TSTInfo } from 'pkijs';
import { CONFIG, type Config } from '../../config/config.js';
import { TimestampError, verifyTimestamp } from '../proof/timestamp.js';

export type Stamping = { readonly token: Buffer; readonly failure: null } | { readonly token: null; readonly failure: StampFailure };

export type StampFailure =
  /** No answer in time, or none that can be read. */
  | 'TSA_UNREACHABLE'
  /** The authority answered that it will not. */
  | 'TSA_REFUSED'
  /** Its token is about something else, or of another request. */
  | 'TSA_TOKEN_WRONG'
  /** Its certificate does not lead to a trusted one. */
  | 'TSA_UNTRUSTED';

/** A face check may wait behind it in the worker: no longer than this. */
const TIMEOUT_MS = 5_000;
const MAX_ANSWER_BYTES = 65_536;
const NONCE_BYTES = 8;
/** PKIStatus `granted` and `grantedWithMods`. */
const MAX_GRANTED = 1;

/** Lets an authority of the operator's choice confirm when a hash existed (RFC 3161 over HTTP). */
@Injectable()
export class TimestampAuthority {
  constructor(@Inject(CONFIG) private readonly config: Pick<Config, 'tsa'>) {}

  get isConfigured(): boolean {
    return this.config.tsa !== null;
  }

  /** Asks for a token over a SHA-256 (hex) and keeps none that does not verify. */
  async stamp(hash: string): Promise<Stamping> {
    const { tsa } = this.config;
    if (tsa === null) throw new Error('no time-stamping authority is configured');
    const nonce = drawNonce();
    const answer = await ask(tsa.url, requestOf(hash, nonce));
    if (answer === null) return { token: null, failure: 'TSA_UNREACHABLE' };
    const { status, timeStampToken } = answer;
    if (status.status > MAX_GRANTED || timeStampToken === undefined) return { token: null, failure: 'TSA_REFUSED' };
    const token = Buffer.from(timeStampToken.toSchema().toBER());
    try {
      const { isTrusted } = await verifyTimestamp(token, hash, await certificatesOf(tsa.certificateFile));
      if (isTrusted !== true) return { token: null, failure: 'TSA_UNTRUSTED' };
    } catch (error) {
      if (error instanceof TimestampError) return { token: null, failure: 'TSA_TOKEN_WRONG' };
      throw error;
    }
    return nonceOf(timeStampToken)?.equals(nonce) === true ? { token, failure: null } : { token: null, failure: 'TSA_TOKEN_WRONG' };
  }
}

/** A positive number of full length, so that it is the same in every encoding. */
function drawNonce(): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  nonce[0] = ((nonce[0] ?? 0) & 0x3f) | 0x40;
  return nonce;
}

function requestOf(hash: string, nonce: Buffer): Uint8Array {
  const request = new TimeStampReq({
    version: 1,
    messageImprint: new MessageImprint({
      hashAlgorithm: new AlgorithmIdentifier({ algorithmId: id_sha256, algorithmParams: new asn1js.Null() }),
      hashedMessage: new asn1js.OctetString({ valueHex: Buffer.from(hash, 'hex') }),
    }),
    nonce: new asn1js.Integer({ valueHex: nonce }),
    certReq: true,
  });
  return new Uint8Array(request.toSchema().toBER());
}

async function ask(url: string, body: Uint8Array): Promise<TimeStampResp | null> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/timestamp-query', accept: 'application/timestamp-reply' },
      body: Buffer.from(body),
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const bytes = await response.arrayBuffer();
    return response.ok && bytes.byteLength <= MAX_ANSWER_BYTES ? TimeStampResp.fromBER(bytes) : null;
  } catch {
    return null;
  }
}

function nonceOf(token: ContentInfo): Buffer | null {
  const { eContent } = new SignedData({ schema: token.content }).encapContentInfo;
  const { nonce } = TSTInfo.fromBER(eContent?.getValue() ?? new ArrayBuffer(0));
  return nonce === undefined ? null : Buffer.from(nonce.valueBlock.valueHexView);
}

async function certificatesOf(file: string): Promise<readonly Uint8Array[]> {
  const found = (await readFile(file, 'utf8')).match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (found.length === 0) throw new Error(`${file} 中没有证书 / holds no certificate`);
  return found.map((pem) => new X509Certificate(pem).raw);
}
