import { describe, expect, it } from '@jest/globals';
import type { Policy } from '../policy.js';
import { NANYANG } from '../testing/nanyang-policy.js';
import type { CalendarDate } from './calendar.js';
import {
  checkBar,
  checkCatalogue,
  checkClassId,
  checkCohortSize,
  checkMaterial,
  checkMinimumHours,
  checkOnlineShare,
  checkOpening,
  checkPriorTraining,
  checkRegistration,
  checkSatisfaction,
  checkVideos,
  onlineCapMinutes,
  type OccupationFacts,
  OPENING_CHECKS,
  type OpeningFacts,
  type PriorTraining,
  type TrainingPlan,
  type VideoFacts,
} from './eligibility.js';
import type { ProgrammeFinding } from './finding.js';
import { hours, minutes, MORNING } from './testing/accounts.js';

const codes = (findings: readonly ProgrammeFinding[]): readonly string[] => findings.map(({ code, effect }) => `${code} ${effect}`);
const NONE: readonly string[] = [];
const aPrior = (facts: Partial<PriorTraining> = {}): PriorTraining => ({ ref: 'welding-2022-01', assessmentEndedOn: '2022-03-28', isClosed: false, ...facts });
const aPlan = (facts: Partial<TrainingPlan> = {}): TrainingPlan => ({ totalMinutes: 2_400, theoryMinutes: 960, onlineMinutes: 960, ...facts });
const electrician: OccupationFacts = { code: '6-31-01-03', requiredHours: null, assessment: 'VOCATIONAL' };
const online = (facts: Partial<Policy['online']>): Policy => ({ ...NANYANG, online: { ...NANYANG.online, ...facts } });

describe('C-03: a month after the last assessment', () => {
  const open = (ended: CalendarDate, openOn: CalendarDate): readonly string[] => codes(checkPriorTraining([aPrior({ assessmentEndedOn: ended })], openOn, NANYANG));

  it.each([
    ['2022-03-28', '2022-04-28', '2022-04-29'],
    ['2022-01-31', '2022-02-28', '2022-03-01'],
  ] as const)('that ended on %s, %s is refused and %s allowed', (ended, last, first) => {
    expect(open(ended, last)).toEqual(['C03_WITHIN_ONE_MONTH NOT_ELIGIBLE']);
    expect(open(ended, first)).toEqual(NONE);
  });

  it('a class that opens before or on the day of the assessment is refused too', () => {
    expect(open('2022-03-28', '2022-03-28')).toHaveLength(1);
    expect(open('2022-03-28', '2022-03-01')).toHaveLength(1);
  });

  it('says which training bars until when', () => {
    expect(checkPriorTraining([aPrior()], '2022-04-28', NANYANG)[0]).toMatchObject({ clause: 'C-03', detail: { prior: 'welding-2022-01', assessmentEndedOn: '2022-03-28', barredUntil: '2022-04-28' } });
  });

  it('one unassessed bars without end, one given up does not', () => {
    expect(codes(checkPriorTraining([aPrior({ assessmentEndedOn: null })], '2030-01-01', NANYANG))).toEqual(['C03_PRIOR_UNASSESSED NOT_ELIGIBLE']);
    expect(checkPriorTraining([aPrior({ assessmentEndedOn: null, isClosed: true })], '2022-03-29', NANYANG)).toEqual([]);
  });

  it('is data: other months, or none', () => {
    const two: Policy = { ...NANYANG, eligibility: { cooldownMonths: 2, requirePriorAssessed: false } };
    expect(checkPriorTraining([aPrior()], '2022-05-28', two)).toHaveLength(1);
    expect(checkPriorTraining([aPrior(), aPrior({ assessmentEndedOn: null })], '2022-05-29', two)).toEqual([]);
    const none: Policy = { ...NANYANG, eligibility: { cooldownMonths: 0, requirePriorAssessed: true } };
    expect(checkPriorTraining([aPrior()], '2022-03-28', none)).toEqual([]);
  });
});

describe('C-01 and C-12: the platform', () => {
  it('counts from the day it is connected to the last day it is', () => {
    const registrations = [{ fromOn: '2022-03-01', toOn: '2022-12-31' }] as const;
    for (const on of ['2022-03-01', '2022-12-31'] as const) expect(checkRegistration(registrations, on)).toEqual([]);
    for (const on of ['2022-02-28', '2023-01-01'] as const) expect(codes(checkRegistration(registrations, on))).toEqual(['C01_PLATFORM_NOT_INTEGRATED NOT_RECOGNISED']);
    expect(checkRegistration([{ fromOn: '2022-03-01', toOn: null }], '2099-01-01')).toEqual([]);
    expect(checkRegistration([], '2022-03-01')).toHaveLength(1);
  });

  it('is barred for two years from its violation, by decision only', () => {
    const decisions = [{ decisionRef: '宛人社罚〔2022〕1号', violationOn: '2022-03-28' }] as const;
    for (const on of ['2022-03-28', '2024-03-28'] as const) expect(codes(checkBar(decisions, on, NANYANG))).toEqual(['C12_PLATFORM_BARRED BLOCK_OPENING']);
    for (const on of ['2022-03-27', '2024-03-29'] as const) expect(checkBar(decisions, on, NANYANG)).toEqual([]);
    expect(checkBar([], '2022-03-28', NANYANG)).toEqual([]);
  });

  it('has to stand in the catalogue of the year', () => {
    expect(checkCatalogue([2021, 2022], '2022-12-31', NANYANG)).toEqual([]);
    expect(codes(checkCatalogue([2022], '2023-01-01', NANYANG))).toEqual(['C14_NOT_IN_CATALOGUE BLOCK_OPENING']);
    expect(checkCatalogue([], '2023-01-01', { ...NANYANG, platform: { ...NANYANG.platform, requireCatalogue: false } })).toEqual([]);
  });
});

describe('C-02 and C-14: the online part', () => {
  it('may be forty per cent and not a minute more', () => {
    expect(checkOnlineShare(aPlan(), electrician.code, NANYANG)).toEqual([]);
    const over = checkOnlineShare(aPlan({ onlineMinutes: 961, theoryMinutes: 961 }), electrician.code, NANYANG);
    expect(codes(over)).toEqual(['C14_ONLINE_CAP_EXCEEDED BLOCK_OPENING']);
    expect(over[0]?.detail).toEqual({ onlineMinutes: 961, totalMinutes: 2_400, maxShare: 0.4 });
  });

  it('meets its share exactly for every length of training', () => {
    for (let units = 1; units <= 500; units += 1) {
      const plan = { totalMinutes: units * 5, theoryMinutes: units * 5, onlineMinutes: units * 2 };
      expect(checkOnlineShare(plan, electrician.code, NANYANG)).toEqual([]);
      expect(checkOnlineShare({ ...plan, onlineMinutes: units * 2 + 1 }, electrician.code, NANYANG)).not.toEqual([]);
    }
  });

  it('is theory only', () => {
    expect(codes(checkOnlineShare(aPlan({ theoryMinutes: 959 }), electrician.code, NANYANG))).toEqual(['C14_NOT_THEORY BLOCK_OPENING']);
    expect(checkOnlineShare(aPlan({ theoryMinutes: 0 }), electrician.code, online({ onlyTheory: false }))).toEqual([]);
  });

  it('may be the whole only for the occupations on the list', () => {
    const whole = aPlan({ onlineMinutes: 2_400, theoryMinutes: 2_400 });
    expect(codes(checkOnlineShare(whole, electrician.code, NANYANG))).toEqual(['C02_PURE_ONLINE_NOT_ALLOWED BLOCK_OPENING']);
    expect(checkOnlineShare(whole, electrician.code, online({ pureOnlineOccupations: [electrician.code] }))).toEqual([]);
  });

  it('has no cap for occupations the profile exempts', () => {
    const whole = aPlan({ onlineMinutes: 2_400, theoryMinutes: 2_400 });
    expect(checkOnlineShare(whole, 'KNOWLEDGE_SKILL', online({ maxShareOfTotal: 0.5, exemptOccupations: ['KNOWLEDGE_SKILL'] }))).toEqual([]);
    expect(checkOnlineShare(aPlan({ onlineMinutes: 1_201, theoryMinutes: 1_201 }), electrician.code, online({ maxShareOfTotal: 0.5 }))).toHaveLength(1);
  });

  it('beyond the cap is not counted, the rest stands', () => {
    expect(onlineCapMinutes(aPlan({ onlineMinutes: 2_000 }), electrician.code, NANYANG)).toBe(960);
    expect(onlineCapMinutes(aPlan({ theoryMinutes: 300 }), electrician.code, NANYANG)).toBe(300);
    expect(onlineCapMinutes(aPlan({ theoryMinutes: 2_400 }), electrician.code, online({ exemptOccupations: [electrician.code] }))).toBe(2_400);
    expect(onlineCapMinutes(aPlan({ onlineMinutes: 2_400 }), electrician.code, online({ pureOnlineOccupations: [electrician.code] }))).toBe(2_400);
  });
});

describe('C-13, C-20 and C-21: hours, material and heads', () => {
  it('twenty class hours need 800 minutes of video: ten hours are too few', () => {
    expect(codes(checkMaterial(20, hours(10), NANYANG))).toEqual(['C13_MATERIAL_TOO_SHORT BLOCK_OPENING']);
    expect(checkMaterial(20, minutes(800), NANYANG)).toEqual([]);
    expect(checkMaterial(20, minutes(800) - 1, NANYANG)).toHaveLength(1);
    expect(checkMaterial(20, minutes(800), { ...NANYANG, classHour: { ...NANYANG.classHour, minMinutes: 45 } })).toHaveLength(1);
  });

  it('training for a certificate of completion lasts forty hours, or what its occupation fixes', () => {
    const occupation: OccupationFacts = { ...electrician, assessment: 'COMPLETION_CERTIFICATE' };
    expect(checkMinimumHours(40, occupation, NANYANG)).toEqual([]);
    expect(codes(checkMinimumHours(39, occupation, NANYANG))).toEqual(['C20_TOO_FEW_HOURS BLOCK_OPENING']);
    expect(checkMinimumHours(24, { ...occupation, requiredHours: 24 }, NANYANG)).toEqual([]);
    expect(checkMinimumHours(59, { ...occupation, requiredHours: 60 }, NANYANG)).toHaveLength(1);
    expect(checkMinimumHours(8, electrician, NANYANG)).toEqual([]);
  });

  it('a class has eighty trainees, not 81', () => {
    expect(checkCohortSize(80, NANYANG)).toEqual([]);
    expect(codes(checkCohortSize(81, NANYANG))).toEqual(['C21_CLASS_TOO_LARGE BLOCK_OPENING']);
  });
});

describe('C-11: approved videos', () => {
  const aVideo = (facts: Partial<VideoFacts> = {}): VideoFacts => ({ sha256: 'a1', isNew: true, approval: { ref: '豫技办审 12', approvedAt: MORNING, approvedSha256s: ['a1', 'a1-720p'] }, ...facts });
  const check = (facts: Partial<VideoFacts>, startsAt = MORNING): readonly string[] => codes(checkVideos([aVideo(facts)], startsAt, NANYANG));

  it('may be played from the instant of their approval on', () => {
    expect(check({})).toEqual(NONE);
    expect(check({}, MORNING - 1)).toEqual(['C11_VIDEO_NOT_APPROVED NOT_RECOGNISED']);
    expect(check({ approval: null })).toEqual(['C11_VIDEO_NOT_APPROVED NOT_RECOGNISED']);
  });

  it('may be played in a rendition registered with the master, not in another encoding', () => {
    expect(check({ sha256: 'a1-720p' })).toEqual(NONE);
    expect(check({ sha256: 'a1-1080p' })).toEqual(['C11_VIDEO_CHANGED_AFTER_APPROVAL NOT_RECOGNISED']);
  });

  it('are not asked for where the video was there before the listing, or the policy asks for none', () => {
    expect(check({ isNew: false, approval: null })).toEqual(NONE);
    expect(checkVideos([aVideo({ approval: null })], MORNING, { ...NANYANG, platform: { ...NANYANG.platform, requireVideoApproval: false } })).toEqual([]);
  });
});

describe('C-19: satisfaction', () => {
  const survey = (satisfied: number, responses: number, openOn: CalendarDate): readonly string[] => codes(checkSatisfaction({ measuredOn: '2022-01-31', responses, satisfied }, openOn, NANYANG));

  it('of exactly 85.0 % passes, below it no class opens for a month', () => {
    expect(survey(85, 100, '2022-02-01')).toEqual(NONE);
    expect(survey(17, 20, '2022-02-01')).toEqual(NONE);
    expect(survey(849, 1_000, '2022-02-28')).toEqual(['C19_ORG_SUSPENDED BLOCK_OPENING']);
    expect(survey(849, 1_000, '2022-03-01')).toEqual(NONE);
  });

  it('is not judged from too few answers', () => {
    expect(survey(0, 9, '2022-02-01')).toEqual(NONE);
    expect(survey(0, 10, '2022-02-01')).toHaveLength(1);
  });
});

describe('the opening of a class', () => {
  const complete: OpeningFacts = {
    startsAt: Date.parse('2022-04-29T00:00:00+08:00'),
    occupation: electrician,
    plan: aPlan(),
    headcount: 80,
    claimedHours: 24,
    videosMs: minutes(960),
    videos: [],
    registrations: [{ fromOn: '2022-01-01', toOn: null }],
    catalogueYears: [2022],
    decisions: [],
    survey: { measuredOn: '2022-04-01', responses: 20, satisfied: 20 },
    trainees: [{ ref: 'student-1', priors: [aPrior()] }],
  };
  const outcomes = (facts: OpeningFacts): Readonly<Record<string, string>> => Object.fromEntries(checkOpening(facts, NANYANG).map(({ clause, outcome }) => [clause, outcome]));

  it('passes every check when all is in order', () => {
    expect(outcomes(complete)).toEqual(Object.fromEntries(OPENING_CHECKS.map((clause) => [clause, 'PASSED'])));
  });

  it('takes the day from Nanyang’s clock: a millisecond before midnight the month is not over', () => {
    const early = checkOpening({ ...complete, startsAt: complete.startsAt - 1 }, NANYANG).filter(({ outcome }) => outcome === 'FAILED');
    expect(early).toMatchObject([{ clause: 'C-03', findings: [{ code: 'C03_WITHIN_ONE_MONTH', detail: { trainee: 'student-1', openOn: '2022-04-28' } }] }]);
  });

  it('passes nothing of which it knows nothing', () => {
    expect(outcomes({ startsAt: MORNING })).toEqual(Object.fromEntries(OPENING_CHECKS.map((clause) => [clause, 'NOT_CHECKED'])));
    expect(outcomes({ ...complete, catalogueYears: undefined })).toMatchObject({ 'C-14': 'NOT_CHECKED', 'C-02': 'PASSED' });
  });

  it('counts whole class hours only: a minute short of forty of them is 39', () => {
    const certificate: OccupationFacts = { ...electrician, assessment: 'COMPLETION_CERTIFICATE' };
    const lasting = (totalMinutes: number): string | undefined => outcomes({ ...complete, occupation: certificate, plan: aPlan({ totalMinutes, theoryMinutes: 600, onlineMinutes: 600 }) })['C-20'];
    expect([lasting(1_600), lasting(1_599)]).toEqual(['PASSED', 'FAILED']);
  });

  it('files each finding under its clause', () => {
    const facts = { ...complete, plan: aPlan({ onlineMinutes: 2_400, theoryMinutes: 2_400 }), headcount: 81, catalogueYears: [2021] };
    expect(checkOpening(facts, NANYANG).flatMap(({ clause, findings }) => findings.map(({ code }) => `${clause} ${code}`))).toEqual([
      'C-02 C02_PURE_ONLINE_NOT_ALLOWED',
      'C-14 C14_NOT_IN_CATALOGUE',
      'C-21 C21_CLASS_TOO_LARGE',
    ]);
  });
});

describe('the class number (C-26)', () => {
  it('is recorded as missing, and stands in the way of nothing but reporting', () => {
    expect(checkClassId('NY-2022-0417')).toEqual([]);
    expect(checkClassId(null)).toMatchObject([{ code: 'C26_CLASS_ID_MISSING', effect: 'RECORD_ONLY' }]);
  });
});
