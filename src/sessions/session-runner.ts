import { randomUUID, randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { Logger } from '@nestjs/common';
import type { ServerToClientEvents } from '@xuejian/protocol';
import { drawPopupChallenge } from '../checks/popup-challenge.js';
import { Problem } from '../common/problem.js';
import { chainEntries, GENESIS_HASH } from '../evidence/proof/chain.js';
import { owedToPeople } from '../review/owed.js';
import type { Command, Want } from '../rules/command.js';
import type { SessionEvent } from '../rules/event.js';
import type { ClosedSession, LiveSession, SessionState } from '../rules/state.js';
import { nextDeadline, step, wants } from '../rules/step.js';
import { type CheckRequest, closedByIdleness, closedByTakeover, closedByVerdict, livenessRequestOf, popupShowOf, progressOf, snapshotRequestOf } from './client-messages.js';
import { type Fence, FenceLost, Journal, type JournalEntry } from './journal.js';
import { LivenessExchange } from './liveness-exchange.js';
import { NonceChain } from './nonce-chain.js';
import type { StudySessionEntity } from './session.entity.js';

/** The live socket of the place of study. */
export interface ClientConnection {
  readonly id: string;
  send<E extends keyof ServerToClientEvents>(event: E, ...message: Parameters<ServerToClientEvents[E]>): void;
}

/** What the runner needs of the world around it. */
export interface RunnerWorld {
  readonly journal: Journal;
  now(): number;
  /** The session has its verdict or was put aside: list row and lease follow. */
  onRested(runner: SessionRunner): Promise<void>;
  /** What people have to decide about the session is another thing than before. */
  onOwedChanged(runner: SessionRunner): Promise<void>;
  /** Another node or place writes this session: this runner must not be used any more. */
  onFenceLost(runner: SessionRunner): void;
}

/** Events that claim something for the place that holds the lease: they need its fence. */
const FENCED: ReadonlySet<SessionEvent['type']> = new Set([
  'connection.joined', 'beat.received', 'popup.answered', 'snapshot.received', 'liveness.prompted', 'liveness.received', 'alternative.requested',
  'finish.requested', 'clock.ticked', 'window.reported',
]);
const MAX_EVENTS_AT_ONCE = 16;
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * One live session in memory: the only writer of its state. Everything that happens to it comes through `run`, one
 * after another; what is recorded is in the journal before anyone is told.
 */
export class SessionRunner {
  private readonly logger = new Logger(SessionRunner.name);
  private state: SessionState;
  private entries: number;
  private headHash: string;
  private lastBeatSeq = 0;
  private tail: Promise<unknown> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;
  private shownProgress = '';
  private isDropped = false;
  private readonly requests = new Map<string, CheckRequest>();
  readonly nonces: NonceChain;
  connection: ClientConnection | null = null;
  /** The face check that frames are coming in for. */
  exchange: LivenessExchange | null = null;
  /** Opening of the session whose token joined last. */
  joinedGeneration = 0;

  constructor(
    readonly row: StudySessionEntity,
    readonly seed: Buffer,
    journal: readonly JournalEntry[],
    private readonly world: RunnerWorld,
  ) {
    this.state = { status: 'unopened' };
    for (const { event } of journal) {
      this.state = step(this.state, event).state;
      this.note(event);
    }
    this.entries = journal.length;
    this.headHash = journal.at(-1)?.hash ?? GENESIS_HASH;
    this.nonces = new NonceChain(seed, row.id);
  }

  get id(): string {
    return this.row.id;
  }

  /** The opened state. */
  get opened(): LiveSession | ClosedSession {
    if (this.state.status === 'unopened') throw new Error(`session ${this.id} has no journal`);
    return this.state;
  }

  get lastSeq(): number {
    return this.lastBeatSeq;
  }

  get isAtRest(): boolean {
    return this.state.status === 'closed' || (this.state.status === 'live' && this.state.isSuspended);
  }

  /** Server time for the next event: never before the last one. */
  now(): number {
    return Math.max(this.world.now(), this.state.status === 'unopened' ? 0 : this.state.at);
  }

  request(id: string): CheckRequest | undefined {
    return this.requests.get(id);
  }

  /** Does work on the session when everything before it is done. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.tail.then(() => {
      if (this.isDropped) throw leaseLost();
      return work();
    });
    this.tail = result.catch(() => undefined);
    return result;
  }

  /**
   * Records events and what follows from them, then tells the client. Only within `run`.
   * @throws Problem 409 `LEASE_LOST` when the session is written elsewhere; nothing is then recorded.
   */
  async record(...first: readonly SessionEvent[]): Promise<LiveSession | ClosedSession> {
    const before = this.state;
    const { state, events, commands } = this.unfold(first);
    const entries = chainEntries(this.entries, this.headHash, events);
    try {
      await this.world.journal.append({ sessionId: this.id, openedDay: this.row.openedDay }, entries, this.fenceFor(state, first));
    } catch (error) {
      if (!(error instanceof FenceLost)) throw error;
      this.drop();
      this.world.onFenceLost(this);
      throw leaseLost();
    }
    this.state = state;
    this.entries += entries.length;
    this.headHash = entries.at(-1)?.hash ?? this.headHash;
    events.forEach((event) => this.note(event));
    await this.tell(before, events, commands);
    this.schedule();
    return this.opened;
  }

  /** Sends to the place of study, if there is one. */
  send<E extends keyof ServerToClientEvents>(event: E, ...message: Parameters<ServerToClientEvents[E]>): void {
    this.connection?.send(event, ...message);
  }

  /** The lease went to another session: the place is told, and what it still sends is refused. */
  leaveConnection(): void {
    this.send('session.closed', closedByTakeover(this.id));
    this.connection = null;
  }

  /** Stops timers; whatever still comes is refused. The journal keeps everything. */
  drop(): void {
    this.isDropped = true;
    clearTimeout(this.timer);
  }

  /** Arms the clock for the next deadline: silence is judged too. */
  schedule(): void {
    clearTimeout(this.timer);
    const deadline = nextDeadline(this.state);
    if (deadline === null || this.isDropped) return;
    const delayMs = Math.min(MAX_TIMER_MS, Math.max(1, deadline - this.world.now()));
    this.timer = setTimeout(() => void this.tick(), delayMs);
    this.timer.unref();
  }

  private async tick(): Promise<void> {
    try {
      await this.run(async () => {
        const deadline = nextDeadline(this.state);
        if (deadline !== null && deadline <= this.world.now()) await this.record({ type: 'clock.ticked', at: this.now() });
        else this.schedule();
      });
    } catch (error) {
      if (!(error instanceof Problem)) this.logger.error({ err: error, sessionId: this.id }, 'tick failed');
      if (!this.isDropped) this.schedule();
    }
  }

  private unfold(first: readonly SessionEvent[]): { readonly state: SessionState; readonly events: readonly SessionEvent[]; readonly commands: readonly Command[] } {
    let state = this.state;
    const events: SessionEvent[] = [...first];
    const commands: Command[] = [];
    for (let index = 0; index < events.length && index < MAX_EVENTS_AT_ONCE; index += 1) {
      const event = events[index];
      if (event === undefined) break;
      const wasLive = state.status === 'live';
      const result = step(state, event);
      state = result.state;
      commands.push(...result.commands);
      if (state.status === 'closed' && wasLive) {
        events.splice(index + 1, Infinity, { type: 'session.sealed', at: this.now(), seed: this.seed.toString('hex'), verdict: state.verdict });
      } else if (index === events.length - 1 && state.status === 'live') {
        const live = state;
        events.push(...wants(state).map((want) => this.issue(want, live)));
      }
    }
    return { state, events, commands };
  }

  private issue(want: Want, { opened, at }: LiveSession): SessionEvent {
    const nonce = randomBytes(16).toString('hex');
    switch (want.type) {
      case 'popup.issue':
        return { type: 'popup.issued', at, popupId: randomUUID(), index: want.index, ...drawPopupChallenge(opened.policy.popup.kinds, opened.isAccessible) };
      case 'snapshot.request':
        return { type: 'snapshot.requested', at, snapshotId: randomUUID(), index: want.index, part: want.part, isRetry: want.isRetry, nonce };
      case 'liveness.request':
        return {
          type: 'liveness.requested', at, checkId: randomUUID(), reason: want.reason, part: want.part, attempt: want.attempt,
          demand: want.demand, nonce,
        };
    }
  }

  private fenceFor(state: SessionState, events: readonly SessionEvent[]): Fence | null {
    if (state.status === 'unopened' || state.place === null || !events.some((event) => FENCED.has(event.type))) return null;
    return { personKey: this.row.personKey, epoch: state.place.leaseEpoch };
  }

  private note(event: SessionEvent): void {
    switch (event.type) {
      case 'beat.received':
        this.lastBeatSeq = event.seq;
        break;
      case 'popup.issued':
        this.requests.set(event.popupId, event);
        break;
      case 'snapshot.requested':
        this.requests.set(event.snapshotId, event);
        break;
      case 'liveness.requested':
        this.requests.set(event.checkId, event);
        this.exchange = new LivenessExchange(event);
        break;
      case 'liveness.prompted':
        this.exchange?.prompted(event);
        break;
      case 'liveness.received':
        this.exchange = null;
        break;
      default:
    }
  }

  private async tell(before: SessionState, events: readonly SessionEvent[], commands: readonly Command[]): Promise<void> {
    const state = this.opened;
    const { policy, isAccessible } = state.opened;
    for (const command of commands) {
      if (command.type === 'playback.hold') this.send('playback.hold', { reason: command.reason, holds: command.holds, positionMs: command.positionMs });
      if (command.type === 'playback.release') this.send('playback.release', { positionMs: command.positionMs });
    }
    for (const event of events) {
      if (event.type === 'popup.issued') this.send('popup.show', popupShowOf(event, policy, isAccessible));
      if (event.type === 'snapshot.requested') this.send('snapshot.request', snapshotRequestOf(event, policy));
      if (event.type === 'liveness.requested') this.send('liveness.request', livenessRequestOf(event, state));
    }
    this.sendProgress();
    if (state.status === 'closed' && before.status !== 'closed') this.send('session.closed', closedByVerdict(state, this.seed.toString('hex')));
    if (state.status === 'live' && commands.some((command) => command.type === 'session.suspend')) this.send('session.closed', closedByIdleness(this.id));
    if (before.status === 'unopened' || !isDeepStrictEqual(owedToPeople(before), owedToPeople(state))) await this.world.onOwedChanged(this);
    if (this.isAtRest) await this.world.onRested(this);
  }

  /** Credit alone reaches the client with each acknowledgement; anything else that changes is pushed. */
  private sendProgress(): void {
    const progress = progressOf(this.state);
    const shown = JSON.stringify({ ...progress, creditedMs: 0, frontierMs: 0, coverage: progress.coverage.length });
    if (shown === this.shownProgress) return;
    this.shownProgress = shown;
    this.send('session.progress', progress);
  }
}

export const leaseLost = (): Problem =>
  new Problem(409, 'LEASE_LOST', '学习已在另一窗口或设备上继续 / Study goes on in another window or device');
