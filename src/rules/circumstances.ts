/** What is no rule of its own but bears on a session: how it was opened, consents, outages, review mode, screens, returns. */
import type { ConnectionJoined, SessionEvent, SessionOpened, WindowReported } from './event.js';
import type { Fact, FindingCode } from './finding.js';
import { finding } from './finding.js';
import { isWatched } from './ledger.js';
import type { LiveSession } from './state.js';
import type { HoldReason } from './types.js';

export interface Circumstances {
  /** The trainee consents to face checks and pictures; without it nothing is asked for and nothing earned. */
  readonly hasConsent: boolean;
  /** Watching again without credit: beats are not judged. */
  readonly isReviewing: boolean;
  readonly hasSeveralScreens: boolean;
}

interface Taken {
  readonly circumstances: Circumstances;
  readonly findings: readonly Fact[];
}

export const circumstancesOf = ({ consent }: SessionOpened): Circumstances => ({
  hasConsent: consent !== 'REFUSED',
  isReviewing: false,
  hasSeveralScreens: false,
});

/** What the opening itself says. */
export function openingFindings(opened: SessionOpened, seq: number): readonly Fact[] {
  const { at, video, lesson, syllabusVersion, currentSyllabusVersion, supersedes, attempt, isTwinDeclared, consent } = opened;
  const found = (code: FindingCode, detail: Fact['detail'] = {}): Fact => finding(code, at, seq, detail);
  const findings: Fact[] = [];
  if (supersedes !== undefined) findings.push(found('MAKEUP', { supersedes, attempt }));
  if (currentSyllabusVersion !== undefined && currentSyllabusVersion !== syllabusVersion) {
    findings.push(found('R5_SYLLABUS_CHANGED', { studiedVersion: syllabusVersion, currentVersion: currentSyllabusVersion }));
  }
  if (video?.isRequired === true && !video.approvedSha256s.includes(lesson.videoSha256)) {
    const code = video.approvedSha256s.length === 0 ? 'C11_VIDEO_NOT_APPROVED' : 'C11_VIDEO_CHANGED_AFTER_APPROVAL';
    findings.push(found(code, { videoSha256: lesson.videoSha256, approvalRef: video.approvalRef }));
  }
  if (isTwinDeclared === true) findings.push(found('R4_TWIN_DECLARED'));
  if (consent === 'REFUSED') findings.push(found('CONSENT_REFUSED'));
  return findings;
}

/** Takes one event; `state` is as it was before it, with the event's time and number. */
export function takeCircumstance(state: LiveSession, event: SessionEvent): Taken {
  const { circumstances, at, seq } = state;
  const only = (...findings: readonly Fact[]): Taken => ({ circumstances, findings });
  switch (event.type) {
    case 'connection.joined':
      return join(state, event);
    case 'window.reported':
      return takeReport(state, event);
    case 'server.outage': {
      const { fromAt, toAt, incidentId } = event;
      return only(finding('SERVER_UNAVAILABLE', at, seq, { incidentId, fromAt, toAt, lastedMs: toAt - fromAt }));
    }
    case 'consent.withdrawn':
      return {
        circumstances: { ...circumstances, hasConsent: false },
        findings: [finding('CONSENT_WITHDRAWN', at, seq, { purpose: event.purpose })],
      };
    case 'consent.given':
      return { circumstances: { ...circumstances, hasConsent: true }, findings: [] };
    case 'predecessor.voided':
      return only(finding('R5_PREDECESSOR_VOIDED', at, seq, { lessonId: event.lessonId, sessionId: event.sessionId }));
    default:
      return only();
  }
}

/** Without consent nothing is earned, unless people see who studies instead of a machine. */
export const circumstanceHolds = ({ circumstances, slices }: LiveSession): readonly HoldReason[] =>
  circumstances.hasConsent || slices.R4.asked === 'REFUSES_FACE' ? [] : ['CONSENT'];

function join(state: LiveSession, event: ConnectionJoined): Taken {
  const { circumstances, at, seq } = state;
  const isNews = event.screenExtended === true && !circumstances.hasSeveralScreens;
  return {
    circumstances: { ...circumstances, isReviewing: false, hasSeveralScreens: circumstances.hasSeveralScreens || isNews },
    findings: [...(isNews ? [finding('ENV_MULTI_SCREEN', at, seq)] : []), ...comeBack(state, event)],
  };
}

/** A page that was playing when it fell silent is back: the same one after a short drop, or a new one after a crash. */
function comeBack({ opened, place, ledger, isOffline, at, seq }: LiveSession, event: ConnectionJoined): readonly Fact[] {
  const { anchor } = ledger;
  if (place === null || anchor?.state !== 'PLAYING' || event.tookOverFrom !== null) return [];
  const silentMs = at - anchor.at;
  if (event.instanceId !== place.instanceId) return [finding('ABANDONED', at, seq, { silentMs, positionMs: anchor.positionMs })];
  const { offlineGraceMs, heartbeatMs } = opened.policy.network;
  // The line may have broken a whole heartbeat after the last word.
  const isBeyondGrace = isOffline || silentMs > offlineGraceMs + heartbeatMs;
  return isBeyondGrace || event.connectionId === place.connectionId ? [] : [finding('OFFLINE_GRACE', at, seq, { silentMs })];
}

/** Review mode begins only when there is nothing left to earn, and where the policy knows it. */
function takeReport(state: LiveSession, { kind }: WindowReported): Taken {
  const { circumstances, opened, ledger, at, seq } = state;
  const turn = (isReviewing: boolean, findings: readonly Fact[] = []): Taken => ({ circumstances: { ...circumstances, isReviewing }, findings });
  if (kind === 'REVIEW_MODE_OFF') return turn(false);
  const mayReview = opened.policy.playback.reviewModeFreeSpeed && isWatched(ledger, opened);
  if (kind !== 'REVIEW_MODE_ON' || !mayReview || circumstances.isReviewing) return { circumstances, findings: [] };
  return turn(true, [finding('REVIEW_MODE', at, seq)]);
}
