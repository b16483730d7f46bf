import { z } from 'zod';
import { line } from '../training/programme.schemas.js';
import { erasureReceiptSchema } from './erasure-receipt.js';
import { ERASURE_SCOPES } from './erasure.entity.js';
import { ERASURE_GROUNDS } from '../evidence/stored-image.entity.js';
import { ACCESS_PURPOSES } from './image-access.entity.js';

/** Longest life of a link to a picture, s. */
export const MAX_LINK_SECONDS = 300;

/** The platform's own name for a person of its staff, or for the trainee: printed into what is shown. */
export const accountSchema = z.string().min(1).max(64).regex(/^[\x21-\x7e]+$/, { message: 'printable ASCII without spaces' });
export const reasonSchema = line(500);
const instant = z.iso.datetime();

export const byWhomSchema = z.strictObject({ by: accountSchema.meta({ description: 'Account of the person who decided', example: 'staff-17' }) });
export type ByWhom = z.infer<typeof byWhomSchema>;

export const placeHoldSchema = byWhomSchema.extend({ reason: line(500).meta({ description: 'File number of the dispute or of the authority', example: '劳动仲裁 2026-114' }) });
export type PlaceHold = z.infer<typeof placeHoldSchema>;

export const legalHoldSchema = z.strictObject({
  holdId: z.uuid(),
  traineeId: z.uuid(),
  sessionId: z.uuid().nullable().meta({ description: 'null: everything of the person' }),
  reason: z.string(),
  placedBy: z.string(),
  placedAt: instant,
  liftedBy: z.string().nullable(),
  liftedAt: instant.nullable(),
});
export type LegalHold = z.infer<typeof legalHoldSchema>;
export const legalHoldsSchema = z.strictObject({ holds: z.array(legalHoldSchema) });

export const erasureAnswerSchema = z.strictObject({
  erasureId: z.uuid(),
  scope: z.enum(ERASURE_SCOPES),
  ground: z.enum(ERASURE_GROUNDS),
  rule: z.string().nullable(),
  orderedBy: z.string(),
  orderedAt: instant,
  shreddedAt: instant.nullable().meta({ description: 'Since then nothing of it can be read; null while a legal hold keeps it' }),
  finishedAt: instant.nullable().meta({ description: 'Since then no file of it is left' }),
  receipts: z.array(z.strictObject({ receipt: erasureReceiptSchema, jws: z.string() })).meta({ description: 'Signed (compact JWS, `xuejian-erasure+jws`), oldest first; the last one says what remains' }),
});
export type ErasureAnswer = z.infer<typeof erasureAnswerSchema>;
export const erasuresSchema = z.strictObject({ erasures: z.array(erasureAnswerSchema) });

export const createLinkSchema = z.strictObject({
  viewer: accountSchema.meta({ description: 'Who will look; printed across the picture', example: 'staff-17' }),
  purpose: z.enum(ACCESS_PURPOSES).meta({ description: 'VERIFICATION gives the exact bytes with the key of their digest; all others a copy with a watermark' }),
  reason: reasonSchema.optional().meta({ description: 'In words; required for pictures of a minor' }),
  ttlSeconds: z.number().int().min(10).max(MAX_LINK_SECONDS).default(60),
});
export type CreateLink = z.infer<typeof createLinkSchema>;

export const linkAnswerSchema = z.strictObject({ url: z.string(), expiresAt: instant });
export type LinkAnswer = z.infer<typeof linkAnswerSchema>;

export const imageQuerySchema = z.strictObject({ link: z.string().max(2000) });
export type ImageQuery = z.infer<typeof imageQuerySchema>;

export const exportQuerySchema = z.strictObject({ viewer: accountSchema, reason: reasonSchema.optional() });
export type ExportQuery = z.infer<typeof exportQuerySchema>;

export const imageAccessesSchema = z.strictObject({
  accesses: z.array(
    z.strictObject({
      imageId: z.uuid(),
      sessionId: z.uuid().nullable(),
      viewer: z.string(),
      purpose: z.enum(ACCESS_PURPOSES),
      reason: z.string().nullable(),
      origin: z.string(),
      at: instant,
    }),
  ),
});
export type ImageAccesses = z.infer<typeof imageAccessesSchema>;

export const disputeSchema = z.strictObject({
  sessionId: z.uuid(),
  openedBy: z.string(),
  reason: z.string(),
  openedAt: instant,
  keepDays: z.number().int().meta({ description: 'Frames of face checks that fail from now on are kept so long, encrypted' }),
});
export type Dispute = z.infer<typeof disputeSchema>;

export const gaugeSchema = z.strictObject({
  storedFaceSubjects: z.number().int().meta({ description: 'People whose face data this installation stores now' }),
  measuredAt: instant,
  filingThreshold: z.number().int(),
  level: z.enum(['NORMAL', 'NEAR', 'REACHED']).meta({ description: 'NEAR from 80 % of the threshold' }),
  reachedAt: instant.nullable(),
  duty: z.strictObject({ zh: z.string(), en: z.string() }).nullable(),
});
export type Gauge = z.infer<typeof gaugeSchema>;
