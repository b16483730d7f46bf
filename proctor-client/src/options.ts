import type {
  AlternativeReason,
  Finished,
  HoldReason,
  Joined,
  LivenessRequest,
  PlaybackRelease,
  PopupShow,
  SessionClosed,
  SessionProgress,
} from '@xuejian/protocol';
import type { LivenessStep } from './checks/liveness-run.js';
import type { DropCounts } from './connection/outbox.js';
import type { ReconnectPolicy } from './connection/reconnect-policy.js';
import type { ConnectionState } from './connection/study-connection.js';
import type { OpenSocket } from './connection/study-socket.js';
import type { Receipt } from './receipt.js';
import type { Locale } from './ui/texts.js';
import type { AnswerOutcome } from './ui/view.js';

/** What a page needs to join a session. */
export interface SessionAccess {
  readonly token: string;
  readonly socketUrl: string;
}

export interface ProctorOptions {
  /** The lesson's video element; it should be playable, and is the only one under control. */
  readonly video: HTMLVideoElement;
  /** Where the panel goes; by default right after the video. */
  readonly container?: HTMLElement;
  /** From `POST /v1/sessions`, made by the platform's server. */
  readonly token: string;
  /** From the same answer. */
  readonly socketUrl: string;
  /** From the same answer: C of the committed schedule. With it `receipt` tells at the end whether C was kept. */
  readonly commitment?: string;
  /**
   * Opens the session again (`POST /v1/sessions` by the platform's server) when the trainee chooses to go on here after
   * studying elsewhere: each opening ends the tokens before it. Without it "continue here" works only while the token lasts.
   */
  readonly reopen?: () => Promise<SessionAccess>;
  /** Default `zh`. */
  readonly locale?: Locale;
  /** No user interface of the SDK: the platform draws its own from the events. */
  readonly headless?: boolean;
  /** Opens the camera; by default the front camera at 640×480. `null`: the trainee has none, or refuses it, and people check. */
  readonly camera?: (() => Promise<MediaStream>) | null;
  /** Delay before each try to reconnect; by default exponential with jitter for 15 minutes. */
  readonly reconnect?: ReconnectPolicy;
  /** Replaces the socket, for tests of a platform. */
  readonly openSocket?: OpenSocket;
}

/** Codes of `ProctorError` beyond those of the server. */
export type ProctorErrorCode = string;

/** What went wrong, in words for the trainee. */
export class ProctorError extends Error {
  constructor(
    /** `CAMERA_UNAVAILABLE`, or the server's error code. */
    readonly code: ProctorErrorCode,
    message: string,
  ) {
    super(message);
    this.name = 'ProctorError';
  }
}

export interface ConnectionChange {
  readonly state: ConnectionState;
  /** Beats and reports that never reached the server, by reason. */
  readonly dropped: DropCounts;
}

export interface HoldChange {
  /** Everything that holds play now, the most important first. */
  readonly holds: readonly HoldReason[];
  readonly positionMs: number | null;
}

export interface ProctorEvents {
  readonly joined: Joined;
  readonly progress: SessionProgress;
  readonly hold: HoldChange;
  readonly release: PlaybackRelease;
  readonly popup: PopupShow;
  readonly liveness: LivenessRequest;
  readonly 'liveness.step': LivenessStep;
  readonly connection: ConnectionChange;
  /** Another place of the same person is live; `continueHere` takes over. */
  readonly 'place.taken': { readonly message: string };
  readonly finished: Finished;
  /** Just before `closed`: the committed randomness, checked on this page. */
  readonly receipt: Receipt;
  readonly closed: SessionClosed;
  readonly error: ProctorError;
}

/** The one object a platform holds for one monitored lesson. */
export interface Proctor {
  /** Opens the camera and joins the session. Rejects with a `ProctorError` when there is no camera. */
  start(): Promise<void>;
  /** Asks for the verdict now; the SDK does it by itself when the lesson is complete. */
  finish(): Promise<Finished>;
  /** Ends monitoring on this page and lets the camera go. */
  stop(): void;
  /** Adds a listener; the answer removes it. */
  on<K extends keyof ProctorEvents>(event: K, listener: (payload: ProctorEvents[K]) => void): () => void;
  /** For `headless`: answers the open popup. `trusted` is `event.isTrusted` of the trainee's act. */
  answerPopup(answer: string, trusted: boolean): Promise<AnswerOutcome>;
  /** For `headless`: the trainee is ready for the liveness check asked for. */
  beginLiveness(): void;
  /** For `headless`: the trainee asks that people see who studies; play stays held until they have. */
  requestAlternative(reason: AlternativeReason): Promise<void>;
  /** For `headless`: the trainee is back after a missed popup. */
  resume(): void;
  /** For `headless`: the trainee chose to go on here. */
  continueHere(): void;
  /** For `headless`: opens the camera again after a loss. */
  retryCamera(): void;
}
