/**
 * The journal's vocabulary: everything a verdict may depend on, as data.
 * `at` is server time (ms since the epoch); whatever a client said is named as a claim.
 */
import type { FaceMeasurement, LivenessAct, LivenessMeasurement } from './face-measurement.js';
import type { OutsideEvent } from './outside-event.js';
import type { Policy } from './policy.js';
import type { ReferenceFacts } from './reference-threshold.js';

export type * from './face-measurement.js';
export type PlaybackState = 'PLAYING' | 'PAUSED' | 'ENDED';
/** ACCESSIBLE: for trainees entitled to it, without acts that some people cannot do, and with more time. */
export type LivenessVariant = 'STANDARD' | 'ACCESSIBLE';

/** What one face check asks for. */
export interface LivenessDemand {
  readonly variant: LivenessVariant;
  /** How many acts. */
  readonly acts: number;
}

/** Why a trainee asks for people instead of the machine. */
export type AlternativeReason = 'CANNOT_DO_ACTS' | 'NO_CAMERA' | 'REFUSES_FACE';
export type LivenessReason = 'SESSION_START' | 'RANDOM' | 'RESUME' | 'TAKEOVER' | 'SNAPSHOT_FAILED' | 'DOUBT' | 'INTERVAL';
export type CourseType = 'PROFESSIONAL' | 'GENERAL';

export interface LessonFacts {
  readonly lessonId: string;
  readonly position: number;
  readonly title: string;
  readonly durationMs: number;
  readonly videoSha256: string;
}

/** What the authority approved to be shown, and whether the policy's regime asks for an approval at all. */
export interface VideoApproval {
  /** SHA-256 of the approved master and of every registered rendition of it; empty when nothing was approved. */
  readonly approvedSha256s: readonly string[];
  readonly approvalRef: string | null;
  readonly isRequired: boolean;
}

export interface SessionOpened {
  readonly type: 'session.opened';
  readonly at: number;
  readonly sessionId: string;
  /** Pseudonym of the trainee; no name and no number enters the journal. */
  readonly traineeRef: string;
  readonly courseId: string;
  readonly courseType: CourseType;
  readonly syllabusVersion: number;
  readonly enrolmentId: string;
  readonly attempt: number;
  readonly lesson: LessonFacts;
  /** Lessons that come before this one in the syllabus, and whether each is completed in a valid session. */
  readonly predecessors: readonly { readonly lessonId: string; readonly position: number; readonly isCompleted: boolean }[];
  readonly policy: Policy;
  readonly policyHash: string;
  /** C of the committed schedule (spec: commit–reveal with HMAC). */
  readonly commitment: string;
  /** Popup clock carried over from the trainee's last session of this enrolment, ms of played time. */
  readonly popupClockMs: number;
  /** The trainee is entitled to longer times. */
  readonly isAccessible: boolean;
  readonly video?: VideoApproval;
  /** A twin was declared at enrolment: a face match alone says little then. */
  readonly isTwinDeclared?: boolean;
  /** The syllabus in force now; the trainee studies by the one of the enrolment (`syllabusVersion`). */
  readonly currentSyllabusVersion?: number;
  /** The earlier attempt at this lesson that did not count. */
  readonly supersedes?: string;
  /** The reference face in force at the opening; none where people see who studies. */
  readonly reference?: ReferenceFacts;
  /** Separate consent to face checks and pictures; granted where nothing is said. */
  readonly consent?: 'GRANTED' | 'REFUSED';
}

/** The schedule, drawn once the SDK's nonce is known. All instants are ms. */
export interface ScheduleDrawn {
  readonly type: 'schedule.drawn';
  readonly at: number;
  readonly clientNonce: string;
  readonly beacon: string;
  /** Gaps between popups, on played time. */
  readonly popupGaps: readonly number[];
  /** Instants on the session's credited timeline, each with the part of the lesson it belongs to. */
  readonly snapshots: readonly { readonly part: number; readonly atMs: number }[];
  readonly faceChecks: readonly { readonly part: number; readonly atMs: number }[];
}

export interface ConnectionJoined {
  readonly type: 'connection.joined';
  readonly at: number;
  readonly connectionId: string;
  readonly instanceId: string;
  readonly deviceId: string;
  readonly leaseEpoch: number;
  readonly clientMonoMs: number;
  readonly clientWallAt: number;
  readonly sdk: string;
  readonly userAgent: string;
  readonly camera: string | null;
  readonly screenExtended: boolean | null;
  /** The place that was live before and has been put out, or null. */
  readonly tookOverFrom: string | null;
}

export interface ConnectionLost {
  readonly type: 'connection.lost';
  readonly at: number;
  readonly connectionId: string;
}

/** Another place of the same person took the lease (another session, device, course or platform). */
export interface LeaseLost {
  readonly type: 'lease.lost';
  readonly at: number;
  readonly leaseEpoch: number;
  readonly bySessionId: string;
}

/** A second place asked to study and was refused. */
export interface PlaceRefused {
  readonly type: 'place.refused';
  readonly at: number;
  readonly instanceId: string;
  readonly deviceId: string;
}

export interface BeatReceived {
  readonly type: 'beat.received';
  readonly at: number;
  readonly connectionId: string;
  readonly seq: number;
  readonly positionMs: number;
  readonly rate: number;
  readonly state: PlaybackState;
  readonly clientMonoMs: number;
  readonly clientWallAt: number;
  readonly visible: boolean;
  readonly pictureInPicture: boolean;
}

/** A beat that was not taken: from a place without the lease, or with a wrong nonce or sequence. */
export interface BeatRefused {
  readonly type: 'beat.refused';
  readonly at: number;
  readonly connectionId: string;
  readonly reason: 'LEASE_LOST' | 'NONCE_INVALID' | 'SEQUENCE_GAP';
  readonly state: PlaybackState;
}

export interface WindowReported {
  readonly type: 'window.reported';
  readonly at: number;
  readonly connectionId: string;
  readonly kind: string;
  readonly detail: Readonly<Record<string, string | number | boolean | null>>;
}

export interface PopupIssued {
  readonly type: 'popup.issued';
  readonly at: number;
  readonly popupId: string;
  /** Number of the gap in the schedule this popup ends, or `null` for one shown again. */
  readonly index: number | null;
  readonly kind: 'NUMBER' | 'QUESTION';
  readonly prompt: { readonly zh: string; readonly en: string };
  readonly options: readonly string[] | null;
  /** The right answer: kept here so that a replay can judge the trainee's. */
  readonly expected: string;
  /** Seed of the picture drawn for it, so that it can be shown again after a reload. */
  readonly pictureSeed: number;
}

export interface PopupAnswered {
  readonly type: 'popup.answered';
  readonly at: number;
  readonly popupId: string;
  readonly answer: string;
  readonly elapsedMs: number;
  readonly trusted: boolean;
}

export interface SnapshotRequested {
  readonly type: 'snapshot.requested';
  readonly at: number;
  readonly snapshotId: string;
  /** Number in the schedule. */
  readonly index: number;
  readonly part: number;
  readonly isRetry: boolean;
  readonly nonce: string;
}

export interface SnapshotReceived {
  readonly type: 'snapshot.received';
  readonly at: number;
  readonly snapshotId: string;
  /** HMAC-SHA-256 of the bytes as they came, or `null` when the client sent none; its key is erased with the picture. */
  readonly digest: string | null;
  readonly bytes: number;
}

export interface SnapshotJudged {
  readonly type: 'snapshot.judged';
  readonly at: number;
  readonly snapshotId: string;
  readonly measurement: FaceMeasurement;
  /** Where the picture is kept, or `null` when none could be kept. */
  readonly imageId: string | null;
  readonly engine: string;
}

export interface LivenessRequested {
  readonly type: 'liveness.requested';
  readonly at: number;
  readonly checkId: string;
  readonly reason: LivenessReason;
  /** Part of the lesson for a random check, or null. */
  readonly part: number | null;
  readonly attempt: number;
  /** What is asked for; the acts themselves are told one at a time (`liveness.prompted`). */
  readonly demand?: LivenessDemand;
  /** Journals of 0.1 only: the acts, all told at once. */
  readonly acts?: readonly LivenessAct[];
  /** The frames of the neutral phase have to carry it. */
  readonly nonce: string;
}

/** The frames of the step before have come, and the next act, drawn at this moment, is told. */
export interface LivenessPrompted {
  readonly type: 'liveness.prompted';
  readonly at: number;
  readonly checkId: string;
  /** 1 for the first act. */
  readonly step: number;
  readonly act: LivenessAct;
  readonly nonce: string;
}

/** The frames of the last act have come: the check is complete. */
export interface LivenessReceived {
  readonly type: 'liveness.received';
  readonly at: number;
  readonly checkId: string;
  readonly frames: number;
  /** HMAC-SHA-256 over the frames' HMAC-SHA-256 in order, under one key that is erased with the trainee's. */
  readonly digest: string;
}

export interface LivenessJudged {
  readonly type: 'liveness.judged';
  readonly at: number;
  readonly checkId: string;
  readonly measurement: LivenessMeasurement;
  /** The best neutral frame, kept as evidence, or null. */
  readonly imageId: string | null;
  readonly engine: string;
}

/** A check could not be judged for a reason on our side (worker or store gone). */
export interface CheckFailed {
  readonly type: 'check.failed';
  readonly at: number;
  readonly checkId: string;
  readonly reason: string;
}

/** Silence is an event too: sent when `nextDeadline` has passed. */
export interface ClockTicked {
  readonly type: 'clock.ticked';
  readonly at: number;
}

/** The trainee asks for a check by people. */
export interface AlternativeRequested {
  readonly type: 'alternative.requested';
  readonly at: number;
  readonly reason: AlternativeReason;
}

export interface FinishRequested {
  readonly type: 'finish.requested';
  readonly at: number;
}

/** Last entry of a closed session: the secret is revealed so that anyone can recompute the schedule. */
export interface SessionSealed {
  readonly type: 'session.sealed';
  readonly at: number;
  readonly seed: string;
  readonly verdict: string;
}

export type SessionEvent =
  | SessionOpened
  | ScheduleDrawn
  | ConnectionJoined
  | ConnectionLost
  | LeaseLost
  | PlaceRefused
  | BeatReceived
  | BeatRefused
  | WindowReported
  | PopupIssued
  | PopupAnswered
  | SnapshotRequested
  | SnapshotReceived
  | SnapshotJudged
  | LivenessRequested
  | LivenessPrompted
  | LivenessReceived
  | LivenessJudged
  | CheckFailed
  | AlternativeRequested
  | ClockTicked
  | FinishRequested
  | SessionSealed
  | OutsideEvent;
