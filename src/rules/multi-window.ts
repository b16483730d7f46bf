/** R2 多窗口学习: one live place per person, and no play in a window that is not the visible one. */
import type { BeatReceived, BeatRefused, WindowReported } from './event.js';
import type { Fact } from './finding.js';
import { finding } from './finding.js';
import type { Policy } from './policy.js';
import type { Applied, Rule, RuleContext } from './rule.js';

export interface MultiWindowSlice {
  readonly isHidden: boolean;
  readonly isInPictureInPicture: boolean;
  /** Server time since which the page has been hidden or in picture-in-picture without a break, or null. */
  readonly unseenSince: number | null;
  /** Play claimed since then, ms. */
  readonly hiddenPlayMs: number;
  readonly hasLease: boolean;
  /** The place that was put out, and when; its claims of play beyond the tolerance are concurrent play. */
  readonly putOut: { readonly connectionId: string | null; readonly at: number } | null;
  readonly connectionId: string | null;
}

export const multiWindow: Rule<MultiWindowSlice> = {
  start: () => ({ isHidden: false, isInPictureInPicture: false, unseenSince: null, hiddenPlayMs: 0, hasLease: true, putOut: null, connectionId: null }),

  apply(slice, event, context) {
    switch (event.type) {
      case 'connection.joined': {
        const putOut = event.tookOverFrom === null ? slice.putOut : { connectionId: event.tookOverFrom, at: event.at };
        const next = { ...seen(slice, false, false, context), hasLease: true, putOut, connectionId: event.connectionId };
        if (event.tookOverFrom === null) return { slice: next };
        return { slice: next, findings: [finding('LEASE_TRANSFERRED', context.at, context.seq, { from: event.tookOverFrom })] };
      }
      case 'lease.lost':
        return {
          slice: { ...slice, hasLease: false, putOut: { connectionId: slice.connectionId, at: event.at } },
          findings: [finding('R2_ATTEMPT_BLOCKED', context.at, context.seq, { bySessionId: event.bySessionId })],
        };
      case 'place.refused':
        return { slice, findings: [finding('R2_ATTEMPT_BLOCKED', context.at, context.seq, { deviceId: event.deviceId })] };
      case 'beat.refused':
        return judgeRefused(slice, event, context);
      case 'window.reported':
        return judgeReport(slice, event, context);
      case 'beat.received':
        return judgeBeat(slice, event, context);
      default:
        return { slice };
    }
  },

  holds: (slice, policy) => [
    ...(isUnseen(slice, policy) ? (['WINDOW'] as const) : []),
    ...(slice.hasLease ? [] : (['LEASE'] as const)),
  ],
  wants: () => [],
  deadline: () => null,
  outstanding: () => null,
};

function judgeRefused(slice: MultiWindowSlice, event: BeatRefused, { policy, at, seq }: RuleContext): Applied<MultiWindowSlice> {
  const isJudged = event.reason === 'LEASE_LOST' && event.state === 'PLAYING' && policy.window.maxConcurrent === 1;
  if (!isJudged || slice.putOut === null) return { slice };
  if (slice.putOut.connectionId !== null && slice.putOut.connectionId !== event.connectionId) return { slice };
  const overlapMs = at - slice.putOut.at;
  if (overlapMs <= policy.window.overlapToleranceMs) return { slice };
  return { slice, findings: [finding('R2_CONCURRENT_PLAY', at, seq, { overlapMs, toleranceMs: policy.window.overlapToleranceMs })] };
}

const isPutOut = ({ putOut, connectionId }: MultiWindowSlice, from: string): boolean =>
  putOut !== null && putOut.connectionId === from && connectionId !== from;

type Look = Pick<MultiWindowSlice, 'isHidden' | 'isInPictureInPicture'>;

/** Where play may not go on, as far as the policy minds. */
const isUnseen = ({ isHidden, isInPictureInPicture }: Look, { visibility }: Policy): boolean =>
  (isHidden && visibility.onHidden === 'PAUSE') || (isInPictureInPicture && visibility.pip === 'DENY');

/** The same slice with what is known of the window now; seen again, the play counted while it was not is forgotten. */
function seen(slice: MultiWindowSlice, isHidden: boolean, isInPictureInPicture: boolean, { at, policy }: Pick<RuleContext, 'at' | 'policy'>): MultiWindowSlice {
  const isOut = isUnseen({ isHidden, isInPictureInPicture }, policy);
  return {
    ...slice,
    isHidden,
    isInPictureInPicture,
    unseenSince: isOut ? (slice.unseenSince ?? at) : null,
    hiddenPlayMs: isOut ? slice.hiddenPlayMs : 0,
  };
}

function judgeReport(slice: MultiWindowSlice, event: WindowReported, context: RuleContext): Applied<MultiWindowSlice> {
  const { at, seq, policy } = context;
  const { isHidden, isInPictureInPicture } = slice;
  const record = (code: Fact['code'], next: MultiWindowSlice): Applied<MultiWindowSlice> => ({
    slice: next,
    findings: [finding(code, at, seq, { kind: event.kind, ...event.detail })],
  });
  switch (event.kind) {
    case 'HIDDEN':
      return record(policy.visibility.onHidden === 'PAUSE' ? 'VISIBILITY_PAUSE' : 'PAGE_HIDDEN', seen(slice, true, isInPictureInPicture, context));
    case 'VISIBLE':
      return { slice: seen(slice, false, isInPictureInPicture, context) };
    case 'PIP_ENTERED':
      return { slice: seen(slice, isHidden, true, context) };
    case 'PIP_LEFT':
      return { slice: seen(slice, isHidden, false, context) };
    case 'PIP_BLOCKED':
    case 'SECOND_TAB_BLOCKED':
      return record('R2_ATTEMPT_BLOCKED', slice);
    case 'FOCUS_LOST':
      return record('FOCUS_LOST', slice);
    default:
      return { slice };
  }
}

function judgeBeat(slice: MultiWindowSlice, beat: BeatReceived, context: RuleContext): Applied<MultiWindowSlice> {
  const { claim, policy, at, seq } = context;
  if (isPutOut(slice, beat.connectionId) && beat.state === 'PLAYING') {
    // Taken although another place has the lease: whoever let it in, both earned at once.
    const judged = judgeRefused(slice, { ...beat, type: 'beat.refused', reason: 'LEASE_LOST' }, context);
    const bypassed = finding('R2_LEASE_BYPASSED', at, seq, { connectionId: beat.connectionId });
    return judged.findings === undefined ? judged : { ...judged, findings: [...judged.findings, bypassed] };
  }
  const { toleranceMs } = policy.visibility;
  const isUnseenPlay = claim !== null && slice.unseenSince !== null;
  const playedMs = isUnseenPlay ? slice.hiddenPlayMs + Math.max(0, Math.min(claim.advanceMs, claim.endAt - slice.unseenSince)) : slice.hiddenPlayMs;
  const next = seen({ ...slice, hiddenPlayMs: playedMs }, !beat.visible, beat.pictureInPicture, { at: claim?.endAt ?? at, policy });
  if (playedMs <= toleranceMs) return { slice: beat.state === 'PLAYING' ? next : { ...next, hiddenPlayMs: 0 } };
  const code = slice.isInPictureInPicture && policy.visibility.pip === 'DENY' ? 'R2_PIP_PLAY' : 'R2_BACKGROUND_PLAY';
  return { slice: { ...next, hiddenPlayMs: 0 }, findings: [finding(code, at, seq, { playedMs: Math.round(playedMs), toleranceMs })] };
}
