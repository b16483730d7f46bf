import { z } from 'zod';
import { CONSENT_CHANNELS, CONSENT_PURPOSES } from './consent.entity.js';
import { CONSENT_LOCALES } from './consent-texts.js';

export const consentPurposeSchema = z.enum(CONSENT_PURPOSES);

const guardianSchema = z.strictObject({
  name: z.string().trim().min(1).max(100).regex(/^[^\p{Cc}\p{Cs}]*$/u, { message: 'no control characters' }),
  relation: z.enum(['PARENT', 'OTHER']),
});
export type Guardian = z.infer<typeof guardianSchema>;

const consentSchema = z.strictObject({
  purpose: consentPurposeSchema,
  textHash: z.string().regex(/^[0-9a-f]{64}$/).meta({ description: 'Of the text as it was shown, from `GET /v1/consent-texts`' }),
  channel: z.enum(CONSENT_CHANNELS),
});

/** `POST /v1/trainees/:id/consents`: one act of the trainee, one entry for each purpose agreed to. */
export const giveConsentsSchema = z.strictObject({
  consents: z
    .array(
      consentSchema
        .extend({ guardian: guardianSchema.optional().meta({ description: 'Who agrees for a minor, with the purpose GUARDIAN; kept sealed' }) })
        .refine(({ purpose, guardian }) => (purpose === 'GUARDIAN') === (guardian !== undefined), { message: 'GUARDIAN needs a guardian, other purposes take none', path: ['guardian'] }),
    )
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
      textVersion: z.string(),
      locale: z.string().meta({ description: 'Language of the text, BCP 47', example: 'zh-CN' }),
      at: z.iso.datetime().meta({ description: 'Server time' }),
      withdrawnAt: z.iso.datetime().nullable(),
    }),
  ),
});
export type ConsentsAnswer = z.infer<typeof consentsAnswerSchema>;

export const consentTextsAnswerSchema = z.strictObject({
  versionInForce: z.string(),
  texts: z.array(
    z.strictObject({
      version: z.string(),
      purpose: consentPurposeSchema,
      locale: z.enum(CONSENT_LOCALES),
      title: z.string(),
      text: z.string(),
      textHash: z.string().meta({ description: 'SHA-256 of title, line feed and text, hex' }),
    }),
  ),
});
export type ConsentTextsAnswer = z.infer<typeof consentTextsAnswerSchema>;
