/** The tables of the session report. Times are ISO 8601 in UTC; lengths end in `Ms`. */
import { z } from 'zod';
import { ERASURE_GROUNDS } from '../evidence/stored-image.entity.js';

export const words = z.strictObject({ zh: z.string(), en: z.string() });
export type Words = z.infer<typeof words>;

export const instant = z.iso.datetime();
const maybeInstant = instant.nullable();
const ruleId = z.string().regex(/^R\d+$/);
const plainValue = z.union([z.string(), z.number(), z.boolean(), z.null()]);
/** Number of the journal entry that proves the line. */
const seq = z.number().int();
const measure = z.number().nullable();

export const sessionVerdictSchema = z.enum(['VALID', 'INVALID', 'NOT_RECOGNISED', 'INCOMPLETE', 'PENDING_REVIEW']);

export const findingSchema = z.strictObject({
  rule: ruleId.nullable(),
  code: z.string(),
  words,
  effect: z.enum([
    'RECORD_ONLY', 'WITHHOLD_INTERVAL', 'INVALIDATE_CLASS_HOUR', 'INVALIDATE_SESSION', 'INVALIDATE_ENROLMENT', 'NOT_RECOGNISED', 'REFER_PLATFORM', 'REVIEW',
  ]),
  attribution: z.enum(['TRAINEE_CONDUCT', 'PLATFORM_CONTROL', 'ENVIRONMENT', 'UNKNOWN']),
  at: instant,
  seq,
  /** Where in the lesson the trainee was. */
  positionMs: z.number(),
  detail: z.record(z.string(), plainValue),
});
export type ReportFinding = z.infer<typeof findingSchema>;

export const ruleResultSchema = z.strictObject({
  rule: ruleId,
  clause: z.string().meta({ description: 'The words of the notice' }),
  english: z.string(),
  outcome: z.enum(['PASSED', 'FAILED', 'REVIEW', 'INCOMPLETE']),
  /** What failed or is missing, or null. */
  code: z.string().nullable(),
  words,
  findings: z.array(findingSchema),
});
export type RuleResult = z.infer<typeof ruleResultSchema>;

export const attestationSchema = z.strictObject({
  rule: ruleId,
  control: words,
  state: z.enum(['IN_FORCE', 'NOT_APPLICABLE', 'OFF']),
  /** The parameters are at least as strict as the words of the notice. */
  meetsClause: z.boolean(),
  /** In force without a break from this instant to the end of the session. */
  since: maybeInstant,
  parameters: z.array(z.strictObject({ name: z.string(), value: z.union([z.string(), z.number(), z.boolean()]) })),
  observed: words,
});
export type Attestation = z.infer<typeof attestationSchema>;

export const placeSchema = z.strictObject({
  seq,
  connectionId: z.string(),
  instanceId: z.string(),
  deviceId: z.string(),
  leaseEpoch: z.number().int(),
  joinedAt: instant,
  leftAt: maybeInstant,
  sdk: z.string(),
  userAgent: z.string(),
  camera: z.string().nullable(),
  screenExtended: z.boolean().nullable(),
  /** The place that was put out by this one, or null. */
  tookOverFrom: z.string().nullable(),
});
export type ReportPlace = z.infer<typeof placeSchema>;

export const timelineSchema = z.strictObject({
  from: instant,
  to: instant,
  creditedMs: z.number(),
  playedMs: z.number(),
  withheldMs: z.number(),
  /** Credited share of the lesson, 0…1. */
  coverageShare: z.number(),
  /** Credited parts of the lesson, ms. */
  coverage: z.array(z.tuple([z.number(), z.number()])),
  /** Accepted play: wall time against position in the lesson. */
  runs: z.array(z.strictObject({ from: instant, to: instant, fromMs: z.number(), toMs: z.number() })),
  holds: z.array(z.strictObject({ reason: z.string(), words, from: instant, to: maybeInstant, seq })),
});
export type ReportTimeline = z.infer<typeof timelineSchema>;

export const lessonPartSchema = z.strictObject({
  index: z.number().int(),
  fromMs: z.number(),
  toMs: z.number(),
  creditedMs: z.number(),
  /** Under the policy's scope, under the strict reading, and by this class hour alone. */
  verdict: z.strictObject({ policy: sessionVerdictSchema, strict: sessionVerdictSchema, classHour: sessionVerdictSchema }),
  /** What was found while it was earned, or takes of its credit. */
  findings: z.array(z.strictObject({ seq, code: z.string(), rule: ruleId.nullable(), effect: z.string() })),
  snapshots: z.strictObject({ required: z.number().int(), qualifying: z.number().int() }),
  faceChecks: z.strictObject({ required: z.number().int(), passed: z.number().int() }),
});
export type ReportPart = z.infer<typeof lessonPartSchema>;

export const popupSchema = z.strictObject({
  seq,
  popupId: z.string(),
  /** Number of the gap of the schedule it ends; null for one outside the schedule (resume, return after a miss). */
  index: z.number().int().nullable(),
  kind: z.enum(['NUMBER', 'QUESTION']),
  gapDrawnMs: measure,
  positionMs: z.number(),
  issuedAt: instant,
  answeredAt: maybeInstant,
  outcome: z.enum(['ANSWERED', 'MISSED', 'SHOWN_AGAIN', 'OPEN']),
  /** Issue to right answer on the server's clock. */
  answerMs: measure,
  wrongAnswers: z.number().int(),
  /** The browser says that a person acted; null without an answer. */
  trusted: z.boolean().nullable(),
});
export type ReportPopup = z.infer<typeof popupSchema>;

export const faceCheckSchema = z.strictObject({
  seq,
  checkId: z.string(),
  reason: z.enum(['SESSION_START', 'RANDOM', 'RESUME', 'TAKEOVER', 'SNAPSHOT_FAILED', 'DOUBT', 'INTERVAL']),
  part: z.number().int().nullable(),
  /** Drawn instant on the credited timeline, for a random check. */
  scheduledMs: measure,
  attempt: z.number().int(),
  variant: z.enum(['STANDARD', 'ACCESSIBLE']),
  /** In the order told: each was told alone, when the frames of the one before had come. */
  acts: z.array(
    z.strictObject({
      act: z.enum(['BLINK', 'OPEN_MOUTH', 'TURN_LEFT', 'TURN_RIGHT', 'NOD', 'LEAN_IN']),
      toldAt: maybeInstant,
      receivedAt: maybeInstant,
      seen: z.boolean().nullable(),
    }),
  ),
  /** How live the pictures themselves look, 0…1; null where nothing was weighed. It decides nothing alone. */
  passiveScore: measure,
  positionMs: z.number(),
  requestedAt: instant,
  receivedAt: maybeInstant,
  judgedAt: maybeInstant,
  judgedSeq: seq.nullable(),
  outcome: z.enum(['PASSED', 'FAILED', 'UNANSWERED', 'PROVIDER_DOWN', 'ASKED_AGAIN', 'OPEN']),
  failure: z.string().nullable(),
  words,
  /** Descriptor distance that decided (the n-th best matched frame), and the policy's threshold. */
  distance: measure,
  threshold: z.number(),
  /** Measured upper bound (95 %) of the false match rate that the reference's operating point stands for; null where none was recorded. */
  fmr: measure,
  frames: z.number().int().nullable(),
  matchedFrames: z.number().int().nullable(),
  spread: measure,
  /** HMAC-SHA-256 under a key that is erased with the pictures. */
  framesDigest: z.string().nullable(),
  engine: z.string().nullable(),
  imageId: z.string().nullable(),
  storage: z.enum(['NONE', 'PRESENT', 'ERASED', 'PURGED', 'MISSING', 'DAMAGED']),
});
export type ReportFaceCheck = z.infer<typeof faceCheckSchema>;

export const snapshotSchema = z.strictObject({
  seq: seq.nullable(),
  snapshotId: z.string().nullable(),
  index: z.number().int(),
  part: z.number().int(),
  isRetry: z.boolean(),
  /** Drawn instant on the session's credited timeline. */
  scheduledMs: z.number(),
  positionMs: measure,
  requestedAt: maybeInstant,
  receivedAt: maybeInstant,
  /** Request to arrival on the server's clock. */
  delayMs: measure,
  judgedAt: maybeInstant,
  judgedSeq: seq.nullable(),
  outcome: z.enum(['QUALIFIED', 'FAILED', 'ASKED_AGAIN', 'OPEN', 'NOT_REACHED']),
  failure: z.string().nullable(),
  words,
  /** HMAC-SHA-256 of the bytes as they came, under a key kept and erased with the picture. */
  digest: z.string().nullable(),
  bytes: z.number().int().nullable(),
  faceCount: z.number().int().nullable(),
  distance: measure,
  threshold: z.number(),
  luminance: measure,
  sharpness: measure,
  engine: z.string().nullable(),
  imageId: z.string().nullable(),
  storage: z.enum(['NONE', 'PRESENT', 'ERASED', 'PURGED', 'MISSING', 'DAMAGED']),
});
export type ReportSnapshot = z.infer<typeof snapshotSchema>;

/** A picture that existed, was judged at the time, and was erased since. */
export const pictureErasureSchema = z.strictObject({
  imageId: z.string(),
  erasedAt: instant,
  ground: z.enum(ERASURE_GROUNDS),
  rule: z.string().nullable().meta({ description: 'Parameter with its value, where the time of keeping was over' }),
  erasureId: z.string().nullable().meta({ description: 'The erasure whose signed receipt says so' }),
  words,
});
export type ReportPictureErasure = z.infer<typeof pictureErasureSchema>;

/** A decision that people took about the session, or owe it. */
export const reviewSchema = z.strictObject({
  caseId: z.string(),
  /** ALTERNATIVE: who was studying. SESSION: what the findings are worth. */
  kind: z.enum(['ALTERNATIVE', 'SESSION', 'REFERENCE_FACE']),
  reasons: z.array(z.string()),
  state: z.enum(['OPEN', 'CLAIMED', 'DECIDED', 'MOOT']),
  openedAt: instant,
  dueAt: instant,
  way: z.enum(['HUMAN_VIDEO_CHECK', 'IN_PERSON']).nullable(),
  decidedAt: instant.nullable(),
  decidedBy: z.strictObject({ id: z.string(), name: z.string() }).nullable(),
  outcome: z.string().nullable(),
  /** Put to the trainee; the answer is kept nowhere. */
  question: z.string().nullable(),
  grounds: z.string().nullable(),
  photoImageId: z.string().nullable(),
});
