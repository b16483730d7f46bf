/** SHA-256 and HMAC-SHA-256, synchronous and the same in Node and in browsers. Hashes travel as 64 lower-case hex digits. */
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';

const asBytes = (data: Uint8Array | string): Uint8Array => (typeof data === 'string' ? utf8ToBytes(data) : data);

/** SHA-256 of bytes, or of a text's UTF-8. Hex. */
export const sha256Hex = (data: Uint8Array | string): string => bytesToHex(sha256(asBytes(data)));

/** The keyed digest of a picture: without the key it tells nothing about the picture. Hex. */
export const imageDigest = (key: Uint8Array, picture: Uint8Array): string => bytesToHex(hmac(sha256, key, picture));

export { bytesToHex, hexToBytes };

/** Signatures need WebCrypto: a page has it over HTTPS, on loopback or from a file. */
export const hasWebCrypto = (): boolean => (globalThis as { readonly crypto?: { readonly subtle?: unknown } }).crypto?.subtle !== undefined;
