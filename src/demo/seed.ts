import 'reflect-metadata';
import { createHash } from 'node:crypto';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { isMain } from '../common/is-main.js';
import { Problem } from '../common/problem.js';
import { ConfigModule } from '../config/config.module.js';
import { CONFIG, type Config } from '../config/config.js';
import { DatabaseModule } from '../database/database.module.js';
import { PlatformsModule } from '../identity/platforms.module.js';
import { PlatformsService } from '../identity/platforms.service.js';
import { CoursesService } from '../training/courses.service.js';
import { EnrolmentsService } from '../training/enrolments.service.js';
import { TrainingModule } from '../training/training.module.js';
import { TraineesService } from '../training/trainees.service.js';
import { COURSES, readMedia, TRAINEES, type CoursePlan, type DemoMedia } from './demo-content.js';
import { readTenant, writeTenant, type DemoCourse, type DemoTenant, type DemoTrainee } from './demo-tenant.js';

const PLATFORM_NAME = '学监示例平台';

export interface SeedParts {
  readonly dataDir: string;
  readonly platforms: PlatformsService;
  readonly trainees: TraineesService;
  readonly courses: CoursesService;
  readonly enrolments: EnrolmentsService;
}

/**
 * Makes the sample platform's account, courses, trainees and enrolments, or completes what is there. Run again it
 * changes nothing; after a new database or new videos it makes again what these have made void.
 */
export async function seedDemo(parts: SeedParts): Promise<DemoTenant> {
  const { dataDir, platforms } = parts;
  const platform = await platforms.create(PLATFORM_NAME);
  const before = readTenant(dataDir);
  const known = before?.platformId === platform.id ? before : null;
  const key = known && (await isUsable(platforms, known.key)) ? known.key : (await platforms.issueKey(platform.id)).key;
  const trainees = await Promise.all(TRAINEES.map((trainee) => makeTrainee(parts, platform.id, trainee)));
  const courses: DemoCourse[] = [];
  for (const plan of COURSES) {
    const kept = known?.courses.find(({ ref }) => ref === plan.ref);
    courses.push(await makeCourse(parts, platform.id, plan, trainees, kept));
  }
  const tenant: DemoTenant = { platformId: platform.id, key, trainees, courses };
  if (JSON.stringify(tenant) !== JSON.stringify(before)) writeTenant(dataDir, tenant);
  return tenant;
}

async function isUsable(platforms: PlatformsService, key: string): Promise<boolean> {
  try {
    await platforms.authenticate(key);
    return true;
  } catch (error) {
    if (error instanceof Problem) return false;
    throw error;
  }
}

async function makeTrainee({ trainees }: SeedParts, platformId: string, { ref, name, idNumber }: (typeof TRAINEES)[number]): Promise<DemoTrainee> {
  const { traineeId } = await trainees.create(platformId, { externalRef: ref, name, idType: 'OTHER', idNumber, isAccessible: false });
  return { ref, name, traineeId };
}

async function makeCourse(
  parts: SeedParts,
  platformId: string,
  plan: CoursePlan,
  trainees: readonly DemoTrainee[],
  kept: DemoCourse | undefined,
): Promise<DemoCourse> {
  const media = mediaOf(plan);
  const fingerprint = createHash('sha256').update(JSON.stringify([plan, media])).digest('hex');
  const course = kept?.fingerprint === fingerprint ? kept : await createCourse(parts.courses, platformId, plan, media, fingerprint);
  const enrolments: Record<string, string> = {};
  for (const { ref, traineeId } of trainees) {
    enrolments[ref] = (await parts.enrolments.create(platformId, { traineeId, courseId: course.courseId })).enrolmentId;
  }
  return { ...course, enrolments };
}

async function createCourse(
  courses: CoursesService,
  platformId: string,
  { ref, title, titleEn, policyId }: CoursePlan,
  media: readonly DemoMedia[],
  fingerprint: string,
): Promise<DemoCourse> {
  const made = await courses.create(platformId, {
    title,
    courseType: 'PROFESSIONAL',
    policyId,
    lessons: media.map(({ title: lessonTitle, file, durationMs, sha256 }) => ({
      title: lessonTitle.zh,
      durationMs,
      videoUrl: `/demo/media/${file}`,
      videoSha256: sha256,
    })),
  });
  const lessons = made.lessons.map(({ lessonId, position, title: lessonTitle, durationMs, videoUrl }, index) => ({
    lessonId,
    position,
    title: lessonTitle,
    titleEn: media[index]?.title.en ?? lessonTitle,
    durationMs,
    videoUrl,
  }));
  return { ref, courseId: made.courseId, title, titleEn, policyId, fingerprint, lessons, enrolments: {} };
}

function mediaOf({ files }: CoursePlan): readonly DemoMedia[] {
  const media = readMedia();
  return files.map((file) => {
    const found = media.find((candidate) => candidate.file === file);
    if (!found) throw new Error(`${file} is not in media.json: run scripts/make-demo-video.mjs`);
    return found;
  });
}

@Module({ imports: [ConfigModule, DatabaseModule, PlatformsModule, TrainingModule] })
class SeedModule {}

async function main(): Promise<void> {
  const app = await NestFactory.createApplicationContext(SeedModule, { logger: ['error', 'warn'] });
  try {
    const { courses, trainees } = await seedDemo({
      dataDir: app.get<Config>(CONFIG).dataDir,
      platforms: app.get(PlatformsService),
      trainees: app.get(TraineesService),
      courses: app.get(CoursesService),
      enrolments: app.get(EnrolmentsService),
    });
    const lessons = courses.reduce((sum, course) => sum + course.lessons.length, 0);
    process.stdout.write(`示例数据已就绪 / demo data ready: ${courses.length} courses, ${lessons} lessons, ${trainees.length} trainees\n`);
  } finally {
    await app.close();
  }
}

if (isMain(import.meta.url)) {
  main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 1;
  });
}
