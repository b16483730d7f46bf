import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import type { TestingModule } from '@nestjs/testing';
import { Test } from '@nestjs/testing';
import sharp from 'sharp';
import { DataSource } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { CONFIG, type Config } from '../../src/config/config.js';
import { ConfigModule } from '../../src/config/config.module.js';
import { DatabaseModule } from '../../src/database/database.module.js';
import { newDigestKey } from '../../src/evidence/image-digest.js';
import { ImageVault } from '../../src/evidence/image-vault.js';
import type { ImageKind } from '../../src/evidence/stored-image.entity.js';
import { consentTextFor } from '../../src/identity/consent-texts.js';
import type { ConsentPurpose } from '../../src/identity/consent.entity.js';
import { PrivacyWorkerModule } from '../../src/privacy/privacy-worker.module.js';
import type { Story } from '../../src/rules/testing/story.js';
import { SessionsRepository } from '../../src/sessions/sessions.repository.js';
import { checkDigitOf } from '../../src/training/id-number.js';
import { QueuesModule } from '../../src/queues/queues.module.js';
import { type TestApi, startTestApi } from './api.js';
import { aConfig } from './config.js';
import { createTestDatabase } from './database.js';
import { newTenant, storeSession, type Tenant } from './past-session.js';
import { anIdNumber } from './platform-client.js';
import { tellSession } from './sample-report.js';

export interface Student {
  readonly tenant: Tenant;
  readonly traineeId: string;
  readonly enrolmentId: string;
  readonly lessonId: string;
  readonly personKey: string;
}

/** The whole API and the worker's privacy room on one database. */
export interface PrivacyStage {
  readonly api: TestApi;
  readonly worker: TestingModule;
  readonly dataSource: DataSource;
  readonly photo: Buffer;
  tenant(name: string): Promise<Tenant>;
  student(tenant: Tenant, fields?: { readonly idNumber?: string }): Promise<Student>;
  /** A session of the student's, open unless closed at an instant. */
  session(student: Student, given?: { readonly closedAt?: Date; readonly openedAt?: Date; readonly story?: (story: Story) => unknown }): Promise<string>;
  picture(student: Student, kind: ImageKind, sessionId?: string | null): Promise<string>;
  /** A reference face as the judge leaves it. */
  referenceFace(student: Student): Promise<string>;
  ask<T>(tenant: Tenant | null, method: string, path: string, body?: unknown): Promise<{ readonly status: number; readonly body: T }>;
  rows<T>(sql: string, ...parameters: readonly unknown[]): Promise<readonly T[]>;
  close(): Promise<void>;
}

export const consentTo = (purpose: ConsentPurpose, guardian?: { readonly name: string; readonly relation: 'PARENT' | 'OTHER' }) => ({
  purpose, textHash: consentTextFor(purpose, 'zh-CN').textHash, channel: 'WEB', ...(guardian === undefined ? {} : { guardian }),
});

/** A possible number of a resident ID of nobody, born on the first day of a year. */
export function idNumberOfYear(year: number): string {
  const body = `411303${year}0101001`;
  return `${body}${checkDigitOf(body)}`;
}

export async function startPrivacyStage(): Promise<PrivacyStage> {
  const database = await createTestDatabase();
  const config = aConfig({ databaseUrl: database.url });
  const [api, worker] = await Promise.all([startTestApi(config), startWorker(config)]);
  const dataSource = worker.get(DataSource);
  const photo = await sharp({ create: { width: 320, height: 240, channels: 3, background: '#864' } }).jpeg().toBuffer();
  let attempt = 0;
  const ask: PrivacyStage['ask'] = async (tenant, method, path, body) => {
    const response = await fetch(path.startsWith('http') ? path : api.url + path, {
      method,
      headers: { ...(tenant === null ? {} : { authorization: `Bearer ${tenant.key}` }), ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: (text === '' ? null : JSON.parse(text)) as never };
  };
  const picture: PrivacyStage['picture'] = async ({ traineeId }, kind, sessionId = null) =>
    (await api.app.get(ImageVault).put({ bytes: photo, kind, sessionId, traineeId, digestKey: newDigestKey(), meta: {} })).imageId;
  return {
    api,
    worker,
    dataSource,
    photo,
    ask,
    tenant: (name) => newTenant(api.app, api.url, name),
    async student(tenant, fields = {}) {
      const { courseId, lessonIds } = await tenant.client.createCourse([{ durationMs: 600_000 }]);
      const { traineeId } = await tenant.client.call<{ traineeId: string }>('POST', '/v1/trainees', { externalRef: uuidv7(), name: '王小明', idNumber: anIdNumber(), ...fields });
      const enrolmentId = await tenant.client.enrol(traineeId, courseId);
      const [row] = await dataSource.query<{ person_key: string }[]>('select person_key from trainee where id = $1', [traineeId]);
      return { tenant, traineeId, enrolmentId, lessonId: lessonIds[0] ?? '', personKey: row?.person_key ?? '' };
    },
    async session({ tenant, traineeId, enrolmentId, lessonId, personKey }, { openedAt = new Date(), closedAt, story } = {}) {
      const id = uuidv7();
      const journal = story === undefined ? [] : tellSession(story, { sessionId: id }).journal.map(({ event }) => event);
      attempt += 1;
      await storeSession(api.app, tenant, { traineeId, enrolmentId, lessonId }, {
        id, openedAt, attempt, personKey, journal, verdict: closedAt === undefined ? 'INCOMPLETE' : 'VALID', ...(closedAt === undefined ? {} : { closedAt }),
      });
      await dataSource.query('update study_session set seed_sealed = $1 where id = $2', [api.app.get(SessionsRepository, { strict: false }).sealSeed(id, randomBytes(32)), id]);
      return id;
    },
    picture,
    async referenceFace(student) {
      const imageId = await picture(student, 'reference');
      await dataSource.query(
        `insert into reference_face (id, trainee_id, version, status, intent, photos, upload_sha256, descriptor_sealed, image_id, engine, created_at)
         values (gen_random_uuid(), $1, 1, 'ACTIVE', 'REPLACE', 1, 'a', 'sealed', $2, 'test', now())`,
        [student.traineeId, imageId],
      );
      return imageId;
    },
    rows: (sql, ...parameters) => dataSource.query(sql, [...parameters]),
    async close() {
      await worker.close();
      await api.close();
      await database.close();
      await rm(config.dataDir, { recursive: true, force: true });
    },
  };
}

async function startWorker(config: Config): Promise<TestingModule> {
  const testing = await Test.createTestingModule({ imports: [ConfigModule, DatabaseModule, QueuesModule, PrivacyWorkerModule] })
    .overrideProvider(CONFIG)
    .useValue(config)
    .compile();
  testing.useLogger(false);
  await testing.init();
  return testing;
}
