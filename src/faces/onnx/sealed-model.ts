import { createHash } from 'node:crypto';

/** Header of a text of 64 bytes in field 6 of ONNX's ModelProto, its description. */
const HEADER = Buffer.of(6 * 8 + 2, 64);
const SEAL_BYTES = HEADER.length + 64;

/** The model with the SHA-256 of its bytes as its description: still an ONNX file, and one that shows damage. */
export function sealModel(model: Buffer): Buffer {
  return Buffer.concat([model, HEADER, Buffer.from(digest(model))]);
}

/** Whether the bytes are as `sealModel` left them. */
export function isWhole(sealed: Buffer): boolean {
  const end = sealed.length - SEAL_BYTES;
  return end > 0 && sealed.toString('latin1', end + HEADER.length) === digest(sealed.subarray(0, end));
}

const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
