import type { HoldReason } from '@xuejian/protocol';
import { HoldBook } from './hold-book.js';
import type { HoldChange } from './options.js';
import type { PlaybackSensor } from './sensors/playback.js';
import type { NoticeReason } from './ui/texts.js';
import type { ProctorView } from './ui/view.js';

/** Where this page stands towards the trainee's one place of study. */
export type Place = 'JOINING' | 'HELD_HERE' | 'TAKEN' | 'OVER';

export interface PlayGateParts {
  readonly playback: Pick<PlaybackSensor, 'hold' | 'release' | 'positionMs'>;
  readonly view: Pick<ProctorView, 'notice'>;
  /** False while beats are on their way: the server's position is then behind ours and no reason to go back. */
  readonly isSettled: () => boolean;
  /** After every change, with the reasons now in force. */
  readonly onReasons: (reasons: readonly HoldReason[]) => void;
  readonly onHold: (change: HoldChange) => void;
  readonly onRelease: (positionMs: number) => void;
}

/** Puts the sum of all reasons into effect: play is held or released, and the trainee reads why. */
export class PlayGate {
  readonly #holds = new HoldBook();
  #place: Place = 'JOINING';
  #isHeld = true;
  #announced = '';
  #override: NoticeReason | null = null;
  #needsClick = false;

  constructor(private readonly parts: PlayGateParts) {}

  get place(): Place {
    return this.#place;
  }

  enter(place: Place, notice: NoticeReason | null = null): void {
    this.#place = place;
    this.#override = notice;
    if (place === 'TAKEN' || place === 'OVER') this.#holds.setServer([]);
    this.apply(null);
  }

  /** Shows something that is not a hold, or takes it away. */
  override(notice: NoticeReason | null): void {
    this.#override = notice;
    this.#showNotice();
  }

  /** The browser wants a click before it plays. */
  needsClick(needsClick: boolean): void {
    if (this.#needsClick === needsClick) return;
    this.#needsClick = needsClick;
    this.#showNotice();
  }

  isHeldFor(reason: HoldReason): boolean {
    return this.#holds.reasons.includes(reason);
  }

  /** The server's reasons. `positionMs`: where play goes on according to it. */
  server(reasons: readonly HoldReason[], positionMs: number | null): void {
    this.#holds.setServer(reasons);
    this.apply(positionMs);
  }

  /** One more reason of the server, known before its hold arrives. */
  serverAlso(reason: HoldReason): void {
    this.#holds.addServer(reason);
    this.apply(null);
  }

  /** A reason that this page knows before the server does. */
  local(reason: HoldReason, isHeld: boolean): void {
    this.#holds.setLocal(reason, isHeld);
    this.apply(null);
  }

  apply(positionMs: number | null): void {
    const { playback, onReasons, onHold, onRelease, isSettled } = this.parts;
    const reasons = this.#holds.reasons;
    onReasons(reasons);
    const wasHeld = this.#isHeld;
    this.#isHeld = this.#place !== 'HELD_HERE' || this.#holds.isHeld;
    const settledMs = wasHeld && isSettled() ? positionMs : null;
    if (this.#isHeld) {
      playback.hold(settledMs);
      if (this.#place === 'HELD_HERE' && this.#announced !== reasons.join()) onHold({ holds: reasons, positionMs });
    } else if (wasHeld) {
      playback.release(settledMs);
      onRelease(playback.positionMs);
    }
    this.#announced = reasons.join();
    this.#showNotice();
  }

  #showNotice(): void {
    const first = this.#place === 'HELD_HERE' ? (this.#holds.reasons[0] ?? null) : 'CONNECTING';
    this.parts.view.notice(this.#override ?? first ?? (this.#needsClick ? 'CLICK_TO_PLAY' : null));
  }
}
