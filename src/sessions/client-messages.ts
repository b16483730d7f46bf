/** What the client is told: pure translations of state and events into wire messages. */
import type { ClientPolicy, Joined, LivenessPrompt, LivenessRequest, PopupShow, SessionClosed, SessionProgress, SnapshotRequest } from '@xuejian/protocol';
import { drawDigits } from '../checks/popup-challenge.js';
import { endsSession } from '../rules/effects.js';
import type { LivenessPrompted, LivenessRequested, PopupIssued, SnapshotRequested } from '../rules/event.js';
import { actWindowMs } from '../rules/face-check.js';
import { FINDING_KINDS, type FindingCode } from '../rules/finding.js';
import type { Policy } from '../rules/policy.js';
import type { ClosedSession, LiveSession, SessionState } from '../rules/state.js';
import { failureOf } from '../rules/verdict.js';
import { viewOf } from '../rules/view.js';

/** What was asked of the trainee, as the journal has it. */
export type CheckRequest = SnapshotRequested | LivenessRequested | PopupIssued;

export function progressOf(state: SessionState): SessionProgress {
  const view = viewOf(state);
  if (view === null) throw new Error('a session that is not opened has no progress');
  return view;
}

export function clientPolicyOf(policy: Policy, isAccessible: boolean): ClientPolicy {
  return {
    id: policy.id,
    version: policy.version,
    maxRate: policy.playback.maxRate,
    heartbeatMs: policy.network.heartbeatMs,
    offlineGraceMs: policy.network.offlineGraceMs,
    popupTimeoutMs: isAccessible ? policy.popup.accessibleTimeoutMs : policy.popup.responseTimeoutMs,
    pauseWhenHidden: policy.visibility.onHidden === 'PAUSE',
  };
}

export function popupShowOf(event: PopupIssued, policy: Policy, isAccessible: boolean): PopupShow {
  return {
    popupId: event.popupId,
    kind: event.kind,
    prompt: event.prompt,
    imageSvg: event.kind === 'NUMBER' ? drawDigits(event.expected, event.pictureSeed) : null,
    options: event.options,
    timeoutMs: clientPolicyOf(policy, isAccessible).popupTimeoutMs,
  };
}

export function snapshotRequestOf(event: SnapshotRequested, policy: Policy): SnapshotRequest {
  const timeoutMs = event.isRetry ? policy.snapshot.retryWindowMs : policy.snapshot.maxDelayMs;
  return { snapshotId: event.snapshotId, nonce: event.nonce, timeoutMs, isRetry: event.isRetry };
}

export function livenessRequestOf(event: LivenessRequested, state: LiveSession | ClosedSession): LivenessRequest {
  const { policy } = state.opened;
  const { face } = policy;
  const { demand = state.slices.R4.demand } = event;
  return {
    checkId: event.checkId,
    nonce: event.nonce,
    reason: event.reason,
    variant: demand.variant,
    acts: demand.acts,
    actWindowMs: actWindowMs(demand, policy),
    framesPerSecond: face.framesPerSecond,
    timeoutMs: face.responseTimeoutMs,
    transferMs: face.transferMs,
    attempt: event.attempt,
    attempts: face.lockoutAfter,
    lastFailure: state.slices.R4.lastFailure,
  };
}

/** One act, and no word of those after it. */
export const promptOf = ({ step, act, nonce }: LivenessPrompted): LivenessPrompt => ({ step, act, nonce });

/** Checks that wait for the trainee, for a place that has just joined. */
export function pendingOf(state: LiveSession | ClosedSession, requestOf: (id: string) => CheckRequest | undefined): Joined['pending'] {
  const { policy, isAccessible } = state.opened;
  const { R3, R4, R6 } = state.slices;
  const popup = R3.open === null ? undefined : requestOf(R3.open.popupId);
  const liveness = R4.open === null || R4.open.isReceived ? undefined : requestOf(R4.open.checkId);
  const snapshot = R6.open === null || R6.open.isReceived ? undefined : requestOf(R6.open.snapshotId);
  return {
    popup: popup?.type === 'popup.issued' ? popupShowOf(popup, policy, isAccessible) : null,
    liveness: liveness?.type === 'liveness.requested' ? livenessRequestOf(liveness, state) : null,
    snapshot: snapshot?.type === 'snapshot.requested' ? snapshotRequestOf(snapshot, policy) : null,
  };
}

const VALID = { zh: '本节学习有效，全部监管检查均已通过。', en: 'This lesson counts: every check has passed.' };
const REVIEW = { zh: '本节学习已完成，等待人工复核。', en: 'The lesson is done and waits for a human review.' };
const IDLE = { zh: '长时间未学习，学习已挂起，进度已保存，可随时继续。', en: 'Put aside after a long pause. Your progress is kept: you can go on at any time.' };
const TAKEN_OVER = { zh: '学习已在另一窗口或设备上继续，本窗口已停止。', en: 'Study goes on in another window or device; this one has stopped.' };

const TAKE_AGAIN = { zh: '您可以重新学习本节；', en: 'You can take the lesson again.' };
const PLATFORM_FIRST = { zh: '这不是您的过失，请联系学习平台；', en: 'This is not your doing: please contact the platform.' };

/** The end of a session; with it the secret of its schedule is revealed (hex). */
export function closedByVerdict(state: ClosedSession, seed: string): SessionClosed {
  const { sessionId } = state.opened;
  const failed = failureOf(state);
  if (failed === null) {
    return { reason: 'VERDICT', verdict: state.verdict, rule: null, code: null, message: state.verdict === 'VALID' ? VALID : REVIEW, sessionId, seed };
  }
  const { zh, en } = FINDING_KINDS[failed.code];
  const result = state.verdict === 'INVALID' ? { zh: '无效', en: 'invalid' } : { zh: '不予认可', en: 'not recognised' };
  // A control that was off is the platform's to put right before a new attempt makes sense.
  const next = endsSession(failed) || failed.effect === 'INVALIDATE_CLASS_HOUR' ? TAKE_AGAIN : PLATFORM_FIRST;
  const message = {
    zh: `本次学习${result.zh}：${zh}。${next.zh}如有异议，可申请人工复核。`,
    en: `This session is ${result.en}: ${en}. ${next.en} You may object and ask for a human review.`,
  };
  return { reason: 'VERDICT', verdict: state.verdict, rule: failed.rule, code: failed.code, message, sessionId, seed };
}

export const closedByIdleness = (sessionId: string): SessionClosed => ({ reason: 'IDLE', verdict: 'INCOMPLETE', rule: null, code: 'IDLE_CLOSED', message: IDLE, sessionId, seed: null });

export const closedByTakeover = (sessionId: string): SessionClosed => ({
  reason: 'TAKEN_OVER', verdict: 'INCOMPLETE', rule: 'R2', code: 'LEASE_TRANSFERRED', message: TAKEN_OVER, sessionId, seed: null,
});

/** What a session still lacks, in plain words. */
export function missingWords(codes: readonly FindingCode[]): string {
  return codes.map((code) => FINDING_KINDS[code].zh).join('；');
}
