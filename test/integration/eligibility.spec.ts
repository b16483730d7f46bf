import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { OpeningAnswer } from '../../src/training/programme.schemas.js';
import { openingAnswerSchema } from '../../src/training/programme.schemas.js';
import { aLesson, type Call, type Fields, fieldsOf, newCourse, SHA, startTrainingApi, type TrainingApi } from '../support/training-api.js';

const NANYANG = 'cn-henan-nanyang-2022';
/** 29 April 2022 in Nanyang, its first millisecond. */
const START = '2022-04-29T00:00:00+08:00';
const OTHER = 'cd'.repeat(32);

let api: TrainingApi;
let one: Call;

beforeAll(async () => {
  api = await startTrainingApi();
  one = await api.callerOf('平台一');
}, 60_000);
afterAll(async () => {
  await api?.close();
});

const anOccupation = (changes: Fields = {}) => ({ code: '6-31-01-03', assessment: 'COMPLETION_CERTIFICATE', ...changes });
const aPlan = (changes: Fields = {}) => ({ totalMinutes: 2_400, theoryMinutes: 1_200, onlineMinutes: 960, ...changes });
const anApproval = (changes: Fields = {}) => ({ ref: '豫技办〔2022〕7号', authority: '省领导小组办公室', approvedAt: '2022-04-01T00:00:00Z', approvedSha256s: [SHA, OTHER], ...changes });
const aVideo = (changes: Fields = {}) => ({ sha256: SHA, isNew: true, approval: anApproval(), ...changes });
const aPrior = (changes: Fields = {}) => ({ ref: '电工初级', assessmentEndedOn: '2022-03-28', ...changes });

/** A class that may be opened. */
const complete: Fields = {
  policyId: NANYANG,
  startsAt: START,
  occupation: anOccupation(),
  plan: aPlan(),
  headcount: 80,
  claimedHours: 24,
  videosMs: 24 * 40 * 60_000,
  videos: [aVideo()],
  registrations: [{ fromOn: '2022-04-29', toOn: null }],
  catalogueYears: [2022],
  decisions: [],
  survey: { measuredOn: '2022-04-20', responses: 20, satisfied: 17 },
  trainees: [{ ref: 'student-1', priors: [aPrior()] }],
};

async function check(changes: Fields = {}): Promise<OpeningAnswer> {
  const answer = await one<OpeningAnswer>('POST', '/v1/eligibility/checks', { ...complete, ...changes });
  expect([answer.status, openingAnswerSchema.safeParse(answer.body).error]).toEqual([200, undefined]);
  return answer.body;
}
const codesOf = ({ checks }: OpeningAnswer): readonly string[] => checks.flatMap(({ findings }) => findings.map(({ code }) => code));

describe('checks before a class opens', () => {
  it('pass when all is in order, each by its clause', async () => {
    const answer = await check();
    expect(answer).toMatchObject({ outcome: 'PASSED', openOn: '2022-04-29', policy: { id: NANYANG } });
    expect(answer.checks.map(({ clause, outcome }) => `${clause} ${outcome}`)).toEqual(
      ['C-01', 'C-02', 'C-03', 'C-11', 'C-12', 'C-13', 'C-14', 'C-19', 'C-20', 'C-21'].map((clause) => `${clause} PASSED`),
    );
  });

  it.each<[string, Fields, Fields, string]>([
    ['80 and 81 in a class', { headcount: 80 }, { headcount: 81 }, 'C21_CLASS_TOO_LARGE'],
    ['40 % online and a minute more', { plan: aPlan({ onlineMinutes: 960 }) }, { plan: aPlan({ onlineMinutes: 961 }) }, 'C14_ONLINE_CAP_EXCEEDED'],
    ['online up to the theory and a minute more', { plan: aPlan({ theoryMinutes: 900, onlineMinutes: 900 }) }, { plan: aPlan({ theoryMinutes: 900, onlineMinutes: 901 }) }, 'C14_NOT_THEORY'],
    ['in the year’s catalogue and in the last one’s', { catalogueYears: [2021, 2022] }, { catalogueYears: [2021] }, 'C14_NOT_IN_CATALOGUE'],
    ['videos as long as claimed and a millisecond less', { claimedHours: 20, videosMs: 48_000_000 }, { claimedHours: 20, videosMs: 47_999_999 }, 'C13_MATERIAL_TOO_SHORT'],
    ['40 class hours and 39', { plan: aPlan({ totalMinutes: 1_600, theoryMinutes: 640, onlineMinutes: 640 }) }, { plan: aPlan({ totalMinutes: 1_599, theoryMinutes: 639, onlineMinutes: 639 }) }, 'C20_TOO_FEW_HOURS'],
    ['85.0 % satisfied and less', { survey: { measuredOn: '2022-04-20', responses: 1_000, satisfied: 850 } }, { survey: { measuredOn: '2022-04-20', responses: 1_000, satisfied: 849 } }, 'C19_ORG_SUSPENDED'],
    ['a month after the assessment and a day less', { trainees: [{ ref: 'a', priors: [aPrior()] }] }, { trainees: [{ ref: 'a', priors: [aPrior({ assessmentEndedOn: '2022-03-29' })] }] }, 'C03_WITHIN_ONE_MONTH'],
    ['given up and unassessed', { trainees: [{ ref: 'a', priors: [aPrior({ assessmentEndedOn: null, isClosed: true })] }] }, { trainees: [{ ref: 'a', priors: [aPrior({ assessmentEndedOn: null })] }] }, 'C03_PRIOR_UNASSESSED'],
    ['two years after the violation and a day less', { decisions: [{ decisionRef: '决1', violationOn: '2020-04-28' }] }, { decisions: [{ decisionRef: '决1', violationOn: '2020-04-29' }] }, 'C12_PLATFORM_BARRED'],
    ['registered that day and the day after', { registrations: [{ fromOn: '2022-04-29', toOn: '2022-04-29' }] }, { registrations: [{ fromOn: '2022-04-30', toOn: null }] }, 'C01_PLATFORM_NOT_INTEGRATED'],
    ['approved by then and a millisecond later', { videos: [aVideo({ approval: anApproval({ approvedAt: '2022-04-28T16:00:00.000Z' }) })] }, { videos: [aVideo({ approval: anApproval({ approvedAt: '2022-04-28T16:00:00.001Z' }) })] }, 'C11_VIDEO_NOT_APPROVED'],
    ['a registered rendition and another file', { videos: [aVideo({ sha256: OTHER })] }, { videos: [aVideo({ sha256: 'ef'.repeat(32) })] }, 'C11_VIDEO_CHANGED_AFTER_APPROVAL'],
  ])('tell %s apart', async (_name, allowed, refused, code) => {
    expect(codesOf(await check(allowed))).toEqual([]);
    const answer = await check(refused);
    expect([answer.outcome, codesOf(answer)]).toEqual(['FAILED', [code]]);
  });

  it('take the day of the opening from Nanyang’s clock', async () => {
    expect(codesOf(await check({ startsAt: '2022-04-28T16:00:00Z' }))).toEqual([]);
    expect(await check({ startsAt: '2022-04-28T15:59:59.999Z', registrations: [{ fromOn: '2022-04-01', toOn: null }] })).toMatchObject({ openOn: '2022-04-28', outcome: 'FAILED' });
  });

  it('say what they did not check, and do not call that passed', async () => {
    const answer = await one<OpeningAnswer>('POST', '/v1/eligibility/checks', { policyId: NANYANG, startsAt: START, headcount: 30 });
    expect(answer.body.outcome).toBe('INCOMPLETE');
    expect(answer.body.checks.filter(({ outcome }) => outcome !== 'NOT_CHECKED').map(({ clause }) => clause)).toEqual(['C-21']);
  });

  it('go by the numbers of the policy that is asked for', async () => {
    const half = { plan: aPlan({ onlineMinutes: 1_200 }) };
    expect(codesOf(await check(half))).toEqual(['C14_ONLINE_CAP_EXCEEDED']);
    expect(codesOf(await check({ ...half, policyId: 'cn-liaoning-2023', videosMs: 24 * 45 * 60_000 }))).toEqual([]);
  });

  it.each<[string, Fields, string]>([
    ['a day the calendar does not have', { decisions: [{ decisionRef: '决1', violationOn: '2022-02-30' }] }, 'decisions.0.violationOn'],
    ['an instant without a zone', { startsAt: '2022-04-29T00:00:00' }, 'startsAt'],
    ['more online than there is', { plan: aPlan({ onlineMinutes: 2_401 }) }, 'plan'],
    ['more satisfied than asked', { survey: { measuredOn: '2022-04-20', responses: 10, satisfied: 11 } }, 'survey'],
    ['a hash that is none', { videos: [aVideo({ sha256: 'x' })] }, 'videos.0.sha256'],
    ['an unknown field', { admin: true }, ''],
  ])('refuse %s', async (_name, changes, field) => {
    const answer = await one('POST', '/v1/eligibility/checks', { ...complete, ...changes });
    expect(answer).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } });
    expect(fieldsOf(answer)).toEqual([field]);
  });

  it('need a key and a policy that exists', async () => {
    expect((await api.callerWith(null)('POST', '/v1/eligibility/checks', complete)).status).toBe(401);
    expect(await one('POST', '/v1/eligibility/checks', { ...complete, policyId: 'nowhere' })).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    expect(JSON.stringify(api.document.paths['/v1/eligibility/checks'])).toContain('NOT_CHECKED');
  });
});

describe('the approval of a lesson’s video', () => {
  it('is kept with the course, and makes the video one that needs it', async () => {
    const lessons = [aLesson(), aLesson({ isNewVideo: true }), aLesson({ videoApproval: anApproval() })];
    const course = await newCourse(one, { lessons });
    expect(course.lessons.map(({ isNewVideo, videoApproval }) => [isNewVideo, videoApproval?.ref ?? null])).toEqual([[false, null], [true, null], [true, '豫技办〔2022〕7号']]);
    expect((await one('GET', `/v1/courses/${course.courseId}`)).body).toEqual(course);
    const none = await one('POST', '/v1/courses', { title: '电工', courseType: 'GENERAL', policyId: 'demo', lessons: [aLesson({ videoApproval: anApproval({ approvedSha256s: [] }) })] });
    expect(fieldsOf(none)).toEqual(['lessons.0.videoApproval.approvedSha256s']);
  });
});
