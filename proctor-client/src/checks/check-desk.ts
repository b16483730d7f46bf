import type { HoldReason, Joined, LivenessFrame, LivenessRequest, PopupShow, SnapshotRequest } from '@xuejian/protocol';
import type { Clock } from '../clock.js';
import type { StudyConnection } from '../connection/study-connection.js';
import type { CameraSensor } from '../sensors/camera.js';
import type { AnswerOutcome, ProctorView } from '../ui/view.js';
import { runLiveness, type LivenessStep } from './liveness-run.js';

const SNAPSHOT = { maxHeight: 480, quality: 0.85 };
const LIVENESS_FRAME = { maxHeight: 240, quality: 0.7 };
/** A burst or a picture on a slow line. */
const UPLOAD_TIMEOUT_MS = 20_000;

export interface CheckDeskParts {
  readonly clock: Clock;
  readonly connection: Pick<StudyConnection, 'request'>;
  readonly camera: Pick<CameraSensor, 'capture'>;
  readonly view: ProctorView;
  readonly onPopup: (popup: PopupShow) => void;
  readonly onLiveness: (request: LivenessRequest) => void;
  readonly onStep: (step: LivenessStep) => void;
}

/** Serves the server's checks: shows popups, takes snapshots without a cue, runs liveness challenges. */
export class CheckDesk {
  #popup: { readonly show: PopupShow; readonly shownAt: number } | null = null;
  #liveness: LivenessRequest | null = null;
  #isRunning = false;
  /** A burst whose delivery was cut off, to be sent again after the reconnect. */
  #burst: readonly LivenessFrame[] | null = null;

  constructor(private readonly parts: CheckDeskParts) {}

  /** The server shows an open popup again after each join: the one already on the page stays as it is. */
  showPopup(popup: PopupShow): void {
    if (this.#popup?.show.popupId === popup.popupId) return;
    this.#popup = { show: popup, shownAt: this.parts.clock.mono() };
    this.parts.view.popup(popup);
    this.parts.onPopup(popup);
  }

  closePopup(): void {
    if (!this.#popup) return;
    this.#popup = null;
    this.parts.view.popup(null);
  }

  /** A dialog whose hold is gone is answered, passed or over. */
  closeUnlessHeld(reasons: readonly HoldReason[]): void {
    if (!reasons.includes('POPUP')) this.closePopup();
    if (!reasons.includes('FACE_CHECK')) this.closeLiveness();
  }

  async answerPopup(answer: string, trusted: boolean): Promise<AnswerOutcome> {
    const open = this.#popup;
    if (!open) return 'LATE';
    try {
      const elapsedMs = this.parts.clock.mono() - open.shownAt;
      const reply = await this.parts.connection.request('popup.answer', { popupId: open.show.popupId, answer, elapsedMs, trusted });
      if (!reply.ok) return reply.error.code === 'POPUP_WRONG_ANSWER' ? 'WRONG' : lateOrFailed(reply.error.code);
      if (this.#popup === open) this.closePopup();
      return 'ACCEPTED';
    } catch {
      return 'FAILED';
    }
  }

  /** What still waits for this trainee after a join. */
  restore({ popup, liveness, snapshot }: Joined['pending']): void {
    if (popup) this.showPopup(popup);
    if (liveness) this.askLiveness(liveness);
    if (snapshot) void this.takeSnapshot(snapshot);
  }

  async takeSnapshot(request: SnapshotRequest): Promise<void> {
    const image = await this.parts.camera.capture(SNAPSHOT.maxHeight, SNAPSHOT.quality).catch(() => null);
    await this.parts.connection
      .request('snapshot.submit', { snapshotId: request.snapshotId, nonce: request.nonce, image }, UPLOAD_TIMEOUT_MS)
      // A request that is still open comes again with the next join.
      .catch(() => undefined);
  }

  /** Opens a check, or, when the server asks again after a join, goes on where it stood. */
  askLiveness(request: LivenessRequest): void {
    const isSame = this.#liveness?.checkId === request.checkId;
    this.#liveness = request;
    const burst = this.#burst;
    this.#burst = null;
    if (isSame && burst) void this.#submit(request, burst);
    if (isSame) return;
    this.#isRunning = false;
    this.parts.view.liveness(request);
    this.parts.onLiveness(request);
  }

  closeLiveness(): void {
    if (!this.#liveness) return;
    this.#liveness = null;
    this.#burst = null;
    this.#isRunning = false;
    this.parts.view.liveness(null);
  }

  beginLiveness(): void {
    if (this.#liveness && !this.#isRunning) void this.#run(this.#liveness);
  }

  async #run(request: LivenessRequest): Promise<void> {
    const { clock, camera, view } = this.parts;
    this.#isRunning = true;
    const isCurrent = (): boolean => this.#isRunning && this.#liveness?.checkId === request.checkId;
    const frames = await runLiveness(request, {
      clock,
      capture: () => camera.capture(LIVENESS_FRAME.maxHeight, LIVENESS_FRAME.quality).catch(() => null),
      onStep: (step) => {
        view.livenessStep(step);
        this.parts.onStep(step);
      },
      isCancelled: () => !isCurrent(),
    });
    if (!isCurrent()) return;
    this.#isRunning = false;
    view.livenessSent(frames.length > 0);
    if (frames.length > 0) await this.#submit(this.#liveness ?? request, frames);
  }

  async #submit(request: LivenessRequest, frames: readonly LivenessFrame[]): Promise<void> {
    const { checkId, nonce } = request;
    const isCurrent = (): boolean => this.#liveness?.checkId === checkId;
    try {
      const reply = await this.parts.connection.request('liveness.submit', { checkId, nonce, frames }, UPLOAD_TIMEOUT_MS);
      // Not taken: the trainee may begin again while the server still waits for this check.
      if (!reply.ok && isCurrent()) this.parts.view.liveness(this.#liveness);
    } catch {
      if (isCurrent()) this.#burst = frames;
    }
  }
}

const lateOrFailed = (code: string): AnswerOutcome =>
  code === 'TOO_LATE' || code === 'POPUP_UNKNOWN' || code === 'SESSION_CLOSED' ? 'LATE' : 'FAILED';
