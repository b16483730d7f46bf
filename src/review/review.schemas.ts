import { LIMITS } from '@xuejian/protocol';
import { z } from 'zod';

const text = z.string().trim().min(1).max(LIMITS.textChars);
const code = z.string().regex(/^[A-Z][A-Z0-9_]{2,39}$/);
const ways = z.enum(['HUMAN_VIDEO_CHECK', 'IN_PERSON']);

/** Who looks: the staff account, which enters the journal, and the name, which does not. */
export const reviewerSchema = z.strictObject({ id: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}$/), name: z.string().trim().min(1).max(100) });
export type Reviewer = z.infer<typeof reviewerSchema>;

export const claimSchema = z.strictObject({ reviewer: reviewerSchema });
export type Claim = z.infer<typeof claimSchema>;
export const claimAlternativeSchema = z.strictObject({ reviewer: reviewerSchema, kind: ways });
export type ClaimAlternative = z.infer<typeof claimAlternativeSchema>;

export const decideAlternativeSchema = z.strictObject({
  reviewer: reviewerSchema,
  outcome: z.enum(['CONFIRMED', 'REFUSED']),
  /** The question put to the trainee, not the answer. */
  question: text,
  answerOk: z.boolean(),
  /** A kept picture of the trainee that the reviewer looked at. */
  photoImageId: z.uuid().nullable().default(null),
  note: z.string().trim().max(LIMITS.textChars).default(''),
}).refine(({ outcome, answerOk }) => outcome === 'REFUSED' || answerOk, { path: ['answerOk'], error: '答不上问题的人不能确认为本人 / Nobody is confirmed whose answer was not right' });
export type DecideAlternative = z.infer<typeof decideAlternativeSchema>;

export const decideSessionSchema = z.strictObject({
  reviewer: reviewerSchema,
  /** An impostor voids more than this session and takes a second person. */
  secondReviewer: reviewerSchema.nullable().default(null),
  outcome: z.enum(['UPHELD', 'OVERTURNED', 'IMPOSTOR_CONFIRMED']),
  reasonCode: code,
  reasons: text,
  /** Journal entry that shows the other person; null: all of the session. */
  disputedSeq: z.int().min(1).nullable().default(null),
}).refine(({ outcome, reviewer, secondReviewer }) => outcome !== 'IMPOSTOR_CONFIRMED' || (secondReviewer !== null && secondReviewer.id !== reviewer.id), {
  path: ['secondReviewer'], error: '认定他人代学须由两名不同人员作出 / Two different people have to confirm an impostor',
});
export type DecideSession = z.infer<typeof decideSessionSchema>;

export const decideReferenceSchema = z.strictObject({ reviewer: reviewerSchema, outcome: z.enum(['APPROVED', 'REFUSED']), reasons: text });
export type DecideReference = z.infer<typeof decideReferenceSchema>;

export type Decision = DecideAlternative | DecideSession | DecideReference;

export const queueQuerySchema = z.strictObject({
  cursor: z.string().min(1).max(200).optional(),
  limit: z.string().regex(/^([1-9]\d?|100)$/, { error: '应为 1 到 100 的整数 / must be an integer from 1 to 100' }).transform(Number).default(50),
});
export type QueueQuery = z.infer<typeof queueQuerySchema>;

const actSchema = z.strictObject({
  at: z.iso.datetime(),
  act: z.enum(['OPENED', 'CLAIMED', 'DECIDED', 'MOOTED']),
  reviewer: reviewerSchema.nullable(),
  detail: z.record(z.string(), z.unknown()),
});

export const caseSchema = z.strictObject({
  caseId: z.uuid(),
  kind: z.enum(['ALTERNATIVE', 'SESSION', 'REFERENCE_FACE']),
  /** The session, or the version of the reference face. */
  subjectId: z.uuid(),
  traineeId: z.uuid(),
  reasons: z.array(z.string()),
  ways: z.array(ways),
  openedAt: z.iso.datetime(),
  dueAt: z.iso.datetime(),
  state: z.enum(['OPEN', 'CLAIMED', 'DECIDED', 'MOOT']),
  way: ways.nullable(),
  claimedBy: reviewerSchema.nullable(),
  claimedAt: z.iso.datetime().nullable(),
  decidedAt: z.iso.datetime().nullable(),
  /** Everything done to it, in order; the decision is the last. */
  acts: z.array(actSchema),
});
export type CaseAnswer = z.infer<typeof caseSchema>;

export const queueSchema = z.strictObject({ cases: z.array(caseSchema), nextCursor: z.string().nullable() });
export type QueueAnswer = z.infer<typeof queueSchema>;
