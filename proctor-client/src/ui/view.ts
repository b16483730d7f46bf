import type { AlternativeReason, LivenessRequest, PopupShow, SessionClosed, SessionProgress } from '@xuejian/protocol';
import type { LivenessStep } from '../checks/liveness-run.js';
import type { NoticeReason } from './texts.js';

/** How an answer to a popup went. */
export type AnswerOutcome = 'ACCEPTED' | 'WRONG' | 'LATE' | 'FAILED';

/** After a step: its frames are on their way; all frames are there and are judged; the step has to be done again. */
export type LivenessState = 'SENDING' | 'JUDGING' | 'AGAIN';

/** What the trainee can do in the view. */
export interface ViewActions {
  answerPopup(answer: string, trusted: boolean): Promise<AnswerOutcome>;
  beginLiveness(): void;
  /** People shall see who studies, because the machine cannot. */
  requestAlternative(reason: AlternativeReason): Promise<void>;
  /** Back after a missed popup, or a click that the browser wants before it plays. */
  resume(): void;
  continueHere(): void;
  retryCamera(): void;
}

/** What the trainee sees. The SDK's own is `ShadowView`; `headless` uses none. */
export interface ProctorView {
  progress(progress: SessionProgress): void;
  /** Time credited so far, ms: known with every beat, more often than the progress is pushed. */
  credited(creditedMs: number): void;
  /** The most important reason why play is held, or null while it may play. */
  notice(reason: NoticeReason | null): void;
  camera(stream: MediaStream | null): void;
  popup(popup: PopupShow | null): void;
  /** A request opens the dialog; `null` closes it. */
  liveness(request: LivenessRequest | null): void;
  livenessStep(step: LivenessStep): void;
  livenessState(state: LivenessState): void;
  closed(closed: SessionClosed): void;
  /** A refusal that ends the session here, in the server's words. */
  failed(message: string): void;
  destroy(): void;
}

const nothing = (): void => undefined;

export const HEADLESS_VIEW: ProctorView = {
  progress: nothing,
  credited: nothing,
  notice: nothing,
  camera: nothing,
  popup: nothing,
  liveness: nothing,
  livenessStep: nothing,
  livenessState: nothing,
  closed: nothing,
  failed: nothing,
  destroy: nothing,
};
