import { z } from 'zod';

/** Answer to an accepted reference face. */
export const referenceFaceAnswerSchema = z.strictObject({
  referenceFaceId: z.uuid(),
  version: z.int().min(1),
  quality: z.strictObject({
    widthPx: z.int(),
    heightPx: z.int(),
    interocularPx: z.number(),
    luminance: z.number(),
    sharpness: z.number(),
  }),
});

export type ReferenceFaceAnswer = z.infer<typeof referenceFaceAnswerSchema>;
