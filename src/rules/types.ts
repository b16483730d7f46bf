/** The rules of clause 二(四)20(3). 等 leaves the list open: a policy may add others. */
export type RuleId = `R${number}`;

/** Why credit stands still. */
export type HoldReason = 'FACE_CHECK' | 'POPUP' | 'POPUP_MISSED' | 'SNAPSHOT_RETRY' | 'WINDOW' | 'LEASE' | 'OFFLINE' | 'CAMERA' | 'ALTERNATIVE' | 'CONSENT';

export type SessionVerdict = 'VALID' | 'INVALID' | 'NOT_RECOGNISED' | 'INCOMPLETE' | 'PENDING_REVIEW';
