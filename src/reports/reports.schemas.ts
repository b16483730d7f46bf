import { z } from 'zod';
import { accountSchema, reasonSchema } from '../privacy/privacy.schemas.js';
import { sessionVerdictSchema } from './report-parts.schema.js';

export const reportQuerySchema = z.strictObject({
  /** Without it the `Accept` header decides; JSON unless it prefers HTML. */
  format: z.enum(['json', 'html']).optional(),
  viewer: accountSchema.default('platform'),
  reason: reasonSchema.optional(),
});
export type ReportQuery = z.infer<typeof reportQuerySchema>;

export const NO_QUERY = z.strictObject({});

/** A day in Asia/Shanghai or an instant; as the end of a period a day counts to its last millisecond. */
const moment = (isEnd: boolean) =>
  z.union([
    z.iso.date().transform((day) => new Date(Date.parse(`${day}T00:00:00+08:00`) + (isEnd ? 86_400_000 : 0))),
    z.iso.datetime({ offset: true }).transform((text) => new Date(text)),
  ]);

const MAX_LIMIT = 200;
const LIMIT_MESSAGE = `应为 1 到 ${MAX_LIMIT} 的整数 / must be an integer from 1 to ${MAX_LIMIT}`;

export const listQuerySchema = z.strictObject({
  from: moment(false).optional(),
  to: moment(true).optional(),
  verdict: sessionVerdictSchema.optional(),
  rule: z.string().regex(/^R\d{1,2}$/).optional(),
  cursor: z.string().min(1).max(200).regex(/^[A-Za-z0-9_-]+$/).optional(),
  limit: z
    .string()
    .regex(/^\d{1,3}$/, { error: LIMIT_MESSAGE })
    .transform(Number)
    .refine((limit) => limit >= 1 && limit <= MAX_LIMIT, { error: LIMIT_MESSAGE })
    .default(50),
});
export type ListQuery = z.infer<typeof listQuerySchema>;

export const listedSessionSchema = z.strictObject({
  sessionId: z.uuid(),
  enrolmentId: z.uuid(),
  lessonId: z.uuid(),
  traineeId: z.uuid(),
  attempt: z.number().int(),
  openedAt: z.iso.datetime(),
  closedAt: z.iso.datetime().nullable(),
  verdict: sessionVerdictSchema,
  failedRule: z.string().nullable(),
  reasonCode: z.string().nullable(),
  creditedMs: z.number().int(),
});
export type ListedSession = z.infer<typeof listedSessionSchema>;

export const sessionListSchema = z.strictObject({
  sessions: z.array(listedSessionSchema),
  /** For the next page; null on the last. A page may be short, or empty, and still have a next one. */
  nextCursor: z.string().nullable(),
});
export type SessionList = z.infer<typeof sessionListSchema>;
