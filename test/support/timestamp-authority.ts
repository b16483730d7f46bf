import { createHash, webcrypto, X509Certificate } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as asn1js from 'asn1js';
import {
  AlgorithmIdentifier, Attribute, AttributeTypeAndValue, BasicConstraints, Certificate, ContentInfo, EncapsulatedContentInfo, ExtKeyUsage, Extension, id_BasicConstraints,
  id_ContentType_SignedData, id_eContentType_TSTInfo, id_ExtKeyUsage, id_sha256, IssuerAndSerialNumber, MessageImprint, PKIStatusInfo,
  SignedAndUnsignedAttributes, SignedData, SignerInfo, TimeStampReq, TimeStampResp, TSTInfo,
} from 'pkijs';

const ATTRIBUTE = { contentType: '1.2.840.113549.1.9.3', messageDigest: '1.2.840.113549.1.9.4' } as const;
const COMMON_NAME = '2.5.4.3';
const TIME_STAMPING = '1.3.6.1.5.5.7.3.8';
const ANY_POLICY = '1.3.6.1.4.1.55555.1';
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' } as const;

/** How an authority may go wrong. */
export type Misbehaviour = 'REFUSES' | 'WRONG_IMPRINT' | 'WRONG_NONCE' | 'NO_NONCE' | 'WRONG_SIGNATURE' | 'ERROR_PAGE' | 'RUBBISH' | 'HANGS_UP';

/** A time-stamping authority (RFC 3161) with a root of its own, on a free loopback port. */
export interface TestAuthority {
  readonly url: string;
  /** PEM file of its root. */
  readonly certificateFile: string;
  /** `null`: as it should. */
  behave(how: Misbehaviour | null): void;
  close(): Promise<void>;
}

interface Identity {
  readonly certificate: Certificate;
  readonly keys: webcrypto.CryptoKeyPair;
}

export async function startTestAuthority(): Promise<TestAuthority> {
  const root = await issue('Test Root', null);
  const signer = await issue('Test TSA', root);
  let how: Misbehaviour | null = null;
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      if (how === 'HANGS_UP') return void request.socket.destroy();
      if (how === 'ERROR_PAGE') return void response.writeHead(500).end('sorry');
      if (how === 'RUBBISH') return void response.end('no answer');
      void answer(TimeStampReq.fromBER(Uint8Array.from(Buffer.concat(parts)).buffer), signer, how).then((bytes) =>
        response.setHeader('content-type', 'application/timestamp-reply').end(Buffer.from(bytes)));
    });
  });
  server.unref();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const certificateFile = join(mkdtempSync(join(tmpdir(), 'xuejian-tsa-')), 'root.pem');
  writeFileSync(certificateFile, new X509Certificate(Buffer.from(root.certificate.toSchema().toBER())).toString());
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/tsa`,
    certificateFile,
    behave: (given) => void (how = given),
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}

async function issue(name: string, issuer: Identity | null): Promise<Identity> {
  const keys = (await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
  const certificate = new Certificate();
  certificate.version = 2;
  certificate.serialNumber = new asn1js.Integer({ value: issuer === null ? 1 : 2 });
  certificate.subject.typesAndValues.push(named(name));
  if (issuer === null) certificate.issuer.typesAndValues.push(named(name));
  else certificate.issuer = issuer.certificate.subject;
  certificate.notBefore.value = new Date(Date.now() - 86_400_000);
  certificate.notAfter.value = new Date(Date.now() + 86_400_000);
  const purpose = new ExtKeyUsage({ keyPurposes: [TIME_STAMPING] });
  certificate.extensions = [
    issuer === null
      ? new Extension({ extnID: id_BasicConstraints, critical: true, extnValue: new BasicConstraints({ cA: true }).toSchema().toBER() })
      : new Extension({ extnID: id_ExtKeyUsage, critical: true, extnValue: purpose.toSchema().toBER() }),
  ];
  await certificate.subjectPublicKeyInfo.importKey(keys.publicKey);
  await certificate.sign((issuer?.keys ?? keys).privateKey, 'SHA-256');
  return { certificate, keys };
}

const named = (name: string): AttributeTypeAndValue => new AttributeTypeAndValue({ type: COMMON_NAME, value: new asn1js.Utf8String({ value: name }) });

async function answer(request: TimeStampReq, signer: Identity, how: Misbehaviour | null): Promise<ArrayBuffer> {
  if (how === 'REFUSES') return new TimeStampResp({ status: new PKIStatusInfo({ status: 2 }) }).toSchema().toBER();
  const info = new TSTInfo({
    version: 1,
    policy: ANY_POLICY,
    messageImprint: how === 'WRONG_IMPRINT' ? imprintOf(Buffer.alloc(32, 7)) : request.messageImprint,
    serialNumber: new asn1js.Integer({ value: 1 }),
    genTime: new Date(),
    ...(how === 'NO_NONCE' || request.nonce === undefined ? {} : { nonce: how === 'WRONG_NONCE' ? new asn1js.Integer({ value: 1 }) : request.nonce }),
  });
  const content = info.toSchema().toBER();
  const digest = createHash('sha256').update(Buffer.from(content)).digest();
  const signed = new SignedData({
    version: 3,
    encapContentInfo: new EncapsulatedContentInfo({ eContentType: id_eContentType_TSTInfo, eContent: new asn1js.OctetString({ valueHex: content }) }),
    certificates: [signer.certificate],
    signerInfos: [
      new SignerInfo({
        version: 1,
        sid: new IssuerAndSerialNumber({ issuer: signer.certificate.issuer, serialNumber: signer.certificate.serialNumber }),
        signedAttrs: new SignedAndUnsignedAttributes({
          type: 0,
          attributes: [
            new Attribute({ type: ATTRIBUTE.contentType, values: [new asn1js.ObjectIdentifier({ value: id_eContentType_TSTInfo })] }),
            new Attribute({ type: ATTRIBUTE.messageDigest, values: [new asn1js.OctetString({ valueHex: digest })] }),
          ],
        }),
      }),
    ],
  });
  const stranger = how === 'WRONG_SIGNATURE' ? ((await webcrypto.subtle.generateKey(ALGORITHM, false, ['sign', 'verify'])) as webcrypto.CryptoKeyPair) : signer.keys;
  await signed.sign(stranger.privateKey, 0, 'SHA-256');
  const token = new ContentInfo({ contentType: id_ContentType_SignedData, content: signed.toSchema(true) });
  return new TimeStampResp({ status: new PKIStatusInfo({ status: 0 }), timeStampToken: token }).toSchema().toBER();
}

const imprintOf = (hash: Uint8Array): MessageImprint =>
  new MessageImprint({ hashAlgorithm: new AlgorithmIdentifier({ algorithmId: id_sha256 }), hashedMessage: new asn1js.OctetString({ valueHex: Uint8Array.from(hash) }) });
