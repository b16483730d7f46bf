/** The class-hour ledger of an enrolment: which sessions and intervals make up each hour, what each is worth, and the verdict. */
import { z } from 'zod';
import { reportSignatureSchema } from '../../evidence/proof/format.js';
import { programmeFindingSchema, programmeSchema } from '../../training/programme.schemas.js';
import { instant, sessionVerdictSchema, words } from '../report-parts.schema.js';
import { reportCohortSchema } from '../report.schema.js';

export const CLASS_HOURS_SCHEMA_VERSION = 'xuejian.class-hours/1';

const ms = z.number().int();
const readingsOf = <T extends z.ZodType>(value: T) =>
  z.strictObject({
    /** Under the policy's `invalidation.scope`. */
    policy: value,
    /** Under the scope SESSION: what a failed session contributes to is void. */
    session: value,
    /** Under the scope CLASS_HOUR: what a finding overlaps is void. */
    classHour: value,
    /** Any finding beyond a record voids. */
    strict: value,
  });

/** A stretch of credit: server time, and the place on the session's own credited timeline. */
const pieceSchema = z.strictObject({ sessionId: z.string(), lessonId: z.string(), from: instant, to: instant, fromMs: ms, toMs: ms });

const enrolmentVerdictSchema = z.enum([...sessionVerdictSchema.options, 'NOT_ELIGIBLE']);

const hourSchema = z.strictObject({
  /** From 1, in order of study. */
  number: z.number().int(),
  from: instant,
  to: instant,
  verdict: readingsOf(sessionVerdictSchema),
  words,
  pieces: z.array(pieceSchema),
});

const attemptSchema = z.strictObject({
  sessionId: z.string(),
  lessonId: z.string(),
  lessonPosition: z.number().int(),
  attempt: z.number().int(),
  verdict: sessionVerdictSchema,
  creditedMs: ms,
  use: z.enum(['COUNTED', 'SUPERSEDED', 'REFUSED']),
  words,
});

const makeupSchema = z.strictObject({
  /** False once the final assessment has begun. */
  isPossible: z.boolean(),
  /** Begin of the final assessment; null while it is not set. */
  before: instant.nullable(),
  required: z.array(
    z.strictObject({
      lessonId: z.string(),
      lessonPosition: z.number().int(),
      title: z.string(),
      /** The attempt that is to be made up. */
      sessionId: z.string(),
      verdict: sessionVerdictSchema,
      /** The HRSS department has to consent before it begins (C-24); the environment alone is reason enough without. */
      needsConsent: z.boolean(),
      hasConsent: z.boolean(),
    }),
  ),
});

export const unsignedClassHoursSchema = z.strictObject({
  schemaVersion: z.literal(CLASS_HOURS_SCHEMA_VERSION),
  reportId: z.uuid(),
  generatedAt: instant,
  generatedAtLocal: z.string().meta({ description: 'Asia/Shanghai' }),
  engineVersion: z.string(),
  enrolment: z.strictObject({ enrolmentId: z.string(), createdAt: instant }),
  verdict: readingsOf(enrolmentVerdictSchema).extend({ words }),
  trainee: z.strictObject({ pseudonym: z.string(), nameMasked: z.string(), idNumberMasked: z.string() }),
  platform: z.strictObject({ id: z.string(), name: z.string() }),
  cohort: reportCohortSchema,
  course: z.strictObject({ id: z.string(), title: z.string(), courseType: z.enum(['PROFESSIONAL', 'GENERAL']), syllabusVersion: z.number().int(), lessons: z.number().int() }),
  policy: z.strictObject({ id: z.string(), version: z.number().int(), source: z.string(), hash: z.string() }),
  /** As the platform declared it; null while it declared nothing. */
  programme: programmeSchema.nullable(),
  classHourMs: ms.meta({ description: 'Length of a class hour, ms' }),
  validHours: readingsOf(z.number().int()),
  countedHours: z.number().int().meta({ description: 'Valid class hours under the policy, within the plan and the online cap' }),
  /** Share of the online hours that is lost under the policy, 0…1. */
  lostShare: z.number(),
  creditedMs: ms.meta({ description: 'Credit of the attempts that count, ms' }),
  hours: z.array(hourSchema),
  /** Credit that is not a class hour yet. */
  remainder: z.strictObject({ ms, pieces: z.array(pieceSchema) }),
  uncounted: z.array(pieceSchema.extend({ reason: z.enum(['OVERLAP', 'OVER_DAILY_CAP', 'VOIDED', 'OVER_SPAN', 'NOT_CONTIGUOUS']), words })),
  attempts: z.array(attemptSchema).meta({ description: 'Every session of the enrolment; one attempt at each lesson counts' }),
  makeup: makeupSchema,
  findings: z.array(programmeFindingSchema).meta({ description: 'What led to the verdict under the policy; instants in `detail` are ms since the epoch' }),
  knownLimits: z.array(words),
});
export type UnsignedClassHours = z.infer<typeof unsignedClassHoursSchema>;

export const classHoursSchema = unsignedClassHoursSchema.extend({ signature: reportSignatureSchema });
export type ClassHours = z.infer<typeof classHoursSchema>;
