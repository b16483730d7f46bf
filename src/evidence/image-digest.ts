/** The digests by which a journal names pictures. They say nothing about a picture once their key is gone. */
import { createHmac, randomBytes } from 'node:crypto';
import { KEY_BYTES } from '../common/sealing.js';

/** A key of one check's own, so that equal pictures have different digests. */
export const newDigestKey = (): Buffer => randomBytes(KEY_BYTES);

/** As `imageDigest` of the proof core, natively: the gateway's event loop has better to do than to hash in JavaScript. */
export const digestOf = (key: Uint8Array, picture: Uint8Array): string => createHmac('sha256', key).update(picture).digest('hex');

/** The digest of a burst, hex: over the digests of its frames in order. */
export const burstDigestOf = (key: Uint8Array, frames: readonly Uint8Array[]): string =>
  digestOf(key, Buffer.from(frames.map((frame) => digestOf(key, frame)).join(''), 'hex'));
