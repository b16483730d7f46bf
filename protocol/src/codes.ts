/** The rules of clause 二(四)20(3). A policy may add others: never hard-wire six. */
export type RuleId = `R${number}`;

/** Why credit stands still. The SDK shows each in plain words with what to do. */
export type HoldReason =
  /** Liveness and match are asked for and not passed yet (R4). */
  | 'FACE_CHECK'
  /** A popup waits for its answer (R3). */
  | 'POPUP'
  /** A popup was missed: the trainee has to come back first (R3). */
  | 'POPUP_MISSED'
  /** A snapshot did not show the trainee; a second one follows (R6). */
  | 'SNAPSHOT_RETRY'
  /** The page is hidden or in picture-in-picture (R2). */
  | 'WINDOW'
  /** Another place of the same person has taken over (R2). */
  | 'LEASE'
  /** No contact with the client. */
  | 'OFFLINE'
  /** The camera is missing, lost or not a real one (R4, R6). */
  | 'CAMERA'
  /** Face checks by machine are over; authorised staff have to see who studies (R4). */
  | 'ALTERNATIVE'
  /** No consent to face checks and pictures: the lesson can be taken at a training point. */
  | 'CONSENT';

export type SessionVerdict = 'VALID' | 'INVALID' | 'NOT_RECOGNISED' | 'INCOMPLETE' | 'PENDING_REVIEW';

/** Codes of refusals on the socket and over REST (findings have codes of their own, in the rules). */
export type ErrorCode =
  | 'VALIDATION_FAILED'
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'CONFLICT'
  | 'TOO_LARGE'
  | 'RATE_LIMITED'
  | 'INTERNAL'
  | 'UNAVAILABLE'
  /* session */
  | 'TOKEN_INVALID'
  | 'NOT_JOINED'
  | 'SESSION_CLOSED'
  | 'SESSION_NOT_COMPLETE'
  | 'CHECKS_PENDING'
  | 'NONCE_INVALID'
  | 'SEQUENCE_GAP'
  | 'LEASE_LOST'
  | 'R2_ATTEMPT_BLOCKED'
  | 'R5_OUT_OF_ORDER'
  | 'LESSON_ALREADY_COMPLETED'
  | 'CONSENT_REFUSED'
  | 'CONSENT_TEXT_UNKNOWN'
  | 'REFERENCE_FACE_MISSING'
  | 'NOT_ENROLLED'
  /* what people decide */
  | 'REVIEW_CLAIMED'
  | 'REVIEW_NOT_CLAIMED'
  | 'REVIEW_DECIDED'
  | 'REVIEW_CLOSED'
  /* evidence */
  | 'SESSION_OPEN'
  | 'EVIDENCE_PENDING'
  | 'LEGAL_HOLD'
  | 'LINK_INVALID'
  | 'MINOR_REFUSED'
  | 'REASON_REQUIRED'
  /* checks */
  | 'POPUP_UNKNOWN'
  | 'POPUP_WRONG_ANSWER'
  | 'SNAPSHOT_UNKNOWN'
  | 'LIVENESS_UNKNOWN'
  | 'LIVENESS_OUT_OF_ORDER'
  | 'FRAMES_IMPLAUSIBLE'
  | 'ALTERNATIVE_UNAVAILABLE'
  | 'TOO_LATE'
  /* images */
  | 'IMAGE_UNREADABLE'
  | 'IMAGE_TOO_LARGE'
  | 'IMAGE_TOO_SMALL'
  | 'FACE_ABSENT'
  | 'FACE_MULTIPLE'
  | 'FACE_TOO_SMALL'
  | 'FACE_TURNED'
  | 'FACE_TILTED'
  | 'MOUTH_OPEN'
  | 'EYES_CLOSED'
  | 'FACES_DIFFER'
  | 'TEMPLATE_FULL'
  | 'REVIEW_REFUSED'
  | 'IMAGE_DARK'
  | 'IMAGE_BRIGHT'
  | 'IMAGE_UNEVEN'
  | 'IMAGE_BLURRED';

export interface WireError {
  readonly code: ErrorCode;
  /** Plain words: what happened and what to do. Chinese. */
  readonly message: string;
}

/** Every client event is answered with one of these. */
export type Ack<T extends object = object> = ({ readonly ok: true } & T) | { readonly ok: false; readonly error: WireError };
