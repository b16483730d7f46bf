import type { LivenessDemand, LivenessReason } from './event.js';
import type { HoldReason, RuleId, SessionVerdict } from './types.js';

/** What the state wants issued. Level-triggered: asked again after a crash until the matching event is in the journal. */
export type Want =
  | { readonly type: 'popup.issue'; readonly index: number | null }
  | { readonly type: 'snapshot.request'; readonly index: number; readonly part: number; readonly isRetry: boolean }
  | { readonly type: 'liveness.request'; readonly reason: LivenessReason; readonly part: number | null; readonly attempt: number; readonly demand: LivenessDemand };

/** What to tell the client after an event has been committed. */
export type Command =
  | { readonly type: 'playback.hold'; readonly reason: HoldReason; readonly holds: readonly HoldReason[]; readonly positionMs: number }
  | { readonly type: 'playback.release'; readonly positionMs: number }
  | { readonly type: 'session.close'; readonly verdict: SessionVerdict; readonly rule: RuleId | null; readonly code: string | null }
  | { readonly type: 'session.suspend' };
