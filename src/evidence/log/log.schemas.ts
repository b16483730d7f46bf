import { z } from 'zod';
import { treeHeadSchema } from '../proof/format.js';

const MAX_LIMIT = 200;
const LIMIT_MESSAGE = `应为 1 到 ${MAX_LIMIT} 的整数 / must be an integer from 1 to ${MAX_LIMIT}`;
const SIZE_MESSAGE = '应为正整数 / must be a positive integer';

const treeSize = z.string().regex(/^[1-9]\d{0,8}$/, { error: SIZE_MESSAGE }).transform(Number);

export const headsQuerySchema = z.strictObject({
  /** Heads of trees smaller than this: `nextBelow` of the page before. */
  below: treeSize.optional(),
  limit: z
    .string()
    .regex(/^\d{1,3}$/, { error: LIMIT_MESSAGE })
    .transform(Number)
    .refine((limit) => limit >= 1 && limit <= MAX_LIMIT, { error: LIMIT_MESSAGE })
    .default(50),
});
export type HeadsQuery = z.infer<typeof headsQuerySchema>;

export const proofQuerySchema = z.strictObject({ sessionId: z.uuid() });
export type ProofQuery = z.infer<typeof proofQuerySchema>;

export const consistencyQuerySchema = z.strictObject({ from: treeSize, to: treeSize });
export type ConsistencyQuery = z.infer<typeof consistencyQuerySchema>;

/** How a head stands with the time-stamping authority. */
const stampingSchema = z.strictObject({
  status: z.enum(['STAMPED', 'PENDING', 'NONE']).meta({ description: 'NONE: no authority was asked for this head' }),
  stampedAt: z.iso.datetime().nullable(),
  tries: z.number().int(),
  failure: z.string().nullable().meta({ description: 'Why the last try gave no token' }),
});

export const publishedHeadSchema = z.strictObject({ treeHead: treeHeadSchema, stamping: stampingSchema });
export type PublishedHead = z.infer<typeof publishedHeadSchema>;

export const headsSchema = z.strictObject({
  heads: z.array(publishedHeadSchema),
  /** For the next page; null on the last. */
  nextBelow: z.number().int().nullable(),
});
export type Heads = z.infer<typeof headsSchema>;

const hash = z.string();
export const sessionProofSchema = z.strictObject({
  sessionId: z.string(),
  treeHead: treeHeadSchema,
  leaves: z.array(
    z.strictObject({
      leafIndex: z.number().int(),
      leaf: z.union([
        z.strictObject({ kind: z.literal('OPENED'), sessionId: z.string(), commitment: hash, openedAt: z.string() }),
        z.strictObject({ kind: z.literal('CLOSED'), sessionId: z.string(), manifestHash: hash, verdict: z.string(), closedAt: z.string() }),
      ]),
      /** Lowest first. */
      inclusionPath: z.array(hash),
    }),
  ),
});

export const consistencySchema = z.strictObject({ from: z.number().int(), to: z.number().int(), path: z.array(hash) });
export type Consistency = z.infer<typeof consistencySchema>;
