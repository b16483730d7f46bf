import type { Ack, HoldReason, RuleId, SessionVerdict } from './codes.js';

/** Acts a liveness challenge may ask for. Left and right are the trainee's own; LEAN_IN is to come closer and back. */
export type LivenessAct = 'BLINK' | 'OPEN_MOUTH' | 'TURN_LEFT' | 'TURN_RIGHT' | 'NOD' | 'LEAN_IN';

export type PlaybackState = 'PLAYING' | 'PAUSED' | 'ENDED';

/* ---------------------------------------------------------------- client → server */

/** First message of every connection, also after a drop. */
export interface SessionJoin {
  readonly protocol: number;
  /** One page load of the SDK (random, at least 16 characters). */
  readonly instanceId: string;
  /** Stable for this browser; tells a reload from another device. */
  readonly deviceId: string;
  /** 16 random bytes as hex, drawn by the SDK after it has the commitment; only the first join's counts. */
  readonly clientNonce: string;
  /** `performance.now()` at sending, ms. */
  readonly clientMonoMs: number;
  /** `Date.now()` at sending, ms. */
  readonly clientWallAt: number;
  /** The trainee chose to go on here although another place is live. */
  readonly takeover: boolean;
  /** Build of the SDK, for the report. */
  readonly sdk: string;
  /** What the page can say about its environment; evidence to weigh, never a verdict. */
  readonly environment: {
    readonly userAgent: string;
    readonly camera: string | null;
    readonly screenExtended: boolean | null;
  };
}

/** Where a session stands; sent with the join and pushed as `session.progress`. */
export interface SessionProgress {
  readonly status: 'OPENED' | 'STUDYING' | 'HELD' | 'CLOSED';
  readonly verdict: SessionVerdict;
  readonly holds: readonly HoldReason[];
  /** Furthest contiguous position credited, ms of the lesson: play goes on from here. */
  readonly frontierMs: number;
  readonly creditedMs: number;
  readonly durationMs: number;
  /** Watched parts of the lesson, ms. */
  readonly coverage: readonly (readonly [number, number])[];
  /** The lights of the validity meter, one for each rule in force. */
  readonly lights: readonly {
    readonly rule: RuleId;
    readonly light: 'GREEN' | 'AMBER' | 'RED';
    /** What is missing or what failed, as a reason code, or null. */
    readonly code: string | null;
  }[];
  readonly popups: { readonly answered: number; readonly missed: number; readonly maxMissed: number };
  readonly snapshots: { readonly qualifying: number; readonly scheduled: number };
  readonly faceChecks: { readonly passed: number; readonly required: number };
  /** True when `session.finish` would be accepted. */
  readonly isComplete: boolean;
}

/** What the client may know of the policy: what it has to keep. Instants of checks are never among it. */
export interface ClientPolicy {
  readonly id: string;
  readonly version: number;
  readonly maxRate: number;
  readonly heartbeatMs: number;
  readonly offlineGraceMs: number;
  readonly popupTimeoutMs: number;
  readonly pauseWhenHidden: boolean;
}

export interface Joined {
  readonly sessionId: string;
  readonly connectionId: string;
  /** Nonce for the next beat. */
  readonly nonce: string;
  /** Last beat sequence number the server holds; the outbox drops everything up to it. */
  readonly lastSeq: number;
  readonly serverTime: number;
  readonly policy: ClientPolicy;
  readonly progress: SessionProgress;
  /** Checks that wait for this trainee; shown again after a reload. */
  readonly pending: {
    readonly popup: PopupShow | null;
    readonly liveness: LivenessRequest | null;
    readonly snapshot: SnapshotRequest | null;
  };
}

/** One heartbeat: sent every `heartbeatMs` while playing and at each change of state. */
export interface PlaybackBeat {
  /** Rises by one with each beat of the session, over all connections. */
  readonly seq: number;
  /** Nonce of the last acknowledgement received. */
  readonly nonce: string;
  /** Position in the lesson, ms. */
  readonly positionMs: number;
  readonly rate: number;
  readonly state: PlaybackState;
  /** `performance.now()` when the beat was captured, ms. */
  readonly clientMonoMs: number;
  readonly clientWallAt: number;
  readonly visible: boolean;
  readonly pictureInPicture: boolean;
}

export interface BeatAck {
  readonly seq: number;
  readonly nonce: string;
  readonly creditedMs: number;
  readonly frontierMs: number;
}

export type WindowReportKind =
  | 'HIDDEN'
  | 'VISIBLE'
  | 'FOCUS_LOST'
  | 'FOCUS_GAINED'
  | 'PIP_ENTERED'
  | 'PIP_LEFT'
  | 'PIP_BLOCKED'
  | 'SEEK_BLOCKED'
  | 'RATE_BLOCKED'
  | 'SECOND_TAB_BLOCKED'
  | 'CAMERA_LOST'
  | 'CAMERA_BACK'
  /** Another camera is used; `detail.camera` is its label, `detail.cameraId` the browser's name for it. */
  | 'CAMERA_CHANGED'
  /** What the page sees of the camera once its pictures run; fields in docs/protocol.md. Evidence to weigh. */
  | 'CAMERA_OBSERVED'
  /** Watching again without credit, once the lesson is watched to its end. */
  | 'REVIEW_MODE_ON'
  | 'REVIEW_MODE_OFF'
  /** The trainee is back after a missed popup and asks for the next one. */
  | 'TRAINEE_RETURNED';

/** Something about the window, the camera or a blocked attempt. A record or a hold, never a verdict alone. */
export interface WindowReport {
  readonly kind: WindowReportKind;
  readonly clientMonoMs: number;
  /** Plain values only, e.g. `{ fromMs, toMs }` of a blocked seek. */
  readonly detail?: Readonly<Record<string, string | number | boolean | null>> | undefined;
}

export interface PopupAnswer {
  readonly popupId: string;
  readonly answer: string;
  /** Time on the client between showing and answering, ms. */
  readonly elapsedMs: number;
  /** `event.isTrusted` of the act. */
  readonly trusted: boolean;
}

export interface SnapshotSubmit {
  readonly snapshotId: string;
  readonly nonce: string;
  /** JPEG bytes; `null` when there is no picture to take (lens covered by software, camera gone). */
  readonly image: Uint8Array | null;
}

export interface LivenessFrame {
  /** `performance.now()` of the frame, ms. */
  readonly clientMonoMs: number;
  /** JPEG bytes, about 320×240. */
  readonly image: Uint8Array;
}

/** The frames of one step of a face check: 0 is the neutral phase, n the n-th act told. */
export interface LivenessBurst {
  readonly checkId: string;
  /** Of the request for step 0, of the prompt for an act. */
  readonly nonce: string;
  readonly step: number;
  readonly frames: readonly LivenessFrame[];
}

/** One act to show now; the acts after it are not drawn yet. */
export interface LivenessPrompt {
  /** 1 for the first act. */
  readonly step: number;
  readonly act: LivenessAct;
  readonly nonce: string;
}

export interface BurstTaken {
  /** The act to show next, or null when the check is complete and being judged. */
  readonly next: LivenessPrompt | null;
}

/** Why a trainee asks for people instead of the machine. */
export type AlternativeReason = 'CANNOT_DO_ACTS' | 'NO_CAMERA' | 'REFUSES_FACE';

export interface AlternativeRequest {
  readonly reason: AlternativeReason;
}

export type SessionFinish = Readonly<Record<string, never>>;

export interface Finished {
  readonly verdict: SessionVerdict;
  readonly progress: SessionProgress;
}

/** socket.io `emit` map of the client. Each is acknowledged. */
export interface ClientToServerEvents {
  'session.join': (message: SessionJoin, ack: (answer: Ack<Joined>) => void) => void;
  'playback.beat': (message: PlaybackBeat, ack: (answer: Ack<BeatAck>) => void) => void;
  'window.report': (message: WindowReport, ack: (answer: Ack) => void) => void;
  'popup.answer': (message: PopupAnswer, ack: (answer: Ack) => void) => void;
  'snapshot.submit': (message: SnapshotSubmit, ack: (answer: Ack) => void) => void;
  'liveness.burst': (message: LivenessBurst, ack: (answer: Ack<BurstTaken>) => void) => void;
  'alternative.request': (message: AlternativeRequest, ack: (answer: Ack) => void) => void;
  'session.finish': (message: SessionFinish, ack: (answer: Ack<Finished>) => void) => void;
}

/* ---------------------------------------------------------------- server → client */

/** Shown inside the playing window; play is held until it is answered. */
export interface PopupShow {
  readonly popupId: string;
  readonly kind: 'NUMBER' | 'QUESTION';
  /** Chinese prompt and its English twin. */
  readonly prompt: { readonly zh: string; readonly en: string };
  /** NUMBER: the digits as an SVG document (text), never as text in the message. */
  readonly imageSvg: string | null;
  /** Choices for QUESTION; null when the answer is typed. */
  readonly options: readonly string[] | null;
  /** Time left to answer, ms. */
  readonly timeoutMs: number;
}

/** Take a picture now, without any cue, and send it back. */
export interface SnapshotRequest {
  readonly snapshotId: string;
  readonly nonce: string;
  readonly timeoutMs: number;
  readonly isRetry: boolean;
}

/** Take the trainee through a face check: first the neutral phase, then one act after another as the server tells them. */
export interface LivenessRequest {
  readonly checkId: string;
  /** For the frames of the neutral phase. */
  readonly nonce: string;
  readonly reason: 'SESSION_START' | 'RANDOM' | 'RESUME' | 'TAKEOVER' | 'SNAPSHOT_FAILED' | 'DOUBT' | 'INTERVAL';
  /** ACCESSIBLE: without acts that some people cannot do, and with more time. */
  readonly variant: 'STANDARD' | 'ACCESSIBLE';
  /** How many acts will follow. */
  readonly acts: number;
  /** Length of the neutral phase and of each act's window, ms. */
  readonly actWindowMs: number;
  readonly framesPerSecond: number;
  /** Time in which the frames of the neutral phase have to come, ms. */
  readonly timeoutMs: number;
  /** Time beyond its window in which the frames of an act may still arrive, ms. */
  readonly transferMs: number;
  readonly attempt: number;
  readonly attempts: number;
  /** Why the try before failed, or null. */
  readonly lastFailure: string | null;
}

export interface PlaybackHold {
  readonly reason: HoldReason;
  readonly holds: readonly HoldReason[];
  /** Where play will go on, ms: credit counts up to here. */
  readonly positionMs: number;
}

export interface PlaybackRelease {
  readonly positionMs: number;
}

export interface SessionClosed {
  readonly reason: 'VERDICT' | 'TAKEN_OVER' | 'IDLE' | 'SERVER_STOPPING';
  readonly verdict: SessionVerdict;
  /** The failed rule and its code, when the verdict is INVALID. */
  readonly rule: RuleId | null;
  readonly code: string | null;
  /** Plain words, what happened and what to do next. */
  readonly message: { readonly zh: string; readonly en: string };
  readonly sessionId: string;
  /** S of the committed schedule, revealed once the session is over for good (64 hex digits); null while it can go on. */
  readonly seed: string | null;
}

export interface ServerToClientEvents {
  'popup.show': (message: PopupShow) => void;
  'snapshot.request': (message: SnapshotRequest) => void;
  'liveness.request': (message: LivenessRequest) => void;
  'playback.hold': (message: PlaybackHold) => void;
  'playback.release': (message: PlaybackRelease) => void;
  'session.progress': (message: SessionProgress) => void;
  'session.closed': (message: SessionClosed) => void;
}
