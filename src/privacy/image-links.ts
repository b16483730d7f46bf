/** Links to pictures: what they allow is written in them and sealed with a key of the server's; nothing is stored. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from '../evidence/proof/canonical.js';
import { ACCESS_PURPOSES } from './image-access.entity.js';

const linkSchema = z.strictObject({
  platformId: z.uuid(),
  imageId: z.uuid(),
  viewer: z.string(),
  purpose: z.enum(ACCESS_PURPOSES),
  reason: z.string().nullable(),
  /** ms since the epoch. */
  expiresAt: z.number(),
});
/** What one link allows, to whom, why, and until when. */
export type ImageLink = z.infer<typeof linkSchema>;

/** The link as it stands in a URL. */
export function linkTextOf(link: ImageLink, key: Buffer): string {
  const body = Buffer.from(canonicalJson(link), 'utf8').toString('base64url');
  return `${body}.${macOf(body, key)}`;
}

/** What a link allows now to see of a picture, or `null`: forged, altered, for another picture, or over. */
export function readLink(text: string, imageId: string, key: Buffer, now: number): ImageLink | null {
  const [body = '', mac = '', ...more] = text.split('.');
  const [given, expected] = [Buffer.from(mac), Buffer.from(macOf(body, key))];
  if (more.length > 0 || given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
  const link = linkSchema.parse(JSON.parse(Buffer.from(body, 'base64url').toString('utf8')));
  return link.imageId === imageId && now < link.expiresAt ? link : null;
}

const macOf = (body: string, key: Buffer): string => createHmac('sha256', key).update(body, 'ascii').digest('base64url');
