/** The session validity report: what a regulator may rely on, and where its proof lies. */
import { z } from 'zod';
import { logProofSchema, reportSignatureSchema } from '../evidence/proof/format.js';
import { cohortSchema } from '../training/programme.schemas.js';
import {
  attestationSchema, faceCheckSchema, findingSchema, instant, lessonPartSchema, pictureErasureSchema, placeSchema, popupSchema, reviewSchema, ruleResultSchema,
  sessionVerdictSchema, snapshotSchema, timelineSchema, words,
} from './report-parts.schema.js';

export const REPORT_SCHEMA_VERSION = 'xuejian.session-report/2';

const verdictSchema = z.strictObject({
  /** Under the policy: any failed check makes the session invalid. */
  policy: sessionVerdictSchema,
  /** Under the strict reading: any finding that withholds, refers to review or invalidates voids the enrolment. */
  strict: sessionVerdictSchema,
  /** Under the scope CLASS_HOUR: invalid only when nothing of its credit stands. */
  classHour: sessionVerdictSchema,
  strictScope: z.literal('ENROLMENT'),
  /** Codes that void under the strict reading. */
  strictBecause: z.array(z.string()),
  words,
  reason: words,
  failed: z
    .strictObject({ rule: z.string().nullable(), code: z.string(), clause: z.string().nullable(), words, at: instant, seq: z.number().int() })
    .nullable()
    .meta({ description: 'The check that decided, when the verdict is INVALID or NOT_RECOGNISED' }),
  history: z
    .array(z.strictObject({ at: instant, seq: z.number().int(), verdict: sessionVerdictSchema, why: z.string(), reasonCode: z.string().nullable(), words }))
    .meta({ description: 'Every verdict the session had, the first at its end; later ones by review or lost evidence' }),
});

const randomnessSchema = z.strictObject({
  scheme: z.literal('COMMIT_REVEAL_HMAC_SHA256'),
  commitment: z.string(),
  /** S, revealed once the session is sealed. */
  seed: z.string().nullable(),
  clientNonce: z.string().nullable(),
  beacon: z.string().nullable(),
  /** The commitment and every instant, recomputed from the revealed seed, are those of the journal; null before. */
  scheduleMatchesCommitment: z.boolean().nullable(),
});

const attemptSchema = z.strictObject({
  sessionId: z.string(),
  attempt: z.number().int(),
  openedAt: instant,
  closedAt: instant.nullable(),
  verdict: sessionVerdictSchema,
  failedRule: z.string().nullable(),
  reasonCode: z.string().nullable(),
  commitment: z.string(),
  isThis: z.boolean(),
});

const consentSchema = z.strictObject({
  purpose: z.string(),
  words,
  textVersion: z.string(),
  textHash: z.string(),
  locale: z.string(),
  channel: z.string(),
  at: instant,
  withdrawnAt: instant.nullable(),
  /** Given, and not withdrawn, when the session was opened. */
  isActiveAtOpening: z.boolean(),
});

/** The class as its platform declared it: facts of the authority's system, which are not checked here. */
export const reportCohortSchema = cohortSchema.extend({
  /** Why the class cannot be reported (C-26); null when it can. */
  notReportable: z.strictObject({ code: z.string(), clause: z.string(), words }).nullable(),
});

const evidenceSchema = z.strictObject({
  algorithm: z.literal('SHA-256 chain over RFC 8785 canonical JSON'),
  entries: z.number().int(),
  genesis: z.string(),
  headHash: z.string(),
  /** Every hash recomputed, every number in order, every body canonical. */
  chainIntact: z.boolean(),
  firstBrokenSeq: z.number().int().nullable(),
  isSealed: z.boolean(),
  /** The verdict written when the session was sealed is the one the replay gives; null before. */
  verdictMatchesSeal: z.boolean().nullable(),
  /** All of these checks, the policy's hash and the schedule hold. */
  isReliable: z.boolean(),
  problems: z.array(words),
  /** The bundle that holds exactly these entries (`GET /v1/sessions/:id/evidence`); null while it is being made. */
  bundle: z.strictObject({ entries: z.number().int(), manifestHash: z.string() }).nullable(),
  /** The bundle's place in the public log, under its newest signed head; null until the next sealing. */
  log: logProofSchema.nullable(),
});

/** The report without its signature: the object whose RFC 8785 canonical JSON is signed. */
export const unsignedReportSchema = z.strictObject({
  schemaVersion: z.literal(REPORT_SCHEMA_VERSION),
  reportId: z.uuid(),
  generatedAt: instant,
  generatedAtLocal: z.string().meta({ description: 'Asia/Shanghai' }),
  engineVersion: z.string(),
  verdict: verdictSchema,
  session: z.strictObject({
    sessionId: z.string(),
    enrolmentId: z.string(),
    attempt: z.number().int(),
    status: z.enum(['OPENED', 'STUDYING', 'HELD', 'CLOSED']),
    openedAt: instant,
    openedAtLocal: z.string(),
    closedAt: instant.nullable(),
    closedAtLocal: z.string().nullable(),
  }),
  trainee: z.strictObject({ pseudonym: z.string(), nameMasked: z.string(), idNumberMasked: z.string(), isAccessible: z.boolean() }),
  platform: z.strictObject({ id: z.string(), name: z.string() }),
  cohort: reportCohortSchema,
  course: z.strictObject({ id: z.string(), title: z.string(), courseType: z.enum(['PROFESSIONAL', 'GENERAL']), syllabusVersion: z.number().int() }),
  lesson: z.strictObject({
    id: z.string(),
    position: z.number().int(),
    title: z.string(),
    durationMs: z.number(),
    videoSha256: z.string(),
    predecessors: z.array(z.strictObject({ lessonId: z.string(), position: z.number().int(), isCompleted: z.boolean() })),
    /** Approval of the video's content; null for sessions of before it was recorded. */
    videoApproval: z.strictObject({ ref: z.string().nullable(), isRequired: z.boolean(), approvedSha256s: z.array(z.string()) }).nullable(),
  }),
  policy: z.strictObject({ id: z.string(), version: z.number().int(), source: z.string(), hash: z.string(), hashMatches: z.boolean() }),
  places: z.array(placeSchema),
  attestation: z.array(attestationSchema),
  rules: z.array(ruleResultSchema),
  /** Findings that belong to no rule. */
  otherFindings: z.array(findingSchema),
  timeline: timelineSchema,
  parts: z.array(lessonPartSchema),
  popups: z.array(popupSchema),
  faceChecks: z.array(faceCheckSchema),
  snapshots: z.array(snapshotSchema),
  reviews: z.array(reviewSchema).meta({ description: 'What people decided about the session, or owe it, oldest first' }),
  erasures: z.array(pictureErasureSchema).meta({ description: 'Pictures of the session that are erased: when, on what ground' }),
  randomness: randomnessSchema,
  incidents: z.array(findingSchema).meta({ description: 'Findings that lie with the environment' }),
  attempts: z.array(attemptSchema).meta({ description: 'Every opened session of this lesson in this enrolment, oldest first' }),
  makeup: z.strictObject({ supersedes: z.string().nullable(), supersededBy: z.string().nullable() }),
  consents: z.array(consentSchema),
  evidence: evidenceSchema,
  knownLimits: z.array(words),
});
export type UnsignedReport = z.infer<typeof unsignedReportSchema>;

export const sessionReportSchema = unsignedReportSchema.extend({ signature: reportSignatureSchema });
export type SessionReport = z.infer<typeof sessionReportSchema>;
