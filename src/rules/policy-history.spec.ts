import { describe, expect, it } from '@jest/globals';
import type { Policy } from './policy.js';
import { completePolicy } from './policy-history.js';
import { NANYANG } from './testing/nanyang-policy.js';

/** What policies of the first shape said; everything else was fixed in the engine of their time. */
const first = {
  version: 1,
  classHour: { minMinutes: 40 },
  playback: { maxRate: 1 },
  completion: { minCoverage: 0.995 },
  popup: { maxMissed: 1 },
  face: { attempts: 3, acts: 1, matchDistance: 0.5 },
  snapshot: { minPerPart: 1 },
  invalidation: { scope: 'SESSION' },
} as unknown as Policy;

const TURNS_AND_MOUTH = ['OPEN_MOUTH', 'TURN_LEFT', 'TURN_RIGHT'];

describe('a policy of the first shape', () => {
  const complete = completePolicy(first);

  it('keeps what it said', () => {
    expect(complete).toMatchObject({
      version: 1, classHour: { minMinutes: 40 }, playback: { maxRate: 1 }, completion: { minCoverage: 0.995 }, popup: { maxMissed: 1 },
      face: { attempts: 3, acts: 1, matchDistance: 0.5 }, snapshot: { minPerPart: 1 }, invalidation: { scope: 'SESSION' },
    });
  });

  it('meant what the engine of its time did: these values may never change', () => {
    expect(complete).toEqual({
      version: 1,
      unverified: [],
      departures: [{ parameter: 'camera.allowVirtual', provision: '本策略首版未检查摄像头 · the first shape of policies did not look at cameras' }],
      classHour: { minMinutes: 40, rounding: 'FLOOR', requireContiguous: false, maxSpanHours: 24 },
      online: { maxShareOfTotal: 0.4, onlyTheory: true, exemptOccupations: [], pureOnlineOccupations: [] },
      daily: { maxClassHours: null, maxHours: null },
      session: { totalMinutes: null, withinDays: null },
      exclude: [],
      playback: { maxRate: 1, reviewModeFreeSpeed: false },
      completion: { minCoverage: 0.995, requireTest: false },
      popup: { maxMissed: 1, required: true, pausePlayback: true },
      face: {
        attempts: 3, acts: 1, matchDistance: 0.5,
        when: ['SESSION_START', 'RANDOM_PER_PART', 'RESUME', 'TAKEOVER'], randomPerDay: null, maxIntervalMs: null, maxFmr: 0.0001,
        onFail: 'INVALIDATE', alternative: [], lockoutAfter: 3,
        actKinds: TURNS_AND_MOUTH, accessibleActKinds: TURNS_AND_MOUTH, accessibleActs: 1, accessibleActWindowMs: undefined,
        transferMs: 15_000, freeInterruptions: 2, passiveDoubt: 0, doubtsToReview: 2,
      },
      camera: { allowVirtual: true, allowPhoneAsWebcam: true, minPixels: 1, doubtScore: 1 },
      snapshot: { minPerPart: 1, cue: 'NONE', embedMeta: true, randomness: 'COMMIT_REVEAL_HMAC', intervalMs: null, minContrast: 0 },
      replay: { nearBits: -1, nearDifference: -1, stillDistance: -1 },
      sequence: { onlineBeforeOffline: false },
      invalidation: { scope: 'SESSION', strictColumn: true, maxInvalidShare: 0.2, maxMissedChecks: null, ofChecks: null },
      makeup: { approval: 'HRSS', deadline: 'BEFORE_FINAL_ASSESSMENT', deadlineWorkdaysAfterLive: null },
      retention: {
        snapshotMonths: 24, recordYears: 6, consentYears: 6, securityLogMonths: 12, disputedCaptureDays: 30,
        archiveYears: null, specialOperationsYears: null, managersYears: null,
      },
      eligibility: { cooldownMonths: 1, requirePriorAssessed: true },
      platform: { barYears: 2, requireCatalogue: true, requireVideoApproval: true },
      cohort: { maxSize: 80, certificateOnlyMinHours: 40 },
      satisfaction: { min: 0.85, rectificationMonths: 1, minResponses: 10 },
      support: { answerHours: null, fixWorkdays: null },
      report: { adapter: 'GENERIC' },
    });
  });

  it('keeps a word of its own where a later shape has another default', () => {
    const said = { ...first, face: { ...first.face, lockoutAfter: 5, freeInterruptions: 9 }, online: { maxShareOfTotal: 1 } } as unknown as Policy;
    expect(completePolicy(said)).toMatchObject({ face: { lockoutAfter: 5 }, online: { maxShareOfTotal: 1, onlyTheory: true } });
  });
});

describe('a policy that says everything', () => {
  it('is returned as it is', () => {
    expect(completePolicy(NANYANG)).toBe(NANYANG);
  });
});
