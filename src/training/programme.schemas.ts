import { z } from 'zod';
import { policyIdSchema } from '../policies/policy.schema.js';
import { type CalendarDate, calendarDate } from '../rules/programme/calendar.js';
import { OPENING_CHECKS } from '../rules/programme/eligibility.js';

const MAX_ENTRIES = 500;
const MAX_TRAINEES = 500;

/** One line of text for people: trimmed, no control characters. */
export const line = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, { message: 'no control characters' });

export const hex64 = z.string().regex(/^[0-9a-f]{64}$/, { message: '64 lower-case hexadecimal digits' });
const instant = z.iso.datetime({ offset: true });
const minutes = z.number().int().min(0).max(10_000_000);
const headcount = z.number().int().min(0).max(1_000_000);

/** A calendar date of Asia/Shanghai, `YYYY-MM-DD`. */
const day = z
  .string()
  .refine((text): text is CalendarDate => calendarDate(text) !== null, { message: 'a date that the calendar has, YYYY-MM-DD' })
  .meta({ format: 'date', example: '2026-09-01' });

const priorTraining = z.strictObject({
  ref: line(200).meta({ description: 'Names the training to whoever reads the finding' }),
  assessmentEndedOn: day.nullable().meta({ description: 'Day on which its assessment ended; null while there was none' }),
  isClosed: z.boolean().default(false).meta({ description: 'Given up or cancelled: there will be no assessment' }),
});

const plan = z
  .strictObject({ totalMinutes: minutes, theoryMinutes: minutes, onlineMinutes: minutes })
  .refine(({ totalMinutes, theoryMinutes, onlineMinutes }) => theoryMinutes <= totalMinutes && onlineMinutes <= totalMinutes, { message: 'no part may exceed totalMinutes' });

const occupationCode = line(64).meta({ example: '6-31-01-03' });

/** Approval of a video by the provincial office (clause C-11): the master and every rendition registered with it. */
export const videoApproval = z.strictObject({
  ref: line(200),
  authority: line(200),
  approvedAt: instant,
  approvedSha256s: z.array(hex64).min(1).max(100),
});
export type VideoApprovalFacts = z.infer<typeof videoApproval>;

/** The class that an enrolment belongs to, as the authority's system has it. What is not known is null. */
export const cohortSchema = z.strictObject({
  hrssClassId: z
    .string()
    .max(64)
    .regex(/^[\x21-\x7e]+$/, { message: 'printable ASCII without spaces' })
    .nullable()
    .default(null)
    .meta({ description: 'Number of the class in the HRSS system; without it nothing can be reported (C-26)', example: 'NY-2026-0417' }),
  name: line(200).nullable().default(null).meta({ example: '电工（初级）第 3 期' }),
  organisation: line(200).nullable().default(null).meta({ description: 'Training organisation (培训机构)' }),
  occupation: z.strictObject({ code: occupationCode, name: line(100) }).nullable().default(null),
  skillLevel: line(50).nullable().default(null).meta({ example: '初级' }),
});
export type Cohort = z.infer<typeof cohortSchema>;

/**
 * What an enrolment is judged by besides its sessions. The platform declares it; it is shown as declared. Without it the
 * enrolment counts as training without a subsidy, to which C-03 does not apply.
 */
export const programmeSchema = z.strictObject({
  openOn: day.nullable().default(null).meta({ description: 'Day on which the subsidised class opens' }),
  plan: plan.nullable().default(null).meta({ description: 'Planned time of the whole training, minutes' }),
  plannedHours: z.number().int().min(1).max(10_000).nullable().default(null).meta({ description: 'Class hours planned online' }),
  finalAssessmentAt: instant.nullable().default(null).meta({ description: 'Begin of the final assessment: nothing is made up from then on' }),
  assessmentEndedOn: day.nullable().default(null).meta({ description: 'Day on which it ended; the month of C-03 runs from it' }),
  isClosed: z.boolean().default(false).meta({ description: 'Given up or cancelled' }),
  isTestPassed: z.boolean().default(false),
  priors: z.array(priorTraining).max(MAX_ENTRIES).default([]).meta({ description: 'Other subsidised trainings of the person, besides those in this service' }),
  makeupConsents: z
    .array(z.strictObject({ lessonId: z.uuid(), reason: line(500), approvedBy: line(200), approvedAt: instant }))
    .max(MAX_ENTRIES)
    .default([])
    .meta({ description: 'Consents of the HRSS department to making up a lesson (C-24)' }),
});
export type Programme = z.infer<typeof programmeSchema>;

/** What became of the subsidy for an enrolment (clause C-34). What has not happened is null. */
export const settlementSchema = z.strictObject({
  disbursedOn: day.nullable().default(null).meta({ description: 'Day on which the subsidy was paid' }),
  refusalFinalOn: day.nullable().default(null).meta({ description: 'Day on which a refusal became final: its objection ended or was not made' }),
});
export type Settlement = z.infer<typeof settlementSchema>;

export const openingFactsSchema = z.strictObject({
  policyId: policyIdSchema.meta({ example: 'cn-henan-nanyang-2022' }),
  startsAt: instant.meta({ description: 'Instant at which study begins' }),
  occupation: z.strictObject({ code: occupationCode, requiredHours: z.number().int().min(1).max(10_000).nullable().default(null), assessment: z.enum(['VOCATIONAL', 'COMPLETION_CERTIFICATE']) }).optional(),
  plan: plan.optional(),
  headcount: headcount.optional(),
  claimedHours: z.number().int().min(0).max(10_000).optional().meta({ description: 'Class hours claimed for the videos' }),
  videosMs: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional().meta({ description: 'Length of all videos, ms' }),
  videos: z.array(z.strictObject({ sha256: hex64, isNew: z.boolean(), approval: videoApproval.nullable() })).max(MAX_ENTRIES).optional(),
  registrations: z.array(z.strictObject({ fromOn: day, toOn: day.nullable() })).max(MAX_ENTRIES).optional().meta({ description: 'When the platform was connected to the supervision system' }),
  catalogueYears: z.array(z.number().int().min(2000).max(9999)).max(100).optional(),
  decisions: z.array(z.strictObject({ decisionRef: line(200), violationOn: day })).max(MAX_ENTRIES).optional().meta({ description: 'Decisions of an authority against the platform' }),
  survey: z
    .strictObject({ measuredOn: day, responses: headcount, satisfied: headcount })
    .refine(({ responses, satisfied }) => satisfied <= responses, { message: 'satisfied may not exceed responses' })
    .optional(),
  trainees: z.array(z.strictObject({ ref: line(200), priors: z.array(priorTraining).max(50) })).max(MAX_TRAINEES).optional(),
});
export type OpeningRequest = z.infer<typeof openingFactsSchema>;

export const programmeFindingSchema = z.strictObject({
  code: z.string(),
  effect: z.enum(['BLOCK_OPENING', 'NOT_ELIGIBLE', 'NOT_RECOGNISED', 'INVALIDATE_ENROLMENT', 'REVIEW', 'INCOMPLETE', 'NOT_COUNTED', 'RECORD_ONLY']),
  clause: z.string().meta({ description: 'Clause of the notice, rule or parameter' }),
  zh: z.string(),
  en: z.string(),
  detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});

export const openingAnswerSchema = z.strictObject({
  policy: z.strictObject({ id: policyIdSchema, version: z.number().int(), hash: hex64 }),
  openOn: z.iso.date(),
  outcome: z.enum(['PASSED', 'FAILED', 'INCOMPLETE']).meta({ description: 'INCOMPLETE: nothing failed, and something was not checked' }),
  checks: z.array(
    z.strictObject({
      clause: z.enum(OPENING_CHECKS),
      outcome: z.enum(['PASSED', 'FAILED', 'NOT_CHECKED']),
      findings: z.array(programmeFindingSchema),
    }),
  ),
});
export type OpeningAnswer = z.infer<typeof openingAnswerSchema>;
