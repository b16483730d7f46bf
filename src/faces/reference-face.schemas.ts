import { z } from 'zod';
import { reviewerSchema } from '../review/review.schemas.js';

const qualitySchema = z.strictObject({
  widthPx: z.int(),
  heightPx: z.int(),
  interocularPx: z.number(),
  luminance: z.number(),
  sharpness: z.number(),
  bleachedShare: z.number(),
  evenness: z.number(),
  yawDegrees: z.number(),
  pitchDegrees: z.number(),
  rollDegrees: z.number(),
  mouth: z.number(),
  eyes: z.number(),
});

/** Answer to an accepted photo. */
export const referenceFaceAnswerSchema = z.strictObject({
  referenceFaceId: z.uuid(),
  version: z.int().min(1),
  /** PENDING_REVIEW: a reviewer has to approve the change; the face before stays in force. SUPERSEDED: a later photo came first. */
  status: z.enum(['ACTIVE', 'PENDING_REVIEW', 'SUPERSEDED']),
  /** Photos of the template, three at the most. */
  photos: z.int().min(1),
  /** To the face before, 0 … about 1.4; null when there was none. */
  distance: z.number().nullable(),
  quality: qualitySchema,
});
export type ReferenceFaceAnswer = z.infer<typeof referenceFaceAnswerSchema>;

/** Every version of a trainee's reference face, newest first. No descriptor ever leaves the service. */
export const referenceFaceHistorySchema = z.strictObject({
  versions: z.array(
    z.strictObject({
      referenceFaceId: z.uuid(),
      version: z.int().min(1),
      status: z.enum(['UPLOADED', 'ACTIVE', 'PENDING_REVIEW', 'REFUSED', 'SUPERSEDED']),
      intent: z.enum(['REPLACE', 'ADD']),
      refusal: z.string().nullable(),
      /** FIRST: nothing to compare with. ADDED, MATCHED: like the one before. APPROVED: by a reviewer. */
      acceptance: z.enum(['FIRST', 'ADDED', 'MATCHED', 'APPROVED']).nullable(),
      distance: z.number().nullable(),
      comparedWith: z.int().nullable(),
      photos: z.int(),
      engine: z.string().nullable(),
      imageId: z.uuid().nullable(),
      createdAt: z.iso.datetime(),
      inForceFrom: z.iso.datetime().nullable(),
      inForceUntil: z.iso.datetime().nullable(),
      review: z
        .strictObject({
          caseId: z.uuid(),
          state: z.enum(['OPEN', 'CLAIMED', 'DECIDED', 'MOOT']),
          reasons: z.array(z.string()),
          since: z.iso.datetime(),
          deadline: z.iso.datetime(),
          decidedAt: z.iso.datetime().nullable(),
          decidedBy: reviewerSchema.nullable(),
          outcome: z.string().nullable(),
        })
        .nullable(),
    }),
  ),
});
export type ReferenceFaceHistory = z.infer<typeof referenceFaceHistorySchema>;
