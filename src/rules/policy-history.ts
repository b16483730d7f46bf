/**
 * Journals and stored versions may carry a policy of an older shape, which left much unsaid. What it left unsaid is
 * filled in as the engine then was: a past verdict is not moved by what policies learned to say later.
 */
import type { Policy } from './policy.js';

type Unsaid = { readonly [K in keyof Policy as Policy[K] extends object ? K : never]?: Policy[K] extends readonly unknown[] ? Policy[K] : Partial<Policy[K]> };

const UNSAID = {
  unverified: [],
  departures: [{ parameter: 'camera.allowVirtual', provision: '本策略首版未检查摄像头 · the first shape of policies did not look at cameras' }],
  classHour: { rounding: 'FLOOR', requireContiguous: false, maxSpanHours: 24 },
  online: { maxShareOfTotal: 0.4, onlyTheory: true, exemptOccupations: [], pureOnlineOccupations: [] },
  daily: { maxClassHours: null, maxHours: null },
  session: { totalMinutes: null, withinDays: null },
  exclude: [],
  playback: { reviewModeFreeSpeed: false },
  completion: { requireTest: false },
  popup: { required: true, pausePlayback: true },
  face: {
    when: ['SESSION_START', 'RANDOM_PER_PART', 'RESUME', 'TAKEOVER'],
    randomPerDay: null,
    maxIntervalMs: null,
    maxFmr: 0.0001,
    onFail: 'INVALIDATE',
    alternative: [],
  },
  camera: { allowVirtual: true, allowPhoneAsWebcam: true, minPixels: 1 },
  snapshot: { cue: 'NONE', embedMeta: true, randomness: 'COMMIT_REVEAL_HMAC', intervalMs: null },
  sequence: { onlineBeforeOffline: false },
  invalidation: { strictColumn: true, maxInvalidShare: 0.2, maxMissedChecks: null, ofChecks: null },
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
} satisfies Unsaid;

/** What policies of the second shape did not say: acts were all told at once, and no score was weighed. */
const UNSAID_OF_ACTS = {
  actKinds: ['OPEN_MOUTH', 'TURN_LEFT', 'TURN_RIGHT'],
  accessibleActKinds: ['OPEN_MOUTH', 'TURN_LEFT', 'TURN_RIGHT'],
  transferMs: 15_000,
  freeInterruptions: 2,
  passiveDoubt: 0,
  doubtsToReview: 2,
} as const satisfies Partial<Policy['face']>;

/** Nor did they look for pictures seen before, covered lenses and signs of made-up streams. */
const UNSAID_OF_PICTURES = {
  camera: { doubtScore: 1 },
  snapshot: { minContrast: 0 },
  replay: { nearBits: -1, nearDifference: -1, stillDistance: -1 },
} as const satisfies Unsaid;

/** A policy with every parameter; one that has them all is returned as it is. */
export function completePolicy(policy: Policy): Policy {
  const second = Object.hasOwn(policy, 'departures') ? policy : ofTheSecondShape(policy);
  if (Object.hasOwn(second, 'replay')) return second;
  const { acts: accessibleActs, actWindowMs: accessibleActWindowMs } = second.face;
  return {
    ...second,
    face: { ...second.face, ...UNSAID_OF_ACTS, accessibleActs, accessibleActWindowMs },
    camera: { ...second.camera, ...UNSAID_OF_PICTURES.camera },
    snapshot: { ...second.snapshot, ...UNSAID_OF_PICTURES.snapshot },
    replay: UNSAID_OF_PICTURES.replay,
  };
}

function ofTheSecondShape(policy: Policy): Policy {
  // Then a session ended with the last try, without a delay before it.
  const unsaid: Unsaid = { ...UNSAID, face: { ...UNSAID.face, lockoutAfter: policy.face.attempts } };
  const filled = Object.entries(unsaid).map(([section, values]) => {
    const said: unknown = policy[section as keyof Policy];
    return [section, Array.isArray(values) ? values : { ...values, ...(said as object | undefined) }];
  });
  return { ...policy, ...(Object.fromEntries(filled) as Partial<Policy>) };
}
