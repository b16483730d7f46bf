import type { AddressInfo } from 'node:net';
import { expect } from '@jest/globals';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { Test } from '@nestjs/testing';
import { LIMITS } from '@xuejian/protocol';
import { DataSource } from 'typeorm';
import { ProblemFilter, type ProblemBody } from '../../src/common/problem.filter.js';
import { ConfigModule } from '../../src/config/config.module.js';
import { CONFIG } from '../../src/config/config.js';
import { DatabaseModule } from '../../src/database/database.module.js';
import { IdentityModule } from '../../src/identity/identity.module.js';
import { PlatformsService } from '../../src/identity/platforms.service.js';
import { PoliciesModule } from '../../src/policies/policies.module.js';
import { TrainingModule } from '../../src/training/training.module.js';
import type { CourseAnswer, CreateEnrolment, EnrolmentAnswer, TraineeAnswer } from '../../src/training/training.schemas.js';
import { aConfig } from './config.js';
import { createTestDatabase, type TestDatabase } from './database.js';

export type Fields = Readonly<Record<string, unknown>>;

export interface Answer<T = ProblemBody> {
  readonly status: number;
  readonly contentType: string | null;
  readonly body: T;
}

/** One HTTP request with a platform's key; a body that is text goes out as it is. */
export type Call = <T = ProblemBody>(
  method: string,
  path: string,
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
) => Promise<Answer<T>>;

/** The REST routes of identity, training and policies on a database of their own. */
export interface TrainingApi {
  readonly app: NestExpressApplication;
  readonly database: TestDatabase;
  readonly document: OpenAPIObject;
  readonly platforms: PlatformsService;
  /** `null`: without a key. */
  callerWith(key: string | null): Call;
  /** A caller with a new key of the platform of this name. */
  callerOf(platform: string): Promise<Call>;
  rows<T>(sql: string, parameters?: unknown[]): Promise<T[]>;
  close(): Promise<void>;
}

export async function startTrainingApi(): Promise<TrainingApi> {
  const database = await createTestDatabase();
  const module = await Test.createTestingModule({
    imports: [ConfigModule, DatabaseModule, IdentityModule, PoliciesModule, TrainingModule],
  })
    .overrideProvider(CONFIG)
    .useValue(aConfig({ databaseUrl: database.url }))
    .compile();
  const app = module.createNestApplication<NestExpressApplication>({ logger: false });
  app.useBodyParser('json', { limit: LIMITS.jsonBodyBytes });
  app.useGlobalFilters(new ProblemFilter());
  const document = SwaggerModule.createDocument(app, new DocumentBuilder().addBearerAuth().build());
  await app.listen(0, '127.0.0.1');
  const base = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
  const platforms = app.get(PlatformsService);
  return {
    app,
    database,
    document,
    platforms,
    callerWith: (key) => callerWith(base, key),
    callerOf: async (platform) => callerWith(base, (await platforms.issueKey((await platforms.create(platform)).id)).key),
    rows: <T>(sql: string, parameters: unknown[] = []) => app.get(DataSource).query<T[]>(sql, parameters),
    async close() {
      await app.close();
      await database.close();
    },
  };
}

function callerWith(base: string, key: string | null): Call {
  return async <T>(method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer<T>> => {
    const response = await fetch(base + path, {
      method,
      headers: {
        ...(key === null ? {} : { authorization: `Bearer ${key}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      contentType: response.headers.get('content-type'),
      body: (text === '' ? {} : JSON.parse(text)) as T,
    };
  };
}

/** 18-digit numbers with right check digits, of nobody. */
export const LI = '11010519491231002X';
export const WANG = '440524198001010013';
export const SHA = 'ab'.repeat(32);
/** A well-formed id of nothing. */
export const NOWHERE = '01890000-0000-7000-8000-000000000000';

let references = 0;

export const aTrainee = (changes: Fields = {}) => ({ externalRef: `student-${(references += 1)}`, name: '李四', idNumber: LI, ...changes });

export const aLesson = (changes: Fields = {}) => ({ title: '第一课', durationMs: 60_000, videoUrl: '/demo/media/1.mp4', videoSha256: SHA, ...changes });

export const aCourse = (changes: Fields = {}) => ({
  title: '电工 · 初级',
  courseType: 'PROFESSIONAL',
  policyId: 'demo',
  lessons: [aLesson(), aLesson({ title: '第二课' }), aLesson({ title: '第三课' })],
  ...changes,
});

/** Sends what has to be created. */
export async function create<T>(call: Call, path: string, body: unknown): Promise<T> {
  const answer = await call<T>('POST', path, body);
  expect(answer).toMatchObject({ status: 201 });
  return answer.body;
}
export const newTrainee = (call: Call, changes: Fields = {}) => create<TraineeAnswer>(call, '/v1/trainees', aTrainee(changes));
export const newCourse = (call: Call, changes: Fields = {}) => create<CourseAnswer>(call, '/v1/courses', aCourse(changes));
export const newEnrolment = (call: Call, request: CreateEnrolment) => create<EnrolmentAnswer>(call, '/v1/enrolments', request);

/** The paths of the fields that a refusal complains about. */
export const fieldsOf = (answer: Answer): readonly string[] => (answer.body.errors ?? []).map((error) => error.path);
