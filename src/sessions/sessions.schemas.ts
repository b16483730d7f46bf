import { z } from 'zod';

export const openSessionSchema = z.strictObject({
  enrolmentId: z.uuid(),
  lessonId: z.uuid(),
  /** The trainee wants people to see who studies instead of the face check (人脸识别技术应用安全管理办法 art. 10). */
  alternative: z.enum(['REFUSES_FACE', 'NO_CAMERA']).optional(),
});
export type OpenSession = z.infer<typeof openSessionSchema>;

export const openedSessionSchema = z.strictObject({
  sessionId: z.uuid(),
  /** For `auth.token` of the socket; each opening ends those before it. */
  token: z.string(),
  socketUrl: z.string(),
  /** C of the committed schedule, hex. */
  commitment: z.string(),
  policy: z.strictObject({ id: z.string(), version: z.number().int(), hash: z.string() }),
  attempt: z.number().int(),
  /** True when an unfinished session goes on where it stood. */
  isResumed: z.boolean(),
});
export type OpenedSession = z.infer<typeof openedSessionSchema>;

const interval = z.tuple([z.number(), z.number()]);

export const sessionAnswerSchema = z.strictObject({
  sessionId: z.uuid(),
  enrolmentId: z.uuid(),
  lessonId: z.uuid(),
  traineeId: z.uuid(),
  attempt: z.number().int(),
  openedAt: z.iso.datetime(),
  closedAt: z.iso.datetime().nullable(),
  status: z.enum(['OPENED', 'STUDYING', 'HELD', 'CLOSED']),
  verdict: z.enum(['VALID', 'INVALID', 'NOT_RECOGNISED', 'INCOMPLETE', 'PENDING_REVIEW']),
  /** Rule and reason code when the verdict is INVALID. */
  failed: z.strictObject({ rule: z.string().nullable(), code: z.string() }).nullable(),
  holds: z.array(z.string()),
  creditedMs: z.number(),
  durationMs: z.number(),
  frontierMs: z.number(),
  coverage: z.array(interval),
  lights: z.array(z.strictObject({ rule: z.string(), light: z.enum(['GREEN', 'AMBER', 'RED']), code: z.string().nullable() })),
  /** What a person has to decide about this session, or decided last; null when nothing ever was. */
  review: z
    .strictObject({
      caseId: z.uuid(),
      kind: z.enum(['ALTERNATIVE', 'SESSION', 'REFERENCE_FACE']),
      state: z.enum(['OPEN', 'CLAIMED', 'DECIDED', 'MOOT']),
      since: z.iso.datetime(),
      deadline: z.iso.datetime(),
    })
    .nullable(),
});
export type SessionAnswer = z.infer<typeof sessionAnswerSchema>;
