/**
 * R1 快进播放: content may not be reached faster than real time, by rate or by jump.
 * A running sum of what time does not explain (CUSUM) exceeds `errorMs` exactly when some window of the session's play,
 * of whatever length, holds Δp > ΔT × maxRate × (1 + errorRatio) + errorMs.
 */
import type { BeatReceived } from './event.js';
import type { Fact } from './finding.js';
import { finding } from './finding.js';
import { totalMs } from './interval-set.js';
import type { Claim } from './ledger.js';
import type { Policy } from './policy.js';
import type { Applied, Rule, RuleContext } from './rule.js';

export interface FastForwardSlice {
  readonly excessMs: number;
  /** Credited time at which that began to grow, ms. */
  readonly sinceMs: number;
  /** Play claimed from beyond the furthest position reached, ms. */
  readonly aheadPlayMs: number;
  /** The play before was of content already credited. */
  readonly isWatchingAgain: boolean;
}

const NOTHING_FOUND: FastForwardSlice = { excessMs: 0, sinceMs: 0, aheadPlayMs: 0, isWatchingAgain: false };

const RATE_ERROR = 0.02;

export const fastForward: Rule<FastForwardSlice> = {
  start: () => NOTHING_FOUND,

  apply(slice, event, context) {
    if (event.type === 'window.reported' && (event.kind === 'SEEK_BLOCKED' || event.kind === 'RATE_BLOCKED')) {
      return { slice, findings: [finding('R1_ATTEMPT_BLOCKED', context.at, context.seq, { kind: event.kind, ...event.detail })] };
    }
    return event.type === 'beat.received' ? judgeBeat(slice, event, context) : { slice };
  },

  holds: () => [],
  wants: () => [],
  deadline: () => null,

  outstanding(_slice, { ledger, opened, policy }) {
    return totalMs(ledger.coverage) < opened.lesson.durationMs * policy.completion.minCoverage ? 'R1_WALLCLOCK_DEFICIT' : null;
  },
};

function judgeBeat(slice: FastForwardSlice, beat: BeatReceived, context: RuleContext): Applied<FastForwardSlice> {
  const { claim, policy, opened, ledger } = context;
  const { errorMs, maxRate, forwardSeek, rewind } = policy.playback;
  const beforeMs = totalMs(ledger.coverage) - (claim?.creditedMs ?? 0);
  const next = claim === null ? { ...slice, aheadPlayMs: 0 } : follow(slice, claim, beforeMs, policy);
  // Where the session goes on, what has been found is not found once more.
  const found = (code: Fact['code'], detail: Fact['detail'], sinceMs = beforeMs): Applied<FastForwardSlice> => ({
    slice: NOTHING_FOUND,
    findings: [finding(code, context.at, context.seq, { ...detail, sinceMs: Math.round(sinceMs) })],
  });

  if (claim !== null && claim.advanceMs > errorMs && beat.rate > maxRate + RATE_ERROR) {
    return found('R1_RATE_EXCEEDED', { rate: beat.rate, maxRate });
  }
  if (claim !== null && next.excessMs > errorMs) {
    const isJump = claim.advanceMs > 4 * Math.max(claim.elapsedMs, errorMs);
    return found(isJump ? 'R1_POSITION_JUMP' : 'R1_RATE_EXCEEDED', {
      excessMs: Math.round(next.excessMs),
      advanceMs: Math.round(claim.advanceMs),
      elapsedMs: Math.round(claim.elapsedMs),
      errorMs,
    }, next.sinceMs);
  }
  if (forwardSeek === 'DENY' && next.aheadPlayMs > errorMs) {
    return found('R1_FORWARD_SEEK', { positionMs: Math.round(beat.positionMs), reachedMs: Math.round(ledger.reachedMs) });
  }
  if (forwardSeek === 'DENY' && beat.state === 'ENDED' && opened.lesson.durationMs * policy.completion.minCoverage - ledger.reachedMs > errorMs) {
    return found('R1_WALLCLOCK_DEFICIT', {
      reachedMs: Math.round(ledger.reachedMs),
      creditedMs: Math.round(totalMs(ledger.coverage)),
      durationMs: opened.lesson.durationMs,
    });
  }
  if (rewind === 'DENY' && next.isWatchingAgain && !slice.isWatchingAgain) {
    return { slice: next, findings: [finding('R1_REWOUND', context.at, context.seq, { positionMs: Math.round(beat.positionMs) })] };
  }
  return { slice: next };
}

/** Follows the player by one stretch of claimed play, which began at `beforeMs` of credited time. */
function follow(slice: FastForwardSlice, claim: Claim, beforeMs: number, { playback }: Policy): FastForwardSlice {
  const { advanceMs, elapsedMs, skippedMs } = claim;
  const { errorMs, errorRatio, maxRate, forwardSeek } = playback;
  const unexplainedMs = advanceMs - elapsedMs * maxRate * (1 + errorRatio);
  const isAhead = skippedMs > errorMs;
  const jumpedMs = isAhead || forwardSeek === 'ALLOW' ? 0 : skippedMs;
  return {
    excessMs: Math.max(0, slice.excessMs + unexplainedMs + jumpedMs),
    sinceMs: slice.excessMs === 0 ? beforeMs : slice.sinceMs,
    aheadPlayMs: isAhead ? slice.aheadPlayMs + advanceMs : 0,
    isWatchingAgain: claim.creditedMs === 0 && (slice.isWatchingAgain || claim.acceptedMs > errorMs),
  };
}
