import { z } from 'zod';

/** Refs of demo trainees: the demo has no accounts, a trainee is chosen from a list. */
export const traineeRefSchema = z.string().min(1).max(64).regex(/^[a-z0-9-]+$/);

export const demoConsentsSchema = z.strictObject({
  trainee: traineeRefSchema,
  /** What was ticked, with the hash of the words that were shown. */
  consents: z.array(z.strictObject({ purpose: z.string().max(64), textHash: z.string().max(64) })).min(1).max(8),
});
export type DemoConsents = z.infer<typeof demoConsentsSchema>;

export const demoOpenSchema = z.strictObject({ trainee: traineeRefSchema, lessonId: z.uuid() });
export type DemoOpen = z.infer<typeof demoOpenSchema>;
