import type { AlternativeReason } from '@xuejian/protocol';
import type { StudyConnection } from './connection/study-connection.js';

/** Remembers that the trainee asked for people until the server has heard it. */
export class PeopleRequest {
  #reason: AlternativeReason | null = null;

  constructor(private readonly connection: Pick<StudyConnection, 'request'>) {}

  async ask(reason: AlternativeReason): Promise<void> {
    this.#reason = reason;
    await this.tell();
  }

  /** Also after each join: a request that was cut off is made again. */
  async tell(): Promise<void> {
    if (this.#reason === null) return;
    try {
      await this.connection.request('alternative.request', { reason: this.#reason });
      this.#reason = null;
    } catch {
      // Not connected: the next join tells it.
    }
  }
}
