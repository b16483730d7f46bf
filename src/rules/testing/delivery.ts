import type { SessionEvent } from '../event.js';
import { unopened, type SessionState } from '../state.js';
import { canFinish, step } from '../step.js';
import type { Random } from './random.js';

/** Entries that stand for a message of the client; the shell writes all others itself. */
type Message = Extract<SessionEvent, { readonly type: 'beat.received' | 'window.reported' | 'popup.answered' | 'snapshot.received' | 'liveness.received' | 'finish.requested' }>;
const MESSAGES: ReadonlySet<SessionEvent['type']> = new Set<Message['type']>([
  'beat.received', 'window.reported', 'popup.answered', 'snapshot.received', 'liveness.received', 'finish.requested',
]);
const isMessage = (event: SessionEvent): event is Message => MESSAGES.has(event.type);

/** Refused beats of one connection that the shell writes down. */
const MAX_RECORDED_REFUSALS = 20;

/** The shell's door, as `session-inbox.ts` keeps it: what of a client's messages gets into the journal. */
export class Door {
  state: SessionState = unopened;
  readonly journal: SessionEvent[] = [];
  private lastSeq = 0;
  private readonly refusals = new Map<string, number>();

  record(event: SessionEvent): void {
    this.state = step(this.state, event).state;
    this.journal.push(event);
    if (event.type === 'beat.received') this.lastSeq = event.seq;
  }

  deliver(message: Message): void {
    if (this.state.status !== 'live') return;
    const { R3, R4, R6 } = this.state.slices;
    switch (message.type) {
      case 'beat.received':
        return this.beat(message);
      case 'popup.answered':
        return this.recordIf(message, R3.open?.popupId === message.popupId && message.at <= R3.open.deadlineAt);
      case 'snapshot.received':
        return this.recordIf(message, R6.open?.snapshotId === message.snapshotId && !R6.open.isReceived && message.at <= R6.open.deadlineAt);
      case 'liveness.received':
        return this.recordIf(message, R4.open?.checkId === message.checkId && !R4.open.isReceived && message.at <= R4.open.deadlineAt);
      case 'finish.requested':
        return this.recordIf(message, canFinish(this.state));
      case 'window.reported':
        return this.record(message);
    }
  }

  private recordIf(message: Message, isTaken: boolean): void {
    if (isTaken) this.record(message);
  }

  /** A beat that was taken before is acknowledged again; one that comes too early is refused until its turn. */
  private beat(message: Extract<Message, { readonly type: 'beat.received' }>): void {
    if (message.seq === this.lastSeq + 1) return this.record(message);
    if (message.seq <= this.lastSeq) return;
    const count = this.refusals.get(message.connectionId) ?? 0;
    this.refusals.set(message.connectionId, count + 1);
    if (count >= MAX_RECORDED_REFUSALS) return;
    this.record({ type: 'beat.refused', at: message.at, connectionId: message.connectionId, reason: 'SEQUENCE_GAP', state: message.state });
  }
}

/**
 * Delivers a journal's messages anew over a line that repeats and overtakes: any message comes again at once, a beat or
 * an answer also much later, and a beat may arrive before the one that goes before it, to be sent again in its turn.
 */
export function redeliver(journal: readonly SessionEvent[], random: Random): Door {
  const door = new Door();
  const stale: Message[] = [];
  journal.forEach((event, index) => {
    const overtaking = random() < 0.1 ? journal.slice(index + 1, index + 8).find((later) => later.type === 'beat.received') : undefined;
    if (overtaking?.type === 'beat.received' && event.type === 'beat.received') door.deliver({ ...overtaking, at: event.at, connectionId: event.connectionId });
    if (!isMessage(event)) return door.record(event);
    door.deliver(event);
    if (random() < 0.25) door.deliver(event);
    if (event.type !== 'window.reported' && random() < 0.25) stale.push(event);
    const old = random() < 0.2 ? stale.shift() : undefined;
    if (old !== undefined) door.deliver({ ...old, at: event.at });
  });
  return door;
}
