import { z } from 'zod';

/** Refs of demo trainees: the demo has no accounts, a trainee is chosen from a list. */
export const traineeRefSchema = z.string().min(1).max(64).regex(/^[a-z0-9-]+$/);

export const demoConsentsSchema = z.strictObject({
  trainee: traineeRefSchema,
  purposes: z.array(z.string().max(64)).min(1).max(8),
  locale: z.enum(['zh', 'en']),
});
export type DemoConsents = z.infer<typeof demoConsentsSchema>;

export const demoOpenSchema = z.strictObject({ trainee: traineeRefSchema, lessonId: z.uuid() });
export type DemoOpen = z.infer<typeof demoOpenSchema>;
