import type { Circumstances } from './circumstances.js';
import type { ContentOrderSlice } from './content-order.js';
import type { ScheduleDrawn, SessionOpened } from './event.js';
import type { FastForwardSlice } from './fast-forward.js';
import type { Finding, FindingCode } from './finding.js';
import type { Ledger } from './ledger.js';
import type { LivenessMatchSlice } from './liveness-match.js';
import type { MultiWindowSlice } from './multi-window.js';
import type { ReviewDecided } from './outside-event.js';
import type { PopupIntervalSlice } from './popup-interval.js';
import type { RandomSnapshotSlice } from './random-snapshot.js';
import type { HoldReason, SessionVerdict } from './types.js';

export interface RuleSlices {
  readonly R1: FastForwardSlice;
  readonly R2: MultiWindowSlice;
  readonly R3: PopupIntervalSlice;
  readonly R4: LivenessMatchSlice;
  readonly R5: ContentOrderSlice;
  readonly R6: RandomSnapshotSlice;
}

/** The place of study that holds the session now. */
export interface Place {
  readonly connectionId: string;
  readonly instanceId: string;
  readonly deviceId: string;
  readonly leaseEpoch: number;
  readonly joinedAt: number;
  /** Server time at which the connection was lost; null while it stands. */
  readonly lostAt: number | null;
  /** A sample of the client's clocks against the server's, for the skew check. */
  readonly clock: { readonly at: number; readonly monoMs: number; readonly wallAt: number };
}

interface SessionFacts {
  readonly opened: SessionOpened;
  readonly schedule: ScheduleDrawn | null;
  /** Journal entries applied so far. */
  readonly seq: number;
  readonly at: number;
  readonly place: Place | null;
  readonly ledger: Ledger;
  readonly slices: RuleSlices;
  readonly findings: readonly Finding[];
  readonly holds: readonly HoldReason[];
  readonly isOffline: boolean;
  /** Idle too long: put aside, to be resumed by a join. */
  readonly isSuspended: boolean;
  readonly hasClockSkew: boolean;
  readonly circumstances: Circumstances;
}

/** A session that can still change. */
export interface LiveSession extends SessionFacts {
  readonly status: 'live';
}

/** One verdict of a closed session: the entry that led to it, and why. The first is the verdict it was closed with. */
export interface VerdictChange {
  readonly at: number;
  readonly seq: number;
  readonly verdict: SessionVerdict;
  readonly why: 'FINISHED' | FindingCode | ReviewDecided['outcome'];
  /** The reviewer's own code, where one decided. */
  readonly reasonCode: string | null;
}

/** A session with its verdict; only the facts named in `reconsider.ts` change it, and its history is kept. */
export interface ClosedSession extends SessionFacts {
  readonly status: 'closed';
  readonly closedAt: number;
  /** Watched to its end with nothing outstanding, not ended by a failed check. */
  readonly isFinished: boolean;
  readonly verdict: SessionVerdict;
  readonly verdictHistory: readonly VerdictChange[];
}

export type OpenedSession = LiveSession | ClosedSession;

export interface UnopenedSession {
  readonly status: 'unopened';
}

export type SessionState = UnopenedSession | OpenedSession;

export const unopened: UnopenedSession = { status: 'unopened' };
