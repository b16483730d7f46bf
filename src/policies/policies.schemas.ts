import { z } from 'zod';

const hex64 = z.string().regex(/^[0-9a-f]{64}$/);

const policyHeadSchema = z.strictObject({
  id: z.string(),
  version: z.number().int(),
  source: z.string(),
  hash: hex64.meta({ description: 'SHA-256 of the canonical JSON (RFC 8785) of the policy' }),
});

export const policyListSchema = z.strictObject({ policies: z.array(policyHeadSchema) });
export type PolicyList = z.infer<typeof policyListSchema>;

export const policyVersionQuerySchema = z.strictObject({
  version: z.coerce.number().int().min(1).max(1_000_000).optional(),
});
export type PolicyVersionQuery = z.infer<typeof policyVersionQuerySchema>;
