/**
 * Facts from outside the lesson: what people decide, what becomes of the evidence, what our own side owes.
 * The server records each; none is a client's claim.
 */

/** Nobody on our side could hear the session. Times are server time, ms. */
export interface ServerOutage {
  readonly type: 'server.outage';
  readonly at: number;
  readonly fromAt: number;
  readonly toAt: number;
  /** The same for every session that the outage met. */
  readonly incidentId: string;
}

export type ConsentPurpose = 'FACE_VERIFICATION' | 'SNAPSHOT_RETENTION';

/** PIPL 15: what was done before stands; nothing that needs the consent happens from now on. */
export interface ConsentWithdrawn {
  readonly type: 'consent.withdrawn';
  readonly at: number;
  readonly purpose: ConsentPurpose;
}

export interface ConsentGiven {
  readonly type: 'consent.given';
  readonly at: number;
  readonly purpose: ConsentPurpose;
}

/** Ways to show who is studying for people whom the face check fails (办法 art. 10). */
export type AlternativeKind = 'HUMAN_VIDEO_CHECK' | 'IN_PERSON';

/** Authorised staff take over the check of who is studying. */
export interface AlternativeOpened {
  readonly type: 'alternative.opened';
  readonly at: number;
  readonly kind: AlternativeKind;
  /** Account of the staff member; no name enters the journal. */
  readonly by: string;
}

export interface AlternativeDecided {
  readonly type: 'alternative.decided';
  readonly at: number;
  readonly kind: AlternativeKind;
  readonly by: string;
  readonly outcome: 'CONFIRMED' | 'NOT_CONFIRMED';
  /** Record of the question that was put, and the photo taken if the trainee consented to one. */
  readonly questionRef: string;
  readonly photoImageId: string | null;
}

/**
 * A named reviewer decided about a closed session: what was found stands, does not stand, or another person studied.
 * An impostor voids more than this session and therefore takes a second, different reviewer.
 */
export interface ReviewDecided {
  readonly type: 'review.decided';
  readonly at: number;
  readonly by: string;
  readonly secondBy: string | null;
  readonly outcome: 'UPHELD' | 'OVERTURNED' | 'IMPOSTOR_CONFIRMED';
  readonly reasonCode: string;
  /** SHA-256 of the written reasons. */
  readonly textSha256: string;
  /** Journal entry that shows the other person; `null`: all of the session is disputed. */
  readonly disputedSeq: number | null;
}

/** A lesson before this one lost its credit after this one had been studied. */
export interface PredecessorVoided {
  readonly type: 'predecessor.voided';
  readonly at: number;
  readonly lessonId: string;
  readonly sessionId: string;
}

/** A picture that was kept could not be retrieved when the session was evaluated. */
export interface EvidenceMissing {
  readonly type: 'evidence.missing';
  readonly at: number;
  readonly snapshotId: string;
  readonly imageId: string;
  /** The journal and the trainee's side still hold the receipt of its digest. */
  readonly hasReceipt: boolean;
}

export type OutsideEvent =
  | ServerOutage
  | ConsentWithdrawn
  | ConsentGiven
  | AlternativeOpened
  | AlternativeDecided
  | ReviewDecided
  | PredecessorVoided
  | EvidenceMissing;
