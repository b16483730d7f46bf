/** RFC 3161 time-stamp tokens: proof by a third party that a hash existed at an instant. */
import { Certificate, ContentInfo, ExtKeyUsage, id_ContentType_Data, id_ContentType_SignedData, id_eContentType_TSTInfo, id_ExtKeyUsage, id_sha256, SignedData, TSTInfo } from 'pkijs';
import { bytesToHex } from './digest.js';

const TIME_STAMPING = '1.3.6.1.5.5.7.3.8';
const COMMON_NAME = '2.5.4.3';

export interface TimestampAnswer {
  /** When the authority says it saw the hash. */
  readonly genTime: Date;
  /** Common name of the certificate that signed. */
  readonly authority: string;
  /** Whether that certificate leads to one of the trusted ones; null when none was given. */
  readonly isTrusted: boolean | null;
}

/** The token is not what it should be; the message says why. */
export class TimestampError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'TimestampError';
  }
}

/**
 * Verifies a TimeStampToken (DER).
 * @param imprint the SHA-256 it has to be about, hex
 * @param trusted certificates (DER) a signer has to lead to; without any, only the signature itself is judged
 * @throws TimestampError
 */
export async function verifyTimestamp(token: Uint8Array, imprint: string, trusted: readonly Uint8Array[] = []): Promise<TimestampAnswer> {
  const signed = read('no time-stamp token', () => {
    const content = ContentInfo.fromBER(bufferOf(token));
    if (content.contentType !== id_ContentType_SignedData) throw new TimestampError('no signed data');
    return new SignedData({ schema: content.content });
  });
  const info = read('no time-stamp information', () => {
    const { eContentType, eContent } = signed.encapContentInfo;
    if (eContentType !== id_eContentType_TSTInfo || eContent === undefined) throw new TimestampError('the token is about something else');
    return TSTInfo.fromBER(eContent.getValue());
  });
  const { hashAlgorithm, hashedMessage } = info.messageImprint;
  if (hashAlgorithm.algorithmId !== id_sha256 || bytesToHex(hashedMessage.valueBlock.valueHexView) !== imprint) throw new TimestampError('the token is about another hash');
  const certificate = await requireSignature(signed);
  requirePurpose(certificate);
  return { genTime: info.genTime, authority: nameOf(certificate), isTrusted: trusted.length === 0 ? null : await isChained(signed, info.genTime, trusted) };
}

/** The library would hash the stamped data itself, but only its hash is at hand: for it the content is plain bytes. */
async function requireSignature(signed: SignedData): Promise<Certificate> {
  signed.encapContentInfo.eContentType = id_ContentType_Data;
  const result = await signed.verify({ signer: 0, checkChain: false, extendedMode: true }).catch((error: unknown) => {
    throw new TimestampError(error instanceof Error ? error.message : 'the signature cannot be checked');
  });
  if (result.signatureVerified !== true || !result.signerCertificate) throw new TimestampError('the signature does not fit');
  return result.signerCertificate;
}

function requirePurpose(certificate: Certificate): void {
  const usage = certificate.extensions?.find(({ extnID }) => extnID === id_ExtKeyUsage)?.parsedValue as unknown;
  if (usage instanceof ExtKeyUsage && usage.keyPurposes.includes(TIME_STAMPING)) return;
  throw new TimestampError('the certificate is not one for time-stamping');
}

async function isChained(signed: SignedData, checkDate: Date, trusted: readonly Uint8Array[]): Promise<boolean> {
  const trustedCerts = read('a trusted certificate cannot be read', () => trusted.map((der) => Certificate.fromBER(bufferOf(der))));
  return signed.verify({ signer: 0, checkChain: true, trustedCerts, checkDate }).then(
    (isRight) => isRight,
    () => false,
  );
}

function nameOf({ subject }: Certificate): string {
  const found = subject.typesAndValues.find(({ type }) => type === COMMON_NAME);
  return String(found?.value.valueBlock.value ?? '?');
}

function read<T>(message: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof TimestampError ? error : new TimestampError(message);
  }
}

const bufferOf = (bytes: Uint8Array): ArrayBuffer => Uint8Array.from(bytes).buffer;
