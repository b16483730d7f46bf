/** Everything of the evidence that can be recomputed, recomputed. */
import { createHash } from 'node:crypto';
import { commitmentOf, policyIdHash } from '@xuejian/protocol';
import canonicalize from 'canonicalize';
import { drawSchedule } from '../checks/schedule.js';
import { firstBrokenSeq, GENESIS_HASH } from '../evidence/proof/chain.js';
import type { SessionSealed } from '../rules/event.js';
import type { JournalEntry } from '../sessions/journal.js';
import type { OpenedSession } from './journal-steps.js';
import type { Words } from './report-parts.schema.js';
import type { UnsignedReport } from './report.schema.js';

export const sealOf = (entries: readonly JournalEntry[]): SessionSealed | null => {
  const sealed = entries.map(({ event }) => event).find((event) => event.type === 'session.sealed');
  return sealed?.type === 'session.sealed' ? sealed : null;
};

/** The policy as the journal holds it: the engine may have read more into one of an older shape. */
export function policyHashMatches(entries: readonly JournalEntry[]): boolean {
  const first = entries[0]?.event;
  return first?.type === 'session.opened' && sha256Hex(canonicalize(first.policy) ?? '') === first.policyHash;
}

export function randomnessOf(state: OpenedSession, seal: SessionSealed | null): UnsignedReport['randomness'] {
  const { opened, schedule } = state;
  return {
    scheme: 'COMMIT_REVEAL_HMAC_SHA256',
    commitment: opened.commitment,
    seed: seal?.seed ?? null,
    clientNonce: schedule?.clientNonce ?? null,
    beacon: schedule?.beacon ?? null,
    scheduleMatchesCommitment: seal === null ? null : scheduleMatches(state, Buffer.from(seal.seed, 'hex')),
  };
}

function scheduleMatches({ opened, schedule }: OpenedSession, seed: Buffer): boolean {
  const { sessionId, policy, lesson } = opened;
  if (commitmentOf({ seed, sessionId, policyIdHash: policyIdHash(policy.id, policy.version) }) !== opened.commitment) return false;
  if (schedule === null) return true;
  const { clientNonce, beacon, popupGaps, snapshots, faceChecks } = schedule;
  const drawn = drawSchedule({ seed, sessionId, clientNonce, beacon, durationMs: lesson.durationMs, policy });
  return canonicalize(drawn) === canonicalize({ popupGaps, snapshots, faceChecks });
}

export function evidenceOf(
  entries: readonly JournalEntry[],
  state: OpenedSession,
  seal: SessionSealed | null,
  scheduleMatchesCommitment: boolean | null,
  /** The commitment the session is listed under, or null when it is not known. */
  listedCommitment: string | null,
): Omit<UnsignedReport['evidence'], 'bundle' | 'log'> {
  const brokenSeq = firstBrokenSeq(entries);
  const verdictMatchesSeal = seal === null ? null : seal.verdict === verdictAtEnd(state);
  const checks: readonly (readonly [boolean, Words])[] = [
    [brokenSeq === null, { zh: `日志哈希链在第 ${brokenSeq ?? 0} 条断裂`, en: `The journal's hash chain breaks at entry ${brokenSeq ?? 0}` }],
    [state.status === 'live' || seal !== null, { zh: '日志缺少封存条目', en: 'The journal lacks the entry that seals it' }],
    [verdictMatchesSeal !== false, { zh: '封存时的结论与重新核算的结论不一致', en: 'The verdict at sealing is not the one recomputed' }],
    [scheduleMatchesCommitment !== false, { zh: '随机时刻与事先承诺不一致', en: 'The random instants are not those that were committed to' }],
    [listedCommitment === null || listedCommitment === state.opened.commitment, { zh: '日志中的承诺值与登记的不一致', en: 'The commitment in the journal is not the one on record' }],
    [policyHashMatches(entries), { zh: '监管策略内容与其哈希不一致', en: 'The policy does not have the hash it was named by' }],
  ];
  const problems = checks.filter(([isRight]) => !isRight).map(([, problem]) => problem);
  return {
    algorithm: 'SHA-256 chain over RFC 8785 canonical JSON',
    entries: entries.length,
    genesis: GENESIS_HASH,
    headHash: entries.at(-1)?.hash ?? GENESIS_HASH,
    chainIntact: brokenSeq === null,
    firstBrokenSeq: brokenSeq,
    isSealed: seal !== null,
    verdictMatchesSeal,
    isReliable: problems.length === 0,
    problems,
  };
}

/** What was said after the end may have changed the verdict; the seal is older. */
const verdictAtEnd = (state: OpenedSession): string | undefined => (state.status === 'closed' ? state.verdictHistory[0]?.verdict : undefined);

const sha256Hex = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');
