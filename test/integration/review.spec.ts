import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { PlatformsService } from '../../src/identity/platforms.service.js';
import type { SessionReport } from '../../src/reports/report.schema.js';
import type { CaseAnswer, QueueAnswer } from '../../src/review/review.schemas.js';
import { minutes, seconds } from '../../src/rules/testing/opening.js';
import { aSession, type Story } from '../../src/rules/testing/story.js';
import { keepOutsideEvent } from '../../src/sessions/outside-events.js';
import { SessionRegistry } from '../../src/sessions/session-registry.js';
import type { OpenedSession, SessionAnswer } from '../../src/sessions/sessions.schemas.js';
import { SessionsRepository } from '../../src/sessions/sessions.repository.js';
import { startTestApi, type TestApi } from '../support/api.js';
import { aConfig } from '../support/config.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { type Enrolled, newEnrolled, newTenant, storeSession, type Tenant } from '../support/past-session.js';
import { PlatformClient } from '../support/platform-client.js';
import { SEED } from '../support/sample-report.js';

const CHEN = { id: 'chen.wei', name: '陈伟' };
const LIU = { id: 'liu.min', name: '刘敏' };
const VIDEO = { reviewer: CHEN, kind: 'HUMAN_VIDEO_CHECK' } as const;
const CONFIRMED = { reviewer: CHEN, outcome: 'CONFIRMED', question: '上一节课讲了什么', answerOk: true } as const;
const refusal = (status: number, code: string) => ({ problem: { status, code } });

let database: TestDatabase;
let api: TestApi;
let dataDir: string;
let tenant: Tenant;
let enrolled: Enrolled;
let desk: PlatformClient;
let attempt = 0;

const db = (): DataSource => api.app.get(DataSource);
const stateOf = async (id: string) => (await api.app.get(SessionRegistry, { strict: false }).get(id)).opened;
const session = (id: string): Promise<SessionAnswer> => tenant.client.call('GET', `/v1/sessions/${id}`);
const queue = async (kind: string): Promise<readonly CaseAnswer[]> => (await desk.call<QueueAnswer>('GET', `/v1/reviews/${kind}`)).cases;
const caseOf = async (kind: string, id: string): Promise<CaseAnswer> => {
  const found = (await queue(kind)).find(({ subjectId }) => subjectId === id);
  if (found === undefined) throw new Error(`no case of ${id} in the queue of ${kind}`);
  return found;
};
const claim = (kind: string, caseId: string, body: object): Promise<CaseAnswer> => desk.call('POST', `/v1/reviews/${kind}/${caseId}/claim`, body);
const decide = (kind: string, caseId: string, body: object): Promise<CaseAnswer> => desk.call('POST', `/v1/reviews/${kind}/${caseId}/decision`, body);

/** Asks again, turn by turn, until it is so. */
async function eventually(isSo: () => Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 2_000; turn += 1) {
    if (await isSo()) return;
    await new Promise(setImmediate);
  }
  throw new Error('it did not come to that');
}

/** Stores what a process left behind. The story ended `agoMs` before now. */
async function stored(tell: (story: Story) => Story, agoMs = 0, of = enrolled): Promise<string> {
  const id = uuidv7();
  const told = (at: number): Story => tell(aSession({ at, sessionId: id, durationMs: minutes(8), faceChecks: [], snapshots: [{ part: 0, atMs: minutes(1) }] }));
  const at = Date.now() - agoMs - told(0).state.at;
  const { journal, state, verdict } = told(at);
  attempt += 1;
  await storeSession(api.app, tenant, of, { id, openedAt: new Date(at), verdict, journal, attempt, ...(state.status === 'closed' ? { closedAt: new Date(state.closedAt) } : {}) });
  await db().query('update study_session set seed_sealed = $1 where id = $2', [api.app.get(SessionsRepository, { strict: false }).sealSeed(id, SEED), id]);
  return id;
}

const lockedOut = (story: Story): Story => {
  story.trainee.usualBurst = 'UNCLEAR';
  return story.joined().timePasses(minutes(3));
};
/** A session that staff confirmed in the middle, studied to its end. */
const confirmedByStaff = (story: Story): Story => {
  lockedOut(story).happens({ type: 'alternative.opened', kind: 'HUMAN_VIDEO_CHECK', by: 'chen.wei' });
  story.happens({ type: 'alternative.decided', kind: 'HUMAN_VIDEO_CHECK', by: 'chen.wei', outcome: 'CONFIRMED', questionRef: 'case', photoImageId: null });
  story.trainee.usualBurst = 'TRAINEE';
  return story.playsToTheEnd().finishes();
};
const pending = async (): Promise<{ readonly id: string; readonly caseId: string }> => {
  const id = await stored(confirmedByStaff);
  await stateOf(id);
  return { id, caseId: (await caseOf('sessions', id)).caseId };
};

beforeAll(async () => {
  database = await createTestDatabase();
  const config = aConfig({ databaseUrl: database.url });
  dataDir = config.dataDir;
  api = await startTestApi(config);
  tenant = await newTenant(api.app, api.url, '复核平台');
  enrolled = await newEnrolled(tenant);
  desk = new PlatformClient(api.url, (await api.app.get(PlatformsService, { strict: false }).issueKey(tenant.id, 'REVIEW')).key);
}, 60_000);

afterAll(async () => {
  await api?.close();
  await database.close();
  await rm(dataDir, { recursive: true, force: true });
});

describe('the alternative route', () => {
  it('leads a locked-out trainee past the face check once a named reviewer has seen who it is', async () => {
    const id = await stored(lockedOut);
    await stateOf(id);
    const opened = await caseOf('alternatives', id);
    expect(opened).toMatchObject({ kind: 'ALTERNATIVE', state: 'OPEN', reasons: ['R4_TRIES_EXHAUSTED'], ways: ['HUMAN_VIDEO_CHECK', 'IN_PERSON'] });
    expect(Date.parse(opened.dueAt) - Date.parse(opened.openedAt)).toBe(minutes(15));
    expect((await session(id)).review).toEqual({ caseId: opened.caseId, kind: 'ALTERNATIVE', state: 'OPEN', since: opened.openedAt, deadline: opened.dueAt });

    await claim('alternatives', opened.caseId, VIDEO);
    await eventually(async () => (await stateOf(id)).slices.R4.alternative === 'HUMAN_VIDEO_CHECK');
    await expect(decide('alternatives', opened.caseId, { ...CONFIRMED, reviewer: LIU })).rejects.toMatchObject(refusal(409, 'REVIEW_CLAIMED'));
    await decide('alternatives', opened.caseId, CONFIRMED);
    await eventually(async () => (await stateOf(id)).slices.R4.need === null);

    const { status, holds, slices, findings } = await stateOf(id);
    expect([status, holds.includes('ALTERNATIVE'), slices.R4.passed, findings.at(-1)]).toMatchObject(['live', false, 1, { code: 'R4_ALTERNATIVE_USED', detail: { by: 'chen.wei' } }]);
    expect((await session(id)).review).toMatchObject({ state: 'DECIDED' });
    expect((await desk.call<CaseAnswer>('GET', `/v1/reviews/${opened.caseId}`)).acts.at(-1)).toMatchObject({ act: 'DECIDED', reviewer: CHEN, detail: { question: CONFIRMED.question, answerOk: true } });
    expect((await queue('alternatives')).map(({ subjectId }) => subjectId)).not.toContain(id);
  });

  it('ends the session when the reviewer does not know the trainee', async () => {
    const id = await stored(lockedOut);
    await stateOf(id);
    const { caseId } = await caseOf('alternatives', id);
    await claim('alternatives', caseId, { reviewer: CHEN, kind: 'IN_PERSON' });
    await decide('alternatives', caseId, { reviewer: CHEN, outcome: 'REFUSED', question: '身份证号后四位', answerOk: false, note: '答不上来' });
    await eventually(async () => (await session(id)).status === 'CLOSED');
    expect(await session(id)).toMatchObject({ verdict: 'INVALID', failed: { rule: 'R4', code: 'R4_LIVENESS_FAILED' } });
  });

  it('is one reviewer’s: of two at once one takes it, and saying the same twice changes nothing', async () => {
    const id = await stored(lockedOut);
    await stateOf(id);
    const { caseId } = await caseOf('alternatives', id);
    const both = await Promise.allSettled([claim('alternatives', caseId, VIDEO), claim('alternatives', caseId, { ...VIDEO, reviewer: LIU })]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: refusal(409, 'REVIEW_CLAIMED') });
    const { reviewer } = (await desk.call<CaseAnswer>('GET', `/v1/reviews/${caseId}`)).acts.at(-1)!;
    const decision = { ...CONFIRMED, reviewer };
    const [first, second] = await Promise.all([decide('alternatives', caseId, decision), decide('alternatives', caseId, decision)]);
    expect(second.acts).toEqual(first.acts);
    await expect(decide('alternatives', caseId, { ...decision, outcome: 'REFUSED' })).rejects.toMatchObject(refusal(409, 'REVIEW_DECIDED'));
    await eventually(async () => (await stateOf(id)).slices.R4.need === null);
    expect((await stateOf(id)).slices.R4.passed).toBe(1);
  });

  it('goes to another reviewer when the first one falls silent, in the way that was begun', async () => {
    const id = await stored(lockedOut);
    await stateOf(id);
    const { caseId } = await caseOf('alternatives', id);
    await claim('alternatives', caseId, VIDEO);
    await db().query(`update review_case set claimed_at = now() - interval '29 minutes' where id = $1`, [caseId]);
    await expect(claim('alternatives', caseId, { ...VIDEO, reviewer: LIU })).rejects.toMatchObject(refusal(409, 'REVIEW_CLAIMED'));
    await db().query(`update review_case set claimed_at = now() - interval '31 minutes' where id = $1`, [caseId]);
    await expect(claim('alternatives', caseId, { reviewer: LIU, kind: 'IN_PERSON' })).rejects.toMatchObject(refusal(409, 'CONFLICT'));
    expect(await claim('alternatives', caseId, { ...VIDEO, reviewer: LIU })).toMatchObject({ claimedBy: LIU, way: 'HUMAN_VIDEO_CHECK' });
    await decide('alternatives', caseId, { ...CONFIRMED, reviewer: LIU });
    await eventually(async () => (await stateOf(id)).slices.R4.need === null);
  });

  it('keeps what reviewers did for good', async () => {
    await expect(db().query('update review_act set detail = $1', ['{}'])).rejects.toThrow(/append-only/);
    await expect(db().query('delete from review_act')).rejects.toThrow(/append-only/);
  });

  it('asks for what was asked and answered, and never confirms a wrong answer', async () => {
    const id = await stored(lockedOut);
    await stateOf(id);
    const { caseId } = await caseOf('alternatives', id);
    await expect(decide('alternatives', caseId, CONFIRMED)).rejects.toMatchObject(refusal(409, 'REVIEW_NOT_CLAIMED'));
    await claim('alternatives', caseId, VIDEO);
    await expect(decide('alternatives', caseId, { ...CONFIRMED, answerOk: false })).rejects.toMatchObject(refusal(400, 'VALIDATION_FAILED'));
    await expect(decide('alternatives', caseId, { ...CONFIRMED, question: ' ' })).rejects.toMatchObject(refusal(400, 'VALIDATION_FAILED'));
    await expect(decide('alternatives', caseId, { ...CONFIRMED, photoImageId: uuidv7() })).rejects.toMatchObject(refusal(422, 'VALIDATION_FAILED'));
    expect((await desk.call<CaseAnswer>('GET', `/v1/reviews/${caseId}`)).state).toBe('CLAIMED');
  });

  it('is over when nobody came in time: the case is closed with the session', async () => {
    const id = await stored(lockedOut, minutes(10));
    await stateOf(id);
    const { caseId } = await caseOf('alternatives', id);
    const runner = await api.app.get(SessionRegistry, { strict: false }).get(id);
    await db().query(
      `insert into play_lease (person_key, epoch, session_id, connection_id, taken_at, released_at) values ('person', $1, $2, 'left', now(), now())`,
      [runner.opened.place?.leaseEpoch, id],
    );
    await runner.run(() => runner.record({ type: 'clock.ticked', at: Date.now() + minutes(10) }));
    expect((await session(id)).verdict).toBe('INVALID');
    await expect(claim('alternatives', caseId, VIDEO)).rejects.toMatchObject(refusal(409, 'REVIEW_CLOSED'));
  });

  it('brings in what was decided while the session was in nobody’s memory, once', async () => {
    const id = await stored(lockedOut, seconds(30));
    const event = { type: 'alternative.opened', at: Date.now(), kind: 'IN_PERSON', by: 'chen.wei' } as const;
    await keepOutsideEvent(db().manager, id, event);
    await keepOutsideEvent(db().manager, id, event);
    const { slices, findings } = await stateOf(id);
    expect([slices.R4.alternative, findings.filter(({ code }) => code === 'R4_ALTERNATIVE_USED').length]).toEqual(['IN_PERSON', 1]);
    expect(await db().query('select 1 from outside_event where session_id = $1 and delivered_at is null', [id])).toEqual([]);
  });

  it('is not opened for who passes the face check', async () => {
    const id = await stored((story) => story.begins().plays(minutes(2)));
    await stateOf(id);
    expect((await session(id)).review).toBeNull();
    expect((await queue('alternatives')).map(({ subjectId }) => subjectId)).not.toContain(id);
  });
});

describe('a session with findings for people', () => {
  it('waits, and is VALID once a reviewer has overturned them, with the whole history', async () => {
    const { id, caseId } = await pending();
    expect(await session(id)).toMatchObject({ verdict: 'PENDING_REVIEW', review: { kind: 'SESSION', state: 'OPEN' } });
    expect(await caseOf('sessions', id)).toMatchObject({ reasons: ['R4_ALTERNATIVE_USED'] });
    await claim('sessions', caseId, { reviewer: CHEN });
    const decision = { reviewer: CHEN, outcome: 'OVERTURNED', reasonCode: 'IDENTITY_CONFIRMED', reasons: '视频核验记录完整，答问正确。' };
    await decide('sessions', caseId, decision);
    await decide('sessions', caseId, decision);
    expect(await session(id)).toMatchObject({ verdict: 'VALID', review: { state: 'DECIDED' } });
    const { verdict, evidence, reviews } = await tenant.client.call<SessionReport>('GET', `/v1/sessions/${id}/report`);
    expect(reviews).toMatchObject([{ kind: 'SESSION', state: 'DECIDED', decidedBy: CHEN, outcome: 'OVERTURNED', grounds: decision.reasons, question: null }]);
    expect(verdict.history.map((change) => change.verdict)).toEqual(['PENDING_REVIEW', 'VALID']);
    expect(evidence.chainIntact).toBe(true);
  });

  it('is INVALID once they are upheld', async () => {
    const { id, caseId } = await pending();
    await claim('sessions', caseId, { reviewer: LIU });
    await decide('sessions', caseId, { reviewer: LIU, outcome: 'UPHELD', reasonCode: 'NOT_THE_TRAINEE', reasons: '录像中不是本人。' });
    expect(await session(id)).toMatchObject({ verdict: 'INVALID', failed: { rule: 'R4', code: 'R4_ALTERNATIVE_USED' } });
  });

  it('names an impostor by the word of two people only', async () => {
    const { id, caseId } = await pending();
    await claim('sessions', caseId, { reviewer: CHEN });
    const decision = { reviewer: CHEN, outcome: 'IMPOSTOR_CONFIRMED', reasonCode: 'ANOTHER_PERSON', reasons: '两人核对影像，确认为他人。' };
    for (const secondReviewer of [null, CHEN]) {
      await expect(decide('sessions', caseId, { ...decision, secondReviewer })).rejects.toMatchObject(refusal(400, 'VALIDATION_FAILED'));
    }
    await decide('sessions', caseId, { ...decision, secondReviewer: LIU });
    expect(await session(id)).toMatchObject({ verdict: 'INVALID', failed: { code: 'R4_IMPOSTOR_CONFIRMED' } });
  });

  it('comes oldest first, page by page', async () => {
    const made = [await pending(), await pending(), await pending()].map(({ caseId }) => caseId);
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: QueueAnswer = await desk.call('GET', `/v1/reviews/sessions?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`);
      seen.push(...page.cases.map(({ caseId }) => caseId));
      cursor = page.nextCursor;
    }
    expect(seen.filter((caseId) => made.includes(caseId))).toEqual(made);
    expect(new Set(seen).size).toBe(seen.length);
    await expect(desk.call('GET', '/v1/reviews/sessions?cursor=x')).rejects.toMatchObject(refusal(400, 'VALIDATION_FAILED'));
  });

  it('tells the lessons after it that their predecessor lost its credit', async () => {
    const { courseId, lessonIds } = await tenant.client.createCourse([{ durationMs: minutes(8) }, { durationMs: minutes(8) }]);
    const enrolmentId = await tenant.client.enrol(enrolled.traineeId, courseId);
    const of = (lessonId: string): Enrolled => ({ traineeId: enrolled.traineeId, enrolmentId, lessonId });
    const first = await stored(confirmedByStaff, 0, of(lessonIds[0]!));
    const second = await stored((story) => story.begins().playsToTheEnd().finishes(), 0, of(lessonIds[1]!));
    await stateOf(first);
    const { caseId } = await caseOf('sessions', first);
    await claim('sessions', caseId, { reviewer: CHEN });
    await decide('sessions', caseId, { reviewer: CHEN, outcome: 'UPHELD', reasonCode: 'NOT_THE_TRAINEE', reasons: '不是本人。' });
    await stateOf(second);
    const report = await tenant.client.call<SessionReport>('GET', `/v1/sessions/${second}/report`);
    expect(report.verdict.policy).toBe('VALID');
    expect(report.rules.find(({ rule }) => rule === 'R5')?.findings).toMatchObject([{ code: 'R5_PREDECESSOR_VOIDED', detail: { sessionId: first } }]);
  });
});

describe('opening a lesson without a face', () => {
  const enrol = async (body: object = {}): Promise<{ readonly enrolmentId: string; readonly lessonId: string; readonly traineeId: string }> => {
    const { courseId, lessonIds } = await tenant.client.createCourse([{ durationMs: minutes(8) }]);
    const { traineeId } = await tenant.client.call<{ traineeId: string }>('POST', '/v1/trainees', { externalRef: uuidv7(), name: '李四', idNumber: '11010519491231002X' });
    const { enrolmentId } = await tenant.client.call<{ enrolmentId: string }>('POST', '/v1/enrolments', { traineeId, courseId, ...body });
    return { enrolmentId, lessonId: lessonIds[0]!, traineeId };
  };
  const open = (body: object): Promise<OpenedSession> => tenant.client.call('POST', '/v1/sessions', body);

  it('is refused with the way out named, and led to people when the trainee chooses it', async () => {
    const { enrolmentId, lessonId } = await enrol();
    await expect(open({ enrolmentId, lessonId })).rejects.toMatchObject({ problem: { status: 409, code: 'CONSENT_REFUSED', alternative: ['HUMAN_VIDEO_CHECK', 'IN_PERSON'] } });
    const { sessionId } = await open({ enrolmentId, lessonId, alternative: 'REFUSES_FACE' });
    const { holds, slices } = await stateOf(sessionId);
    expect([holds, slices.R4.asked]).toEqual([['ALTERNATIVE'], 'REFUSES_FACE']);
    const opened = await caseOf('alternatives', sessionId);
    expect(opened.reasons).toEqual(['REFUSES_FACE']);
    await claim('alternatives', opened.caseId, VIDEO);
    await decide('alternatives', opened.caseId, CONFIRMED);
    await eventually(async () => (await stateOf(sessionId)).slices.R4.need === null);
    expect((await stateOf(sessionId)).status).toBe('live');
  });

  it('needs no reference face where there is no camera to compare it with', async () => {
    const { enrolmentId, lessonId, traineeId } = await enrol();
    await tenant.client.consent(traineeId);
    await expect(open({ enrolmentId, lessonId })).rejects.toMatchObject(refusal(409, 'REFERENCE_FACE_MISSING'));
    const { sessionId } = await open({ enrolmentId, lessonId, alternative: 'NO_CAMERA' });
    expect((await stateOf(sessionId)).slices.R4.asked).toBe('NO_CAMERA');
  });

  it('says in the journal that a twin was declared', async () => {
    const { enrolmentId, lessonId } = await enrol({ isTwinDeclared: true });
    const { sessionId } = await open({ enrolmentId, lessonId, alternative: 'REFUSES_FACE' });
    expect((await stateOf(sessionId)).findings.map(({ code }) => code)).toContain('R4_TWIN_DECLARED');
  });
});
