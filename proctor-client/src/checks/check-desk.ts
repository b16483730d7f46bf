import type { HoldReason, Joined, LivenessRequest, PopupShow, SnapshotRequest } from '@xuejian/protocol';
import type { Clock } from '../clock.js';
import type { StudyConnection } from '../connection/study-connection.js';
import type { CameraSensor } from '../sensors/camera.js';
import type { AnswerOutcome, ProctorView } from '../ui/view.js';
import type { LivenessStep } from './liveness-run.js';
import { LivenessRunner } from './liveness-runner.js';

const SNAPSHOT = { shortSide: 480, quality: 0.85 };
const LIVENESS_FRAME = { shortSide: 240, quality: 0.7 };
/** A picture on a slow line. */
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
  readonly #liveness: LivenessRunner;

  constructor(private readonly parts: CheckDeskParts) {
    const { clock, connection, camera, view, onStep } = parts;
    const capture = (): Promise<Uint8Array | null> => camera.capture(LIVENESS_FRAME.shortSide, LIVENESS_FRAME.quality).catch(() => null);
    this.#liveness = new LivenessRunner({ clock, connection, capture, view, onStep });
  }

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
    if (!reasons.includes('FACE_CHECK')) this.#liveness.close();
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
    const image = await this.parts.camera.capture(SNAPSHOT.shortSide, SNAPSHOT.quality).catch(() => null);
    await this.parts.connection
      .request('snapshot.submit', { snapshotId: request.snapshotId, nonce: request.nonce, image }, UPLOAD_TIMEOUT_MS)
      // A request that is still open comes again with the next join.
      .catch(() => undefined);
  }

  askLiveness(request: LivenessRequest): void {
    if (this.#liveness.open(request)) this.parts.onLiveness(request);
  }

  beginLiveness(): void {
    this.#liveness.begin();
  }
}

const lateOrFailed = (code: string): AnswerOutcome =>
  code === 'TOO_LATE' || code === 'POPUP_UNKNOWN' || code === 'SESSION_CLOSED' ? 'LATE' : 'FAILED';
