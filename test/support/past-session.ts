import type { INestApplicationContext } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { chainEntries, GENESIS_HASH } from '../../src/evidence/proof/chain.js';
import { consentTextFor } from '../../src/identity/consent-texts.js';
import { PlatformsService } from '../../src/identity/platforms.service.js';
import type { SessionEvent } from '../../src/rules/event.js';
import type { SessionVerdict } from '../../src/rules/types.js';
import { Journal } from '../../src/sessions/journal.js';
import { SessionsRepository } from '../../src/sessions/sessions.repository.js';
import { PlatformClient } from './platform-client.js';

/** A platform with a key, and a trainee enrolled in a course of one lesson of ten minutes. */
export interface Tenant {
  readonly id: string;
  readonly key: string;
  readonly client: PlatformClient;
}
export interface Enrolled {
  readonly traineeId: string;
  readonly enrolmentId: string;
  readonly lessonId: string;
}

export async function newTenant(app: INestApplicationContext, url: string, name: string): Promise<Tenant> {
  const platforms = app.get(PlatformsService, { strict: false });
  const { id } = await platforms.create(name);
  const { key } = await platforms.issueKey(id);
  return { id, key, client: new PlatformClient(url, key) };
}

export async function newEnrolled({ client }: Tenant): Promise<Enrolled> {
  const { courseId, lessonIds } = await client.createCourse([{ durationMs: 600_000 }]);
  const { traineeId } = await client.call<{ traineeId: string }>('POST', '/v1/trainees', { externalRef: 'r-1', name: '李<b>四', idNumber: '11010519491231002X' });
  const { enrolmentId } = await client.call<{ enrolmentId: string }>('POST', '/v1/enrolments', { traineeId, courseId });
  await client.call('POST', `/v1/trainees/${traineeId}/consents`, {
    consents: [{ purpose: 'FACE_VERIFICATION', textHash: consentTextFor('FACE_VERIFICATION', 'zh-CN').textHash, channel: 'WEB' }],
  });
  return { traineeId, enrolmentId, lessonId: lessonIds[0] ?? '' };
}

export interface PastSession {
  readonly id: string;
  readonly openedAt: Date;
  readonly verdict: SessionVerdict;
  readonly journal?: readonly SessionEvent[];
  readonly rule?: string;
  readonly attempt?: number;
  readonly commitment?: string;
  readonly closedAt?: Date;
  readonly personKey?: string;
}

/** Stores a session of the past: its row, and a journal as the runner would have left it. */
export async function storeSession(app: INestApplicationContext, tenant: Tenant, enrolled: Enrolled, given: PastSession): Promise<void> {
  const { id, openedAt, verdict, rule } = given;
  const openedDay = openedAt.toISOString().slice(0, 10);
  const journal = app.get(Journal, { strict: false });
  await journal.prepareDay(openedDay);
  await journal.append({ sessionId: id, openedDay }, chainEntries(0, GENESIS_HASH, (given.journal ?? []).map(withImageId)), null);
  await app.get(SessionsRepository, { strict: false }).insert({
    id, platformId: tenant.id, ...enrolled, personKey: given.personKey ?? 'person', attempt: given.attempt ?? 1, openedDay, openedAt,
    closedAt: verdict === 'INCOMPLETE' ? null : (given.closedAt ?? new Date(openedAt.getTime() + 900_000)), verdict,
    failedRule: rule ?? null, reasonCode: rule === undefined ? null : `${rule}_X`, creditedMs: 1000, popupClockMs: 0,
    commitment: given.commitment ?? 'c'.repeat(64), seedSealed: Buffer.alloc(0), tokenGeneration: 1,
  });
}

/** Stories name pictures in words; the vault knows uuids alone. */
const withImageId = (event: SessionEvent): SessionEvent =>
  (event.type === 'snapshot.judged' || event.type === 'liveness.judged') && event.imageId?.startsWith('image-') === true ? { ...event, imageId: uuidv7() } : event;
