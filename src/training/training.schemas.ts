import { z } from 'zod';
import { policyIdSchema } from '../policies/policy.schema.js';
import { COURSE_TYPES } from './course.entity.js';
import { ID_TYPES, isPossibleIdNumber, normaliseIdNumber } from './id-number.js';
import { cohortSchema, hex64, line, programmeSchema, settlementSchema, videoApproval } from './programme.schemas.js';

const DAY_MS = 86_400_000;
const MAX_LESSONS = 300;

const reference = z.string().min(1).max(128).regex(/^[\x21-\x7e]+$/, { message: 'printable ASCII without spaces' });
const instant = z.iso.datetime();

/** An http(s) address, or a path on the page's own server. */
const videoUrl = z
  .string()
  .max(2000)
  .refine(isVideoUrl, { message: 'an http(s) address or a path that begins with one /' });

function isVideoUrl(value: string): boolean {
  if (/[\s\\\p{Cc}\p{Cs}]/u.test(value)) return false;
  if (/^\/(?!\/)/.test(value)) return true;
  return URL.canParse(value) && ['http:', 'https:'].includes(new URL(value).protocol);
}

export const createTraineeSchema = z
  .strictObject({
    externalRef: reference.meta({ description: 'The platform’s own name for the trainee', example: 'student-1024' }),
    name: line(100).meta({ description: 'Real name', example: '张三' }),
    idType: z.enum(ID_TYPES).default('RESIDENT_ID'),
    idNumber: z.string().trim().min(1).max(64).meta({ description: 'Number of the document; only a keyed hash and a sealed copy are kept' }),
    isAccessible: z.boolean().default(false).meta({ description: 'Longer times to answer (无障碍)' }),
  })
  .refine((trainee) => isPossibleIdNumber(trainee.idType, normaliseIdNumber(trainee.idNumber), new Date()), {
    path: ['idNumber'],
    message: '证件号码有误 / not a possible number of this document',
  });
export type CreateTrainee = z.infer<typeof createTraineeSchema>;

export const traineeAnswerSchema = z.strictObject({
  traineeId: z.uuid(),
  externalRef: z.string(),
  idType: z.enum(ID_TYPES),
  nameMasked: z.string(),
  idNumberMasked: z.string(),
  isAccessible: z.boolean(),
  isMinor: z.boolean().nullable().meta({ description: 'Under eighteen today, by the number of the document; null where it does not tell' }),
  createdAt: instant,
});
export type TraineeAnswer = z.infer<typeof traineeAnswerSchema>;

const lessonSchema = z.strictObject({
  title: line(200),
  durationMs: z.number().int().min(1000).max(DAY_MS).meta({ description: 'Length of the video, ms' }),
  videoUrl,
  videoSha256: hex64.meta({ description: 'SHA-256 of the video’s bytes, hex' }),
  isNewVideo: z.boolean().optional().meta({ description: 'Added after the platform was listed (新增), so that C-11 asks for an approval; implied by `videoApproval`' }),
  videoApproval: videoApproval.optional(),
});

export const createCourseSchema = z.strictObject({
  title: line(200),
  courseType: z.enum(COURSE_TYPES).meta({ description: 'PROFESSIONAL courses are studied in content order' }),
  policyId: policyIdSchema.meta({ example: 'cn-henan-nanyang-2022' }),
  lessons: z.array(lessonSchema).min(1).max(MAX_LESSONS).meta({ description: 'In content order' }),
});
export type CreateCourse = z.infer<typeof createCourseSchema>;

export const courseAnswerSchema = z.strictObject({
  courseId: z.uuid(),
  title: z.string(),
  courseType: z.enum(COURSE_TYPES),
  policyId: policyIdSchema,
  syllabusVersion: z.number().int(),
  lessons: z.array(
    z.strictObject({
      lessonId: z.uuid(),
      position: z.number().int().min(1),
      title: z.string(),
      durationMs: z.number().int(),
      videoUrl: z.string(),
      videoSha256: hex64,
      isNewVideo: z.boolean(),
      videoApproval: videoApproval.nullable(),
    }),
  ),
  createdAt: instant,
});
export type CourseAnswer = z.infer<typeof courseAnswerSchema>;

export const createEnrolmentSchema = z.strictObject({
  traineeId: z.uuid(),
  courseId: z.uuid(),
  cohort: cohortSchema.optional(),
  programme: programmeSchema.optional(),
  /** The trainee has a twin: a face match alone says little, so people confirm each session. */
  isTwinDeclared: z.boolean().optional(),
});
export type CreateEnrolment = z.infer<typeof createEnrolmentSchema>;

export const enrolmentAnswerSchema = z.strictObject({
  enrolmentId: z.uuid(),
  traineeId: z.uuid(),
  courseId: z.uuid(),
  syllabusVersion: z.number().int(),
  policy: z.strictObject({ id: policyIdSchema, version: z.number().int(), hash: hex64 }),
  cohort: cohortSchema.nullable(),
  programme: programmeSchema.nullable(),
  isTwinDeclared: z.boolean(),
  settlement: settlementSchema.nullable(),
  createdAt: instant,
});
export type EnrolmentAnswer = z.infer<typeof enrolmentAnswerSchema>;
