/** Refusals that several of a session's doors share. */
import { Problem } from '../common/problem.js';

/** @throws Problem 413 */
export function requireSize(image: Uint8Array, maxBytes: number): void {
  if (image.byteLength > maxBytes) throw new Problem(413, 'IMAGE_TOO_LARGE', `图片超过 ${maxBytes} 字节 / The image is larger than ${maxBytes} bytes`);
}

export const tooLate = (): Problem => new Problem(409, 'TOO_LATE', '已超过时限 / The time for this has passed');
