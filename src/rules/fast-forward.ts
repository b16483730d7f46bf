/**
 * R1 快进播放: content may not be reached faster than real time, by rate or by jump.
 * A running sum of what time does not explain (CUSUM) exceeds `errorMs` exactly when some window of the session,
 * of whatever length, holds Δp > ΔT × maxRate × (1 + errorRatio) + errorMs.
 */
import type { BeatReceived, SessionEvent } from './event.js';
import type { Finding } from './finding.js';
import { finding } from './finding.js';
import { frontierMs, totalMs } from './interval-set.js';
import type { Applied, Rule, RuleContext } from './rule.js';

export interface FastForwardSlice {
  readonly excessMs: number;
  /** Play claimed from beyond the frontier without credit, ms. */
  readonly aheadPlayMs: number;
  readonly blocked: number;
}

const RATE_ERROR = 0.02;

export const fastForward: Rule<FastForwardSlice> = {
  start: () => ({ excessMs: 0, aheadPlayMs: 0, blocked: 0 }),

  apply(slice, event, context) {
    if (event.type === 'window.reported' && (event.kind === 'SEEK_BLOCKED' || event.kind === 'RATE_BLOCKED')) {
      return {
        slice: { ...slice, blocked: slice.blocked + 1 },
        findings: [finding('R1_ATTEMPT_BLOCKED', context.at, context.seq, { kind: event.kind, ...event.detail })],
      };
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
  const { claim, policy } = context;
  const { errorMs, maxRate } = policy.playback;
  const excessMs = claim === null ? slice.excessMs : Math.max(0, slice.excessMs + claim.excessMs);
  const isAhead = claim !== null && claim.aheadMs > errorMs && context.holds.length === 0;
  const aheadPlayMs = isAhead ? slice.aheadPlayMs + claim.advanceMs : claim === null ? slice.aheadPlayMs : 0;
  const next = { ...slice, excessMs, aheadPlayMs };
  const found = (code: Finding['code'], detail: Finding['detail']): Applied<FastForwardSlice> => ({
    slice: next,
    findings: [finding(code, context.at, context.seq, detail)],
  });

  if (claim !== null && claim.advanceMs > errorMs && beat.rate > maxRate + RATE_ERROR) {
    return found('R1_RATE_EXCEEDED', { rate: beat.rate, maxRate });
  }
  if (excessMs > errorMs) {
    const isJump = claim !== null && claim.excessMs > 2 * errorMs && claim.advanceMs > 4 * Math.max(claim.elapsedMs, errorMs);
    return found(isJump ? 'R1_POSITION_JUMP' : 'R1_RATE_EXCEEDED', {
      excessMs: Math.round(excessMs),
      advanceMs: Math.round(claim?.advanceMs ?? 0),
      elapsedMs: Math.round(claim?.elapsedMs ?? 0),
      errorMs,
    });
  }
  if (aheadPlayMs > errorMs) {
    return found('R1_FORWARD_SEEK', { positionMs: Math.round(beat.positionMs), frontierMs: frontierMs(context.ledger.coverage) });
  }
  if (beat.state === 'ENDED' && isUnfinished(context)) {
    return found('R1_WALLCLOCK_DEFICIT', {
      creditedMs: Math.round(totalMs(context.ledger.coverage)),
      durationMs: context.opened.lesson.durationMs,
    });
  }
  return { slice: next };
}

/** `ENDED` while nothing stood in the way of credit: holes left by a hold are filled by watching, not punished. */
function isUnfinished({ ledger, opened, policy, holds }: RuleContext): boolean {
  const missingMs = opened.lesson.durationMs * policy.completion.minCoverage - totalMs(ledger.coverage);
  return missingMs > policy.playback.errorMs && holds.length === 0 && ledger.withheldMs === 0;
}

