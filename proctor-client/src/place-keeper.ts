import type { StudyConnection } from './connection/study-connection.js';
import { ProctorError, type ProctorOptions } from './options.js';
import type { PlayGate } from './play-gate.js';
import type { SecondTab } from './sensors/second-tab.js';

export interface PlaceKeeperParts {
  readonly reopen: ProctorOptions['reopen'];
  readonly connection: Pick<StudyConnection, 'open' | 'block'>;
  readonly gate: Pick<PlayGate, 'enter' | 'place'>;
  readonly secondTab: Pick<SecondTab, 'setLive' | 'take'>;
  readonly onTaken: (message: string) => void;
  readonly onError: (error: ProctorError) => void;
}

/** One place of study at a time: lets go when another one is live, and takes over only when the trainee says so. */
export class PlaceKeeper {
  #isTakingOver = false;

  constructor(private readonly parts: PlaceKeeperParts) {}

  async takeOver(): Promise<void> {
    const { gate, reopen, connection, onError } = this.parts;
    if (gate.place === 'OVER') return;
    gate.enter('JOINING');
    this.#isTakingOver = true;
    try {
      connection.open(true, await reopen?.());
    } catch (cause) {
      gate.enter('TAKEN', 'PLACE_TAKEN');
      onError(new ProctorError('REOPEN_FAILED', cause instanceof Error ? cause.message : String(cause)));
    }
  }

  /** This page holds the place now. */
  held(): void {
    const { secondTab } = this.parts;
    secondTab.setLive(true);
    if (this.#isTakingOver) secondTab.take();
    this.#isTakingOver = false;
  }

  taken(message: string): void {
    const { connection, secondTab, gate, onTaken } = this.parts;
    connection.block();
    secondTab.setLive(false);
    gate.enter('TAKEN', 'PLACE_TAKEN');
    onTaken(message);
  }
}
