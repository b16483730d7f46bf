import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';

const lesson = z.strictObject({ lessonId: z.uuid(), position: z.number(), title: z.string(), titleEn: z.string(), durationMs: z.number(), videoUrl: z.string() });

const tenantSchema = z.strictObject({
  platformId: z.uuid(),
  /** The platform's key: it stays on this server. */
  key: z.string(),
  trainees: z.array(z.strictObject({ ref: z.string(), name: z.string(), traineeId: z.uuid() })),
  courses: z.array(
    z.strictObject({
      ref: z.string(),
      courseId: z.uuid(),
      title: z.string(),
      titleEn: z.string(),
      policyId: z.string(),
      /** Of what the course was made from; another one means that it has to be made again. */
      fingerprint: z.string(),
      lessons: z.array(lesson),
      /** Enrolment of each trainee, by the trainee's ref. */
      enrolments: z.record(z.string(), z.uuid()),
    }),
  ),
});

/** What the sample platform knows about itself, as any platform keeps it in its own database. */
export type DemoTenant = z.infer<typeof tenantSchema>;
export type DemoCourse = DemoTenant['courses'][number];
export type DemoLesson = DemoCourse['lessons'][number];
export type DemoTrainee = DemoTenant['trainees'][number];

export const tenantFile = (dataDir: string): string => join(dataDir, 'demo.json');

/** `null` when the demo has not been seeded yet, or its file is of an older build. */
export function readTenant(dataDir: string): DemoTenant | null {
  return readJson(tenantFile(dataDir), tenantSchema);
}

export const writeTenant = (dataDir: string, tenant: DemoTenant): void => writeJson(tenantFile(dataDir), tenant);

/** `null` when there is no such file or it does not fit the schema. */
export function readJson<T>(file: string, schema: z.ZodType<T>): T | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const parsed = schema.safeParse(JSON.parse(text));
  return parsed.success ? parsed.data : null;
}

/** Written beside and moved into place, for its owner alone. */
export function writeJson(file: string, value: unknown): void {
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  chmodSync(draft, 0o600);
  renameSync(draft, file);
}
