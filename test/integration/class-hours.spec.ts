import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { canonicalJson } from '../../src/evidence/proof/canonical.js';
import { JWS_TYPES } from '../../src/evidence/proof/format.js';
import { checkJws, keySetOf } from '../../src/evidence/proof/jws.js';
import { ReferenceFaceChanges } from '../../src/faces/reference-face-changes.js';
import { ReferenceFaceService } from '../../src/faces/reference-face.service.js';
import { PoliciesService } from '../../src/policies/policies.service.js';
import { type ClassHours, classHoursSchema } from '../../src/reports/enrolment/class-hours.schema.js';
import type { SessionReport } from '../../src/reports/report.schema.js';
import { replay } from '../../src/rules/step.js';
import { minutes, MORNING, seconds } from '../../src/rules/testing/opening.js';
import type { Story } from '../../src/rules/testing/story.js';
import { rowFactsOf } from '../../src/sessions/session-facts.js';
import { SessionsRepository } from '../../src/sessions/sessions.repository.js';
import { startTestApi, type TestApi } from '../support/api.js';
import { aConfig } from '../support/config.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { newTenant, storeSession, type Tenant } from '../support/past-session.js';
import { anIdNumber } from '../support/platform-client.js';
import { honest, missesPopups, tellSession } from '../support/sample-report.js';

const NANYANG = 'cn-henan-nanyang-2022';
const BY_SEGMENT = 'cn-hubei-constructor-live';
const NEVER = '9000-01-01T00:00:00Z';
const hours = (count: number): number => minutes(count * 60);

/** Plays on for twenty seconds while the page is hidden, and otherwise studies to the end. */
function playsHidden(story: Story): void {
  story.begins().plays(minutes(5)).ignoresHolds();
  story.browser.isVisible = false;
  story.reports('HIDDEN').timePasses(seconds(20));
  story.browser.isVisible = true;
  story.browser.obeysHolds = true;
  story.reports('VISIBLE').timePasses(seconds(1)).playsToTheEnd().finishes();
}

interface Student {
  readonly tenant: Tenant;
  readonly traineeId: string;
  readonly personKey: string;
  readonly enrolmentId: string;
  readonly lessons: readonly { readonly lessonId: string; readonly durationMs: number }[];
  readonly policyId: string;
}

describe('class hours over HTTP', () => {
  let database: TestDatabase;
  let api: TestApi;
  let dataDir: string;
  let tenant: Tenant;
  let stranger: Tenant;

  beforeAll(async () => {
    database = await createTestDatabase();
    const config = aConfig({ databaseUrl: database.url });
    dataDir = config.dataDir;
    api = await startTestApi(config);
    tenant = await newTenant(api.app, api.url, '南阳职业技能在线');
    stranger = await newTenant(api.app, api.url, '别的平台');
  }, 60_000);
  afterAll(async () => {
    await api?.close();
    await database.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  const ledgerOf = ({ tenant: { client }, enrolmentId }: Student): Promise<ClassHours> => client.call('GET', `/v1/enrolments/${enrolmentId}/class-hours`);
  const declare = ({ tenant: { client }, enrolmentId }: Student, what: 'cohort' | 'programme', facts: object) => client.call('PUT', `/v1/enrolments/${enrolmentId}/${what}`, facts);
  const codesOf = ({ findings }: ClassHours): readonly string[] => findings.map(({ code, effect }) => `${code} ${effect}`);

  async function enrol(lessonMinutes: readonly number[], { by = tenant, idNumber = anIdNumber(), policyId = NANYANG, ...declared }: { by?: Tenant; idNumber?: string; policyId?: string; cohort?: object; programme?: object } = {}): Promise<Student> {
    const durations = lessonMinutes.map((length) => ({ durationMs: minutes(length) }));
    const { courseId, lessonIds } = await by.client.createCourse(durations, policyId);
    const { traineeId } = await by.client.call<{ traineeId: string }>('POST', '/v1/trainees', { externalRef: uuidv7(), name: '王小明', idNumber });
    const { enrolmentId } = await by.client.call<{ enrolmentId: string }>('POST', '/v1/enrolments', { traineeId, courseId, ...declared });
    const [{ person_key: personKey }] = await api.app.get(DataSource).query<[{ person_key: string }]>('select person_key from trainee where id = $1', [traineeId]);
    return { tenant: by, traineeId, personKey, enrolmentId, policyId, lessons: lessonIds.map((lessonId, index) => ({ lessonId, ...durations[index]! })) };
  }

  /** Stores a session as the service leaves one: journal, row, and with its end the account. */
  async function studies(student: Student, index: number, at: number, tell: (story: Story) => unknown = honest, attempt = 1): Promise<string> {
    const id = uuidv7();
    const { lessonId, durationMs } = student.lessons[index]!;
    const { policy } = await api.app.get(PoliciesService, { strict: false }).get(student.policyId);
    const lesson = { lessonId, position: index + 1, title: '课', durationMs, videoSha256: 'a'.repeat(64) };
    const { story, journal } = tellSession(tell, { sessionId: id, at, enrolmentId: student.enrolmentId, attempt, lesson, durationMs, predecessors: [], policy });
    const events = journal.map(({ event }) => event);
    const { verdict, traineeId, enrolmentId } = { verdict: story.verdict, ...student };
    await storeSession(api.app, student.tenant, { traineeId, enrolmentId, lessonId }, { id, openedAt: new Date(at), verdict, attempt, journal: events, personKey: student.personKey });
    const state = replay(events);
    if (state.status === 'closed') await api.app.get(SessionsRepository, { strict: false }).follow(id, rowFactsOf(state));
    return id;
  }

  it('joins two lessons of 25 minutes to one class hour, and signs what it says', async () => {
    const student = await enrol([25, 25]);
    const first = await studies(student, 0, MORNING);
    expect(await ledgerOf(student)).toMatchObject({ verdict: { policy: 'INCOMPLETE' }, hours: [], remainder: { ms: minutes(25) } });
    const second = await studies(student, 1, MORNING + hours(1));
    const ledger = await ledgerOf(student);
    expect(classHoursSchema.safeParse(ledger).error).toBeUndefined();
    expect(ledger).toMatchObject({
      verdict: { policy: 'VALID', session: 'VALID', classHour: 'VALID', strict: 'VALID', words: { zh: '有效' } },
      validHours: { policy: 1, session: 1, classHour: 1, strict: 1 }, countedHours: 1, classHourMs: minutes(40), creditedMs: minutes(50), remainder: { ms: minutes(10) },
      trainee: { nameMasked: '王**' }, platform: { name: '南阳职业技能在线' },
    });
    const [hour] = ledger.hours;
    expect(new Set(hour?.pieces.map(({ sessionId }) => sessionId))).toEqual(new Set([first, second]));
    expect(hour?.pieces.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0)).toBe(minutes(40));
    expect(await isSigned(ledger)).toBe(true);
    expect(await isSigned({ ...ledger, countedHours: 2 })).toBe(false);
  });

  async function isSigned({ signature, ...ledger }: ClassHours): Promise<boolean> {
    const keys = keySetOf(await (await fetch(`${api.url}/.well-known/jwks.json`)).json());
    if (keys === null) throw new Error('no keys are published');
    const question = { jws: signature.jws, typ: JWS_TYPES.report, payload: canonicalJson(ledger), isDetached: true, notBefore: ledger.generatedAt };
    return (await checkJws(question, keys)).outcome === 'PASS';
  }

  it('gives other hours under another province’s profile', async () => {
    const student = await enrol([25, 20], { policyId: 'cn-liaoning-2023' });
    await studies(student, 0, MORNING);
    await studies(student, 1, MORNING + hours(1));
    expect(await ledgerOf(student)).toMatchObject({ classHourMs: minutes(45), validHours: { policy: 1 }, remainder: { ms: 0 } });
  });

  it('of an invalid session counts the make-up, once the department has consented', async () => {
    const student = await enrol([40], { programme: { finalAssessmentAt: NEVER } });
    const failed = await studies(student, 0, MORNING, missesPopups);
    const lessonId = student.lessons[0]!.lessonId;
    const due = await ledgerOf(student);
    expect(due).toMatchObject({ verdict: { policy: 'INCOMPLETE', strict: 'INVALID' }, countedHours: 0, makeup: { isPossible: true, required: [{ lessonId, sessionId: failed, title: '第 1 节', verdict: 'INVALID', needsConsent: true, hasConsent: false }] } });

    const again = await studies(student, 0, MORNING + hours(24), honest, 2);
    const refused = await ledgerOf(student);
    expect(refused.attempts.map(({ sessionId, use }) => [sessionId, use])).toEqual([[failed, 'COUNTED'], [again, 'REFUSED']]);
    expect(codesOf(refused)).toContain('C24_MAKEUP_UNAPPROVED NOT_COUNTED');

    const consent = { lessonId, reason: '生病', approvedBy: '宛城区人社局', approvedAt: new Date(MORNING + hours(23)).toISOString() };
    await declare(student, 'programme', { finalAssessmentAt: NEVER, makeupConsents: [consent] });
    const madeUp = await ledgerOf(student);
    expect(madeUp.attempts.map(({ sessionId, use }) => [sessionId, use])).toEqual([[failed, 'SUPERSEDED'], [again, 'COUNTED']]);
    expect(madeUp).toMatchObject({ verdict: { policy: 'VALID', session: 'VALID', strict: 'INVALID' }, countedHours: 1, makeup: { required: [] } });
    expect(codesOf(madeUp)).toEqual(['C26_CLASS_ID_MISSING RECORD_ONLY']);
  });

  it('refuses a consent to a lesson that the course does not have', async () => {
    const student = await enrol([25]);
    const makeupConsents = [student.lessons[0]!.lessonId, uuidv7()].map((lessonId) => ({ lessonId, reason: '生病', approvedBy: '宛城区人社局', approvedAt: '2026-11-23T00:00:00Z' }));
    await expect(declare(student, 'programme', { makeupConsents })).rejects.toMatchObject({ problem: { code: 'VALIDATION_FAILED', errors: [{ path: 'makeupConsents.1.lessonId' }] } });
    const { courseId } = await tenant.client.createCourse([{ durationMs: minutes(10) }]);
    await expect(tenant.client.call('POST', '/v1/enrolments', { traineeId: student.traineeId, courseId, programme: { makeupConsents } })).rejects.toMatchObject({
      problem: { status: 400, errors: [{ path: 'programme.makeupConsents.0.lessonId' }, { path: 'programme.makeupConsents.1.lessonId' }] },
    });
  });

  it('is lost for good when the final assessment has begun', async () => {
    const student = await enrol([40], { programme: { finalAssessmentAt: new Date(MORNING + hours(2)).toISOString() } });
    await studies(student, 0, MORNING, missesPopups);
    expect(await ledgerOf(student)).toMatchObject({ verdict: { policy: 'INVALID' }, makeup: { isPossible: false, required: [] } });
  });

  it('shows what an open session has earned so far, and counts none of it', async () => {
    const student = await enrol([50]);
    await studies(student, 0, MORNING, (story) => story.begins().plays(minutes(45)));
    expect(await ledgerOf(student)).toMatchObject({ verdict: { policy: 'INCOMPLETE' }, countedHours: 0, hours: [{ verdict: { policy: 'INCOMPLETE' } }], attempts: [{ verdict: 'INCOMPLETE' }] });
  });

  it('keeps the account with the row, and reads the journal of a row without one', async () => {
    const student = await enrol([40]);
    const id = await studies(student, 0, MORNING);
    const stored = async () => (await api.app.get(SessionsRepository, { strict: false }).find(id))?.account ?? null;
    expect(await stored()).toMatchObject({ sessionId: id, verdict: 'VALID', creditedMs: minutes(40) });
    const { hours: before } = await ledgerOf(student);
    await api.app.get(DataSource).query('update study_session set account = null where id = $1', [id]);
    expect((await ledgerOf(student)).hours).toEqual(before);
  });

  it('counts one person’s time once over all platforms, and names no session of another', async () => {
    const idNumber = anIdNumber();
    const here = await enrol([40], { idNumber });
    const there = await enrol([40], { idNumber, by: stranger });
    const foreign = await studies(there, 0, MORNING);
    await studies(here, 0, MORNING + minutes(20));
    const ledger = await ledgerOf(here);
    expect(ledger.findings).toContainEqual(expect.objectContaining({ code: 'R2_CREDIT_OVERLAP', effect: 'REVIEW', detail: expect.objectContaining({ keptBy: 'other-platform' }) }));
    expect(ledger).toMatchObject({ verdict: { policy: 'PENDING_REVIEW' }, hours: [], uncounted: expect.arrayContaining([expect.objectContaining({ reason: 'OVERLAP' })]) });
    for (const secret of [foreign, there.enrolmentId, there.lessons[0]!.lessonId, stranger.id]) expect(JSON.stringify(ledger)).not.toContain(secret);
    const both = [ledger, await ledgerOf(there)];
    const keptMs = both.reduce((sum, { remainder }) => sum + remainder.ms, 0);
    const lostMs = both.flatMap(({ uncounted }) => uncounted).reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
    expect(lostMs).toBeGreaterThan(minutes(10));
    expect(Math.abs(keptMs + lostMs - minutes(80))).toBeLessThan(100);
  });

  it('knows of another subsidised training of the person elsewhere, and does not name it', async () => {
    const idNumber = anIdNumber();
    const there = await enrol([40], { idNumber, by: stranger, programme: { openOn: '2026-09-01' } });
    const here = await enrol([40], { idNumber, programme: { openOn: '2026-11-20' } });
    const barred = await ledgerOf(here);
    expect(barred).toMatchObject({ verdict: { policy: 'NOT_ELIGIBLE', words: { zh: '不得参加' } }, findings: expect.arrayContaining([expect.objectContaining({ code: 'C03_PRIOR_UNASSESSED' })]) });
    expect(JSON.stringify(barred)).not.toContain(there.enrolmentId);
    expect((await ledgerOf(there)).verdict.policy).toBe('INCOMPLETE');
    for (const [assessmentEndedOn, verdict] of [['2026-10-20', 'NOT_ELIGIBLE'], ['2026-10-19', 'INCOMPLETE']] as const) {
      await declare(there, 'programme', { openOn: '2026-09-01', assessmentEndedOn });
      expect([assessmentEndedOn, (await ledgerOf(here)).verdict.policy]).toEqual([assessmentEndedOn, verdict]);
    }
  });

  it('carries the class of the authority’s system into ledger and session report', async () => {
    const cohort = { hrssClassId: 'NY-2026-0417', name: '电工（初级）第 3 期', organisation: '宛城区技工学校', occupation: { code: '6-31-01-03', name: '电工' }, skillLevel: '初级' };
    const student = await enrol([25], { cohort });
    const id = await studies(student, 0, MORNING);
    const report = () => tenant.client.call<SessionReport>('GET', `/v1/sessions/${id}/report`);
    expect((await report()).cohort).toEqual({ ...cohort, notReportable: null });
    expect((await ledgerOf(student)).cohort).toEqual({ ...cohort, notReportable: null });
    await declare(student, 'cohort', { ...cohort, hrssClassId: null });
    expect((await report()).cohort.notReportable).toMatchObject({ code: 'C26_CLASS_ID_MISSING' });
    expect(codesOf(await ledgerOf(student))).toContain('C26_CLASS_ID_MISSING RECORD_ONLY');
    for (const wrong of [{ hrssClassId: 'has space' }, { hrssClassId: '' }, { name: 'x'.repeat(201) }, { occupation: { code: '6' } }, { grade: '初级' }]) {
      await expect(declare(student, 'cohort', wrong)).rejects.toMatchObject({ problem: { status: 400, code: 'VALIDATION_FAILED' } });
    }
  });

  it('lets a lesson be taken again whose valid session has void hours, and no other valid one', async () => {
    const student = await enrol([50, 50], { policyId: BY_SEGMENT });
    const holed = await studies(student, 0, MORNING, playsHidden);
    await studies(student, 1, MORNING + hours(3));
    await mayStudy(tenant, student.traineeId);
    const open = (index: number) => student.tenant.client.open(student.enrolmentId, student.lessons[index]!.lessonId);
    expect(await tenant.client.session(holed)).toMatchObject({ verdict: 'VALID' });
    expect(await open(0)).toMatchObject({ attempt: 2, isResumed: false });
    await expect(open(1)).rejects.toMatchObject({ problem: { status: 409, code: 'LESSON_ALREADY_COMPLETED' } });
  });

  it('writes the approval in force into the opening of a session, where the video is a new one', async () => {
    const sha = 'ab'.repeat(32);
    const approval = { ref: '豫技办〔2026〕7号', authority: '省领导小组办公室', approvedAt: '2026-01-01T00:00:00Z', approvedSha256s: [sha] };
    const lessons = [{}, { isNewVideo: true }, { videoApproval: { ...approval, approvedAt: NEVER } }, { videoApproval: approval }].map((changes, index) => ({
      title: `第 ${index + 1} 节`, durationMs: minutes(10), videoUrl: `/${index}.webm`, videoSha256: sha, ...changes,
    }));
    const { client } = tenant;
    const course = await client.call<{ courseId: string; lessons: { lessonId: string }[] }>('POST', '/v1/courses', { title: '电工', courseType: 'GENERAL', policyId: NANYANG, lessons });
    const { traineeId } = await client.call<{ traineeId: string }>('POST', '/v1/trainees', { externalRef: uuidv7(), name: '王小明', idNumber: anIdNumber() });
    const enrolmentId = await client.enrol(traineeId, course.courseId);
    await mayStudy(tenant, traineeId);
    const opened: unknown[] = [];
    for (const { lessonId } of course.lessons) {
      const { sessionId } = await client.open(enrolmentId, lessonId);
      const { lesson, otherFindings } = await client.call<SessionReport>('GET', `/v1/sessions/${sessionId}/report`);
      opened.push([lesson.videoApproval, otherFindings.map(({ code }) => code)]);
    }
    const unapproved = [{ ref: null, isRequired: true, approvedSha256s: [] }, ['C11_VIDEO_NOT_APPROVED']];
    expect(opened).toEqual([[null, []], unapproved, unapproved, [{ ref: approval.ref, isRequired: true, approvedSha256s: [sha] }, []]]);
  });

  async function mayStudy({ client }: Tenant, traineeId: string): Promise<void> {
    await client.consent(traineeId);
    const id = await api.app.get(ReferenceFaceService, { strict: false }).keepUpload(api.app.get(DataSource).manager, traineeId, Buffer.from('photo'), 'REPLACE');
    const quality = {
      widthPx: 640, heightPx: 480, interocularPx: 90, luminance: 120, sharpness: 80, bleachedShare: 0, evenness: 1, yawDegrees: 0, pitchDegrees: 0, rollDegrees: 0, mouth: 0, eyes: 0.3,
    };
    const keep = async () => ({ imageId: uuidv7() });
    await api.app.get(ReferenceFaceChanges, { strict: false }).settle(id, { refusal: null, quality, descriptor: new Float32Array(128), engine: 'none', keep });
  }

  it('tells another platform, and one without a key, nothing', async () => {
    const student = await enrol([25]);
    const path = `/v1/enrolments/${student.enrolmentId}`;
    for (const [method, route] of [['GET', '/class-hours'], ['PUT', '/cohort'], ['PUT', '/programme']] as const) {
      const body = method === 'PUT' ? {} : undefined;
      await expect(stranger.client.call(method, path + route, body)).rejects.toMatchObject({ problem: { status: 404, code: 'NOT_FOUND' } });
      expect((await fetch(api.url + path + route, { method })).status).toBe(401);
    }
    await expect(tenant.client.call('GET', `${path}/class-hours?verbose=1`)).rejects.toMatchObject({ problem: { status: 400 } });
    await expect(tenant.client.call('GET', '/v1/enrolments/none/class-hours')).rejects.toMatchObject({ problem: { status: 400 } });
  });
});
