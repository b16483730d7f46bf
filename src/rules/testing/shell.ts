import type { Command, Want } from '../command.js';
import type { SessionEvent, SessionOpened } from '../event.js';
import type { Finding, FindingCode } from '../finding.js';
import type { ClosedSession, LiveSession, SessionState } from '../state.js';
import { nextDeadline, step, wants } from '../step.js';

export type Issued = Extract<SessionEvent, { readonly type: 'popup.issued' | 'snapshot.requested' | 'liveness.requested' }>;

/** More ticks than this in a row without anything else happening mean that the engine spins. */
const MAX_TICKS_IN_A_ROW = 40;

/** Plays the session runner: records events, issues what the engine wants, ticks at its deadlines. */
export class Shell {
  readonly journal: SessionEvent[] = [];
  state: SessionState = { status: 'unopened' };
  private issuedSoFar = 0;
  private ticksInARow = 0;

  constructor(
    opened: SessionOpened,
    /** What is sent to the client after each record. */
    private readonly tell: (issued: readonly Issued[], commands: readonly Command[]) => void,
    /** A want that a broken control would not serve is left unserved. */
    private readonly serves: (want: Want) => boolean = () => true,
  ) {
    this.record(opened);
  }

  get opened(): LiveSession | ClosedSession {
    if (this.state.status === 'unopened') throw new Error('the journal does not begin with session.opened');
    return this.state;
  }

  get findings(): readonly Finding[] {
    return this.opened.findings;
  }

  get codes(): readonly FindingCode[] {
    return this.findings.map(({ code }) => code);
  }

  get isClosed(): boolean {
    return this.state.status === 'closed';
  }

  /** Records an event and everything that follows from it at once, then tells the client. */
  record(event: SessionEvent): void {
    this.ticksInARow = event.type === 'clock.ticked' ? this.ticksInARow + 1 : 0;
    if (this.ticksInARow > MAX_TICKS_IN_A_ROW) throw new Error(`the engine spins: ${this.ticksInARow} ticks in a row up to ${event.at}`);
    const commands: Command[] = [];
    const issued: Issued[] = [];
    const queue: SessionEvent[] = [event];
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const result = step(this.state, next);
      this.state = result.state;
      this.journal.push(next);
      commands.push(...result.commands);
      if (queue.length > 0 || this.state.status !== 'live') continue;
      const more = wants(this.state).filter(this.serves).map((want) => this.issue(want));
      queue.push(...more);
      issued.push(...more);
      if (issued.length > 8) throw new Error(`the engine never stops asking: ${issued.map(({ type }) => type).join()}`);
    }
    this.tell(issued, commands);
  }

  /** Server time of the next tick, or null. */
  nextTickAt(): number | null {
    return nextDeadline(this.state);
  }

  private issue(want: Want): Issued {
    const { at } = this.opened;
    const id = `${want.type}-${(this.issuedSoFar += 1)}`;
    switch (want.type) {
      case 'popup.issue':
        return {
          type: 'popup.issued', at, popupId: id, index: want.index, kind: 'NUMBER', prompt: { zh: '请输入图中数字', en: 'Type the digits' },
          options: null, expected: String(1000 + this.issuedSoFar), pictureSeed: this.issuedSoFar,
        };
      case 'snapshot.request':
        return { type: 'snapshot.requested', at, snapshotId: id, index: want.index, part: want.part, isRetry: want.isRetry, nonce: id };
      case 'liveness.request':
        return {
          type: 'liveness.requested', at, checkId: id, reason: want.reason, part: want.part, attempt: want.attempt,
          demand: want.demand, nonce: id,
        };
    }
  }
}
