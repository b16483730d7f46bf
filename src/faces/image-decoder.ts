import { LIMITS } from '@xuejian/protocol';
import sharp from 'sharp';
import type { ImageFailure } from '../rules/event.js';
import type { RgbImage } from './rgb-image.js';
import { isSrgbProfile } from './srgb-profile.js';

export type ImageFormat = 'jpeg' | 'png' | 'webp';

export type DecodeResult =
  | {
      readonly ok: true;
      readonly image: RgbImage;
      readonly format: ImageFormat;
      /** Size of the source, upright, px. */
      readonly sourceWidth: number;
      readonly sourceHeight: number;
    }
  | { readonly ok: false; readonly failure: ImageFailure };

export interface DecodeOptions {
  /** Longest side of the decoded picture; larger sources are scaled down. */
  readonly maxSidePx?: number;
  /** Shortest side of the source that is still worth judging. */
  readonly minSidePx?: number;
}

const DECODE_TIMEOUT_S = 5;

// One job runs at a time per worker and workers are scaled by process: threads inside would only fight each other.
sharp.concurrency(1);
sharp.cache(false);

/**
 * Decodes JPEG, PNG or still WebP to upright sRGB. Hostile input is an ordinary outcome here: it never throws, and a
 * picture of too many pixels is refused from its header, before anything is decoded.
 */
export async function decodeImage(bytes: Uint8Array | null, options: DecodeOptions = {}): Promise<DecodeResult> {
  const { maxSidePx = 640, minSidePx = 64 } = options;
  if (bytes === null || bytes.byteLength === 0) return refused('IMAGE_ABSENT');
  if (bytes.byteLength > LIMITS.imageBytes) return refused('IMAGE_TOO_LARGE');
  const format = sniffFormat(bytes);
  if (format === null || isAnimated(bytes, format)) return refused('IMAGE_UNREADABLE');
  try {
    const header = await sharp(bytes, { limitInputPixels: false }).metadata();
    if (header.format !== format || (header.pages ?? 1) > 1) return refused('IMAGE_UNREADABLE');
    if (header.width * header.height > LIMITS.imagePixels) return refused('IMAGE_TOO_LARGE');
    if (Math.min(header.width, header.height) < minSidePx) return refused('IMAGE_TOO_SMALL');
    const { data, info } = await sharp(bytes, {
      limitInputPixels: LIMITS.imagePixels,
      // 'error' also stops at truncated files; warnings (odd metadata of phone cameras) are let through.
      failOn: 'error',
      sequentialRead: true,
      ignoreIcc: header.icc !== undefined && isSrgbProfile(header.icc),
    })
      .timeout({ seconds: DECODE_TIMEOUT_S })
      .autoOrient()
      .flatten({ background: '#000000' })
      .resize(maxSidePx, maxSidePx, { fit: 'inside', withoutEnlargement: true })
      .toColourspace('srgb')
      .raw()
      .toBuffer({ resolveWithObject: true });
    if (info.channels !== 3) return refused('IMAGE_UNREADABLE');
    const isTurned = (header.orientation ?? 1) >= 5;
    return {
      ok: true,
      image: { data, width: info.width, height: info.height },
      format,
      sourceWidth: isTurned ? header.height : header.width,
      sourceHeight: isTurned ? header.width : header.height,
    };
  } catch {
    return refused('IMAGE_UNREADABLE');
  }
}

/** What the bytes are, whatever their sender called them. */
export function sniffFormat(bytes: Uint8Array): ImageFormat | null {
  const starts = (text: string, at = 0): boolean => Buffer.from(text, 'latin1').every((byte, index) => bytes[at + index] === byte);
  if (starts('\xff\xd8\xff')) return 'jpeg';
  if (starts('\x89PNG\r\n\x1a\n')) return 'png';
  if (starts('RIFF') && starts('WEBP', 8)) return 'webp';
  return null;
}

/** Animations are refused: which of its pictures would be the evidence? */
function isAnimated(bytes: Uint8Array, format: ImageFormat): boolean {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (format === 'png') {
    const data = buffer.indexOf('IDAT', 0, 'latin1');
    const control = buffer.indexOf('acTL', 0, 'latin1');
    return control >= 0 && (data < 0 || control < data);
  }
  if (format === 'webp') return buffer.toString('latin1', 12, 16) === 'VP8X' && ((buffer[20] ?? 0) & 0x02) !== 0;
  return false;
}

const refused = (failure: ImageFailure): DecodeResult => ({ ok: false, failure });
