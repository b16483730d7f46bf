import { z } from 'zod';
import { CONSENT_CHANNELS, CONSENT_PURPOSES } from './consent.entity.js';

export const consentPurposeSchema = z.enum(CONSENT_PURPOSES);

const consentSchema = z.strictObject({
  purpose: consentPurposeSchema,
  textHash: z.string().regex(/^[0-9a-f]{64}$/).meta({ description: 'SHA-256 of the text as it was shown, hex' }),
  textVersion: z.string().min(1).max(64).regex(/^[\x21-\x7e]+$/, { message: 'printable ASCII without spaces' }),
  locale: z.string().max(35).regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/).meta({ description: 'Language of the text, BCP 47', example: 'zh-CN' }),
  channel: z.enum(CONSENT_CHANNELS),
});

/** `POST /v1/trainees/:id/consents`: one act of the trainee, one entry for each purpose agreed to. */
export const giveConsentsSchema = z.strictObject({
  consents: z
    .array(consentSchema)
    .min(1)
    .max(CONSENT_PURPOSES.length)
    .refine((consents) => new Set(consents.map((consent) => consent.purpose)).size === consents.length, {
      message: 'each purpose at most once',
    }),
});
export type GiveConsents = z.infer<typeof giveConsentsSchema>;

export const consentsAnswerSchema = z.strictObject({
  consents: z.array(
    consentSchema.extend({
      at: z.iso.datetime().meta({ description: 'Server time' }),
      withdrawnAt: z.iso.datetime().nullable(),
    }),
  ),
});
export type ConsentsAnswer = z.infer<typeof consentsAnswerSchema>;
