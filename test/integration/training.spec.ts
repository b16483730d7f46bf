import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LIMITS } from '@xuejian/protocol';
import { DataSource } from 'typeorm';
import { PoliciesService } from '../../src/policies/policies.service.js';
import { PolicyVersionEntity } from '../../src/policies/policy-version.entity.js';
import { readProfiles, withHashes } from '../../src/policies/profiles.js';
import type { CourseAnswer, TraineeAnswer } from '../../src/training/training.schemas.js';
import { TrainingService } from '../../src/training/training.service.js';
import {
  aCourse,
  aLesson,
  aTrainee,
  type Call,
  type Fields,
  fieldsOf,
  LI,
  newCourse,
  newEnrolment,
  newTrainee,
  NOWHERE,
  SHA,
  startTrainingApi,
  type TrainingApi,
  WANG,
} from '../support/training-api.js';

let api: TrainingApi;
let one: Call;
let two: Call;

beforeAll(async () => {
  api = await startTrainingApi();
  one = await api.callerOf('平台一');
  two = await api.callerOf('平台二');
}, 60_000);
afterAll(() => api?.close());

describe('trainees', () => {
  it('are shown masked and stored sealed', async () => {
    const trainee = await newTrainee(one, { name: '欧阳娜娜' });
    expect(trainee).toMatchObject({ nameMasked: '欧***', idNumberMasked: '110***********002X', isAccessible: false, idType: 'RESIDENT_ID' });
    expect(JSON.stringify(trainee)).not.toMatch(/娜|19491231/);
    const [row] = await api.rows<Fields>('select * from trainee where id = $1', [trainee.traineeId]);
    expect(row).toMatchObject({ name_sealed: expect.any(Buffer), id_number_sealed: expect.any(Buffer) });
    for (const value of Object.values(row!)) expect(String(value)).not.toMatch(/娜|19491231/);
    expect((await one('GET', `/v1/trainees/${trainee.traineeId}`)).body).toEqual(trainee);
  });

  it('are the same person on every platform, however the number is typed', async () => {
    const here = await newTrainee(one, { idNumber: '110105 19491231 002x' });
    const there = await newTrainee(two, { idNumber: LI });
    const other = await newTrainee(two, { idNumber: WANG });
    const keyOf = async ({ traineeId }: TraineeAnswer) =>
      (await api.rows<{ person_key: string }>('select person_key from trainee where id = $1', [traineeId]))[0]!.person_key;
    expect(await keyOf(here)).toBe(await keyOf(there));
    expect(await keyOf(here)).not.toBe(await keyOf(other));
  });

  it('are created once for each reference, also by requests at the same time', async () => {
    const request = aTrainee();
    const answers = await Promise.all([1, 2, 3, 4].map(() => newTrainee(one, request)));
    expect(new Set(answers.map((answer) => answer.traineeId)).size).toBe(1);
    const elsewhere = await newTrainee(two, request);
    expect(elsewhere.traineeId).not.toBe(answers[0]!.traineeId);
  });

  it('refuse a reference that stands for someone else', async () => {
    const request = aTrainee();
    await newTrainee(one, request);
    expect(await one('POST', '/v1/trainees', { ...request, idNumber: WANG, name: '王五' })).toMatchObject({
      status: 409,
      body: { code: 'CONFLICT', differing: ['name', 'idNumber'] },
    });
  });

  it.each([
    ['a wrong check digit', { idNumber: '110105194912310021' }, 'idNumber'],
    ['another document without saying so', { idNumber: 'E12345678' }, 'idNumber'],
    ['an empty name', { name: '  ' }, 'name'],
    ['a name too long', { name: '张'.repeat(101) }, 'name'],
    ['control characters', { name: '张\u0000三' }, 'name'],
    ['half a character', { name: '张\ud800' }, 'name'],
    ['a reference too long', { externalRef: 'r'.repeat(129) }, 'externalRef'],
    ['a reference that is a number', { externalRef: 7 }, 'externalRef'],
    ['text for a flag', { isAccessible: 'true' }, 'isAccessible'],
    ['an unknown field', { admin: true }, ''],
  ])('refuse %s', async (_name, changes, field) => {
    const answer = await one('POST', '/v1/trainees', aTrainee(changes));
    expect(answer).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } });
    expect(fieldsOf(answer)).toContain(field);
    expect(JSON.stringify(answer.body)).not.toContain(LI);
  });

  it('may have another document', async () => {
    expect(await newTrainee(one, { idType: 'OTHER', idNumber: 'E12345678' })).toMatchObject({ idNumberMasked: '*******78' });
  });
});

describe('courses', () => {
  it('keep their lessons in the order given', async () => {
    const course = await newCourse(one);
    expect(course).toMatchObject({ syllabusVersion: 1, courseType: 'PROFESSIONAL', policyId: 'demo' });
    expect(course.lessons.map((lesson) => [lesson.position, lesson.title])).toEqual([[1, '第一课'], [2, '第二课'], [3, '第三课']]);
    expect((await one('GET', `/v1/courses/${course.courseId}`)).body).toEqual(course);
  });

  it('hold as many lessons as the limit says', async () => {
    const lessons = Array.from({ length: 300 }, (_, index) => aLesson({ title: `第 ${index + 1} 课` }));
    expect((await newCourse(one, { lessons })).lessons).toHaveLength(300);
    expect(fieldsOf(await one('POST', '/v1/courses', aCourse({ lessons: [...lessons, aLesson()] })))).toEqual(['lessons']);
  });

  it.each([
    ['no lesson', { lessons: [] }, 'lessons'],
    ['a policy that does not exist', { policyId: 'nowhere' }, 'policyId'],
    ['a kind of course that does not exist', { courseType: 'FUN' }, 'courseType'],
    ['a script for a video', { lessons: [aLesson({ videoUrl: 'javascript:alert(1)' })] }, 'lessons.0.videoUrl'],
    ['a path that no database can hold', { lessons: [aLesson({ videoUrl: '/a\u0000' })] }, 'lessons.0.videoUrl'],
    ['a path to another host', { lessons: [aLesson({ videoUrl: '//other.example/1.mp4' })] }, 'lessons.0.videoUrl'],
    ['a video without length', { lessons: [aLesson(), aLesson({ durationMs: 0 })] }, 'lessons.1.durationMs'],
    ['a hash that is none', { lessons: [aLesson({ videoSha256: 'ABC' })] }, 'lessons.0.videoSha256'],
    ['a position of its own', { lessons: [aLesson({ position: 2 })] }, 'lessons.0'],
  ])('refuse %s', async (_name, changes, field) => {
    const answer = await one('POST', '/v1/courses', aCourse(changes));
    expect(answer).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } });
    expect(fieldsOf(answer)).toContain(field);
  });

  it('refuse a body above the limit and one that is not JSON', async () => {
    const huge = aCourse({ title: 'x'.repeat(LIMITS.jsonBodyBytes) });
    expect(await one('POST', '/v1/courses', huge)).toMatchObject({ status: 413, body: { code: 'TOO_LARGE' } });
    for (const body of ['{"title":', '[]', 'null', '"text"', '{"__proto__":{}}']) {
      expect(await one('POST', '/v1/courses', body)).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } });
    }
    expect(await one('POST', '/v1/courses', 'title=x', { 'content-type': 'application/x-www-form-urlencoded' })).toMatchObject({ status: 400 });
    expect(await one('POST', '/v1/courses')).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } });
  });
});

describe('enrolments', () => {
  const pair = async (call: Call) => ({
    traineeId: (await newTrainee(call)).traineeId,
    courseId: (await newCourse(call)).courseId,
  });

  it('take the policy in force and are made once', async () => {
    const request = await pair(one);
    const answers = await Promise.all([1, 2, 3].map(() => newEnrolment(one, request)));
    const { hash, policy: { version } } = (await readProfiles()).get('demo')!;
    expect(answers[0]).toMatchObject({ ...request, syllabusVersion: 1, policy: { id: 'demo', version, hash } });
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
    expect((await one('GET', `/v1/enrolments/${answers[0]!.enrolmentId}`)).body).toEqual(answers[0]);
  });

  it('keep the policy version of their day when a higher one comes into force', async () => {
    const request = await pair(one);
    const current = (await readProfiles()).get('demo')!;
    const later = withHashes({ ...current.policy, version: 99, popup: { ...current.policy.popup, maxMissed: 1 } });
    const policies = await PoliciesService.start(api.app.get(DataSource).getRepository(PolicyVersionEntity), new Map([['demo', later]]));
    const enrolment = await newEnrolment(one, request);
    expect(enrolment.policy).toMatchObject({ version: current.policy.version, hash: current.hash });
    expect((await policies.get('demo')).policy.version).toBe(99);
    expect(await policies.get('demo', current.policy.version)).toEqual(current);
    await expect(policies.get('demo', 98)).rejects.toMatchObject({ status: 404 });
  });

  it('give a session its facts, and only to the platform and the lesson they belong to', async () => {
    const training = api.app.get(TrainingService);
    const platformId = (await api.platforms.create('平台一')).id;
    const request = await pair(one);
    const course = (await one<CourseAnswer>('GET', `/v1/courses/${request.courseId}`)).body;
    const { enrolmentId } = await newEnrolment(one, request);
    const lessonId = course.lessons[1]!.lessonId;
    const { version: policyVersion } = (await readProfiles()).get('demo')!.policy;
    expect(await training.factsFor(platformId, enrolmentId, lessonId)).toMatchObject({
      enrolment: { id: enrolmentId, policyId: 'demo', policyVersion, syllabusVersion: 1 },
      trainee: { id: request.traineeId, nameMasked: '李*', isAccessible: false, personKey: expect.stringMatching(/^[0-9a-f]{64}$/) },
      course: { id: request.courseId, courseType: 'PROFESSIONAL', syllabusVersion: 1 },
      lesson: { id: lessonId, position: 2, title: '第二课', durationMs: 60_000, videoSha256: SHA },
      lessons: [{ position: 1 }, { position: 2, id: lessonId }, { position: 3 }],
    });
    const foreignLesson = (await newCourse(one)).lessons[0]!.lessonId;
    const otherPlatform = (await api.platforms.create('平台二')).id;
    await expect(training.factsFor(platformId, enrolmentId, foreignLesson)).rejects.toMatchObject({ status: 404, code: 'NOT_FOUND' });
    await expect(training.factsFor(otherPlatform, enrolmentId, lessonId)).rejects.toMatchObject({ status: 404, code: 'NOT_FOUND' });
  });

  it('and everything else of another platform is answered 404', async () => {
    const mine = await pair(one);
    const { enrolmentId } = await newEnrolment(one, mine);
    const theirs = await pair(two);
    const notFound = { status: 404, body: { code: 'NOT_FOUND' } };
    expect(await two('GET', `/v1/trainees/${mine.traineeId}`)).toMatchObject(notFound);
    expect(await two('GET', `/v1/courses/${mine.courseId}`)).toMatchObject(notFound);
    expect(await two('GET', `/v1/enrolments/${enrolmentId}`)).toMatchObject(notFound);
    expect(await two('POST', '/v1/enrolments', mine)).toMatchObject(notFound);
    expect(await two('POST', '/v1/enrolments', { ...theirs, traineeId: mine.traineeId })).toMatchObject(notFound);
    expect(await two('POST', '/v1/enrolments', { ...theirs, courseId: mine.courseId })).toMatchObject(notFound);
    expect(await two('PUT', `/v1/enrolments/${enrolmentId}/settlement`, { disbursedOn: '2026-09-30' })).toMatchObject(notFound);
    expect(await one('GET', `/v1/enrolments/${NOWHERE}`)).toMatchObject(notFound);
    expect(await one('GET', '/v1/enrolments/1%27--')).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } });
  });
});
