import { commitmentOf } from '@xuejian/protocol';
import { drawSchedule } from '../../src/checks/schedule.js';
import { withHashes } from '../../src/policies/profiles.js';
import { buildReport, type ReportFacts } from '../../src/reports/report-builder.js';
import type { UnsignedReport } from '../../src/reports/report.schema.js';
import type { SessionEvent } from '../../src/rules/event.js';
import { NANYANG } from '../../src/rules/testing/nanyang-policy.js';
import { MORNING, minutes } from '../../src/rules/testing/opening.js';
import { aSession, type SessionSetup, type Story } from '../../src/rules/testing/story.js';
import { chainEntries, GENESIS_HASH } from '../../src/evidence/proof/chain.js';
import type { JournalEntry } from '../../src/sessions/journal.js';

export const SESSION_ID = '019abe12-0000-7000-8000-000000000001';
export const REPORT_ID = '019abe12-ffff-7000-8000-0000000000aa';
export const SEED = Buffer.from(Array.from({ length: 32 }, (_, index) => index));
/** What the story's shell puts into `schedule.drawn`. */
const CLIENT_NONCE = 'd'.repeat(32);
const BEACON = '0'.repeat(64);

export interface SampleSession {
  readonly story: Story;
  /** Chained, and sealed when the story came to its end. */
  readonly journal: readonly JournalEntry[];
}

/** Tells a session whose schedule is truly drawn from a committed seed. */
export function tellSession(tell: (story: Story) => unknown, setup: SessionSetup = {}, seed: Buffer = SEED): SampleSession {
  const { durationMs = minutes(10), policy = NANYANG, sessionId = SESSION_ID } = setup;
  const { hash, idHash } = withHashes(policy);
  const commitment = commitmentOf({ seed: SEED, sessionId, policyIdHash: Buffer.from(idHash, 'hex') });
  const drawn = drawSchedule({ seed: SEED, sessionId, clientNonce: CLIENT_NONCE, beacon: BEACON, durationMs, policy });
  const story = aSession({ delayMs: [20, 90], ...drawn, sessionId, policyHash: hash, commitment, durationMs, policy, ...setup });
  tell(story);
  const { state } = story;
  const sealed: readonly SessionEvent[] =
    state.status === 'closed' ? [{ type: 'session.sealed', at: state.closedAt, seed: seed.toString('hex'), verdict: state.verdict }] : [];
  return { story, journal: chainEntries(0, GENESIS_HASH, [...story.journal, ...sealed]) };
}

export function sampleFacts(changes: Partial<ReportFacts> = {}): ReportFacts {
  return {
    reportId: REPORT_ID,
    generatedAt: MORNING + minutes(60),
    engineVersion: '0.1.0',
    platform: { id: '019abe12-0000-7000-8000-00000000000a', name: '南阳职业技能在线' },
    trainee: { nameMasked: '李*', idNumberMasked: '110***********002X' },
    cohort: {
      hrssClassId: 'NY-2026-0417', name: '电工（初级）第 3 期', organisation: '宛城区技工学校', occupation: { code: '6-31-01-03', name: '电工' }, skillLevel: '初级',
    },
    courseTitle: '电工 · 初级',
    attempts: [],
    consents: [
      {
        purpose: 'FACE_VERIFICATION', textVersion: '2026-01', textHash: 'ab'.repeat(32), locale: 'zh-CN', channel: 'WEB',
        at: new Date(MORNING - minutes(5)).toISOString(), withdrawnAt: null,
      },
      {
        purpose: 'SNAPSHOT_RETENTION', textVersion: '2026-01', textHash: 'ab'.repeat(32), locale: 'zh-CN', channel: 'WEB',
        at: new Date(MORNING - minutes(5)).toISOString(), withdrawnAt: null,
      },
    ],
    reviews: [],
    pictures: new Map(),
    erasures: new Map(),
    bundle: null,
    log: null,
    ...changes,
  };
}

export const sampleReport = (journal: readonly JournalEntry[], changes: Partial<ReportFacts> = {}): UnsignedReport => buildReport(journal, sampleFacts(changes));

/** A story whose verdict is `VALID`. */
export const honest = (story: Story): unknown => story.studiesTheLesson();

/** Popups left alone beyond the allowed misses. */
export const missesPopups = (story: Story): unknown => story.begins().leavesPopupUnanswered(3).playsToTheEnd();
