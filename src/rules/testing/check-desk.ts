import type { LivenessAct } from '../event.js';
import type { LiveSession } from '../state.js';
import { burst, type Burst, measured } from './faces.js';
import type { Network } from './network.js';
import type { Issued, Shell } from './shell.js';
import type { Timeline } from './timeline.js';
import type { Trainee } from './trainee.js';

const ACTS: readonly LivenessAct[] = ['OPEN_MOUTH', 'TURN_LEFT', 'NOD', 'TURN_RIGHT', 'BLINK'];

/** Shows the server's checks to the trainee, brings back what the trainee does, and judges it as the workers would. */
export class CheckDesk {
  private openPopupId: string | null = null;

  constructor(
    private readonly timeline: Timeline,
    private readonly network: Network,
    private readonly shell: () => Shell,
    private readonly trainee: Trainee,
  ) {}

  serve(event: Issued): void {
    switch (event.type) {
      case 'popup.issued':
        return this.servePopup(event.popupId, event.expected);
      case 'snapshot.requested':
        return this.serveSnapshot(event.snapshotId);
      case 'liveness.requested':
        return this.serveLiveness(event);
    }
  }

  /** The page is gone, and with it what it showed. */
  close(): void {
    this.openPopupId = null;
  }

  private servePopup(popupId: string, expected: string): void {
    this.openPopupId = popupId;
    const answer = this.trainee.answers(expected);
    if (answer === null) return;
    this.timeline.after(this.trainee.popupDelayMs(), () => {
      if (this.openPopupId !== popupId) return;
      this.network.up(() => {
        const { open } = this.shell().opened.slices.R3;
        const at = Math.round(this.timeline.now);
        if (open?.popupId !== popupId || at > open.deadlineAt) return;
        this.shell().record({ type: 'popup.answered', at, popupId, answer, elapsedMs: 4_000, trusted: this.trainee.isTrusted });
        if (this.shell().opened.slices.R3.open?.popupId === popupId) this.servePopup(popupId, expected);
      });
    });
  }

  private serveSnapshot(snapshotId: string): void {
    const picture = this.trainee.poses();
    if (picture === null) return;
    const isOpen = (): boolean => this.shell().opened.slices.R6.open?.snapshotId === snapshotId;
    this.timeline.after(400, () =>
      this.network.up(() => {
        if (!isOpen() || this.shell().opened.slices.R6.open?.isReceived === true) return;
        const isSent = picture !== 'NO_IMAGE';
        this.shell().record({ type: 'snapshot.received', at: Math.round(this.timeline.now), snapshotId, digest: isSent ? 'e'.repeat(64) : null, bytes: isSent ? 40_000 : 0 });
        if (!isSent) return;
        this.timeline.after(this.trainee.judgingMs, () => {
          if (!isOpen()) return;
          const at = Math.round(this.timeline.now);
          if (this.trainee.isFaceServiceDown) this.shell().record({ type: 'check.failed', at, checkId: snapshotId, reason: 'NOT_JUDGED' });
          else this.shell().record({ type: 'snapshot.judged', at, snapshotId, measurement: measured(picture), imageId: `image-${snapshotId}`, engine: 'test' });
        });
      }),
    );
  }

  private serveLiveness({ checkId, demand }: Extract<Issued, { readonly type: 'liveness.requested' }>): void {
    const shown = this.trainee.faces();
    if (shown === null || demand === undefined) return;
    const acts = Array.from({ length: demand.acts }, (_, index) => ACTS[(index + checkId.length) % ACTS.length]!);
    this.timeline.after(this.trainee.livenessMs - acts.length * this.trainee.actMs, () => this.sendBurst(checkId, shown, acts, 0));
  }

  /** Sends the frames of one step; the server tells the next act, or judges them all. */
  private sendBurst(checkId: string, shown: Burst, acts: readonly LivenessAct[], step: number): void {
    const openCheck = (): LiveSession['slices']['R4']['open'] => {
      const { open } = this.shell().opened.slices.R4;
      return open?.checkId === checkId ? open : null;
    };
    this.network.up(() => {
      const at = Math.round(this.timeline.now);
      const open = openCheck();
      if (open === null || open.isReceived || open.step !== step || at > open.deadlineAt) return;
      const act = acts[step];
      if (act !== undefined) {
        this.shell().record({ type: 'liveness.prompted', at, checkId, step: step + 1, act, nonce: `${checkId}-${step + 1}` });
        if (this.trainee.actsShown > step) this.timeline.after(this.trainee.actMs, () => this.sendBurst(checkId, shown, acts, step + 1));
        return;
      }
      this.shell().record({ type: 'liveness.received', at, checkId, frames: 60, digest: 'f'.repeat(64) });
      this.timeline.after(this.trainee.judgingMs, () => {
        if (openCheck() === null) return;
        const judgedAt = Math.round(this.timeline.now);
        if (this.trainee.isFaceServiceDown) this.shell().record({ type: 'check.failed', at: judgedAt, checkId, reason: 'NOT_JUDGED' });
        else this.shell().record({ type: 'liveness.judged', at: judgedAt, checkId, measurement: burst(shown, acts), imageId: `image-${checkId}`, engine: 'test' });
      });
    });
  }
}
