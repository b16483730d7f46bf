import type { ImageMeta } from './stored-image.entity.js';

const SIGNATURE = Buffer.from('http://ns.adobe.com/xap/1.0/\0', 'latin1');
const NAMESPACE = 'urn:xuejian:evidence:1';
const SOI = 0xd8;
const APP0 = 0xe0;
const APP1 = 0xe1;
/** A segment names its own length in two bytes. */
const MAX_SEGMENT_BYTES = 65_535;

/**
 * Writes facts into a JPEG as an XMP packet, without touching a pixel: every other byte stays where it was, and
 * `withoutJpegMeta` gives back exactly the bytes that came. Anything but a JPEG is returned as it is.
 */
export function withJpegMeta(bytes: Buffer, meta: ImageMeta): Buffer {
  const at = segmentStart(bytes);
  if (at === null) return bytes;
  const facts = escape(JSON.stringify(meta));
  const packet =
    `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">` +
    `<rdf:Description rdf:about="" xmlns:xj="${NAMESPACE}"><xj:meta>${facts}</xj:meta></rdf:Description></rdf:RDF></x:xmpmeta>`;
  const body = Buffer.concat([SIGNATURE, Buffer.from(packet, 'utf8')]);
  if (body.length + 2 > MAX_SEGMENT_BYTES) throw new Error('too many facts for one picture');
  const head = Buffer.from([0xff, APP1, (body.length + 2) >> 8, (body.length + 2) & 0xff]);
  return Buffer.concat([bytes.subarray(0, at), head, body, bytes.subarray(at)]);
}

/** The facts written by `withJpegMeta`, or `null`. */
export function readJpegMeta(bytes: Buffer): ImageMeta | null {
  const found = /<xj:meta>(.*?)<\/xj:meta>/s.exec(ownSegment(bytes)?.body ?? '')?.[1];
  return found === undefined ? null : (JSON.parse(unescape(found)) as ImageMeta);
}

/** The JPEG as it was before `withJpegMeta`. */
export function withoutJpegMeta(bytes: Buffer): Buffer {
  const own = ownSegment(bytes);
  return own === null ? bytes : Buffer.concat([bytes.subarray(0, own.start), bytes.subarray(own.end)]);
}

function ownSegment(bytes: Buffer): { readonly start: number; readonly end: number; readonly body: string } | null {
  const start = segmentStart(bytes);
  if (start === null || bytes[start] !== 0xff || bytes[start + 1] !== APP1) return null;
  const end = start + 2 + bytes.readUInt16BE(start + 2);
  const body = bytes.toString('utf8', start + 4, end);
  return body.includes(`xmlns:xj="${NAMESPACE}"`) ? { start, end, body } : null;
}

/** Where our segment goes: at the front, behind the JFIF header, which must stay the first one. */
function segmentStart(bytes: Buffer): number | null {
  if (bytes.length < 6 || bytes[0] !== 0xff || bytes[1] !== SOI) return null;
  const hasHeader = bytes[2] === 0xff && bytes[3] === APP0;
  const at = hasHeader ? 4 + bytes.readUInt16BE(4) : 2;
  return at + 4 <= bytes.length ? at : null;
}

const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const unescape = (text: string): string => text.replaceAll('&gt;', '>').replaceAll('&lt;', '<').replaceAll('&amp;', '&');
