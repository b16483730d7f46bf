import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { FaceMeasurement, LivenessMeasurement, SessionEvent } from '../rules/event.js';
import { unattendedSince } from '../rules/step.js';
import type { CheckTaskEntity } from '../checks/check-task.entity.js';
import { CheckTasksService } from '../checks/check-tasks.service.js';
import { Problem } from '../common/problem.js';
import { owedToPeople } from '../review/owed.js';
import { ReviewCases } from '../review/review-cases.js';
import { QueueService } from '../queues/queue.service.js';
import { ClosedSessions } from './closed-sessions.js';
import { Journal } from './journal.js';
import { LeaseService } from './lease.service.js';
import { OutsideEvents } from './outside-events.js';
import { type PlaceSignal, PlaceSignals } from './place-signals.js';
import { sessionPlace } from './session-inbox.js';
import { rowFactsOf } from './session-facts.js';
import { type RunnerWorld, SessionRunner } from './session-runner.js';
import { SessionsRepository } from './sessions.repository.js';

const SWEEP_EVERY_MS = 3_000;
/** A session that nobody is connected to leaves memory after this; its journal rebuilds it. */
const UNLOAD_AFTER_MS = 60_000;

/** The live sessions of this node: loads them from the journal, brings check results in, lets them go. */
@Injectable()
export class SessionRegistry implements RunnerWorld, OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(SessionRegistry.name);
  private readonly runners = new Map<string, Promise<SessionRunner>>();
  private readonly leftAt = new Map<string, number>();
  private readonly startedAt = Date.now();
  private readonly unsubscriptions: (() => void)[] = [];
  private sweeper: NodeJS.Timeout | undefined;

  constructor(
    readonly journal: Journal,
    private readonly sessions: SessionsRepository,
    private readonly leases: LeaseService,
    private readonly checks: CheckTasksService,
    private readonly queue: QueueService,
    private readonly signals: PlaceSignals,
    private readonly closed: ClosedSessions,
    private readonly outside: OutsideEvents,
    private readonly cases: ReviewCases,
  ) {}

  now(): number {
    return Date.now();
  }

  /** The runner of a session, rebuilt from its journal when this node does not hold it. */
  get(sessionId: string): Promise<SessionRunner> {
    this.leftAt.delete(sessionId);
    const known = this.runners.get(sessionId);
    if (known !== undefined) return known;
    const loading = this.load(sessionId);
    this.runners.set(sessionId, loading);
    loading.catch(() => this.runners.delete(sessionId));
    return loading;
  }

  /** The place of a session is empty: keep it a while, in case it comes back. */
  left(sessionId: string): void {
    this.leftAt.set(sessionId, this.now());
  }

  async onRested(runner: SessionRunner): Promise<void> {
    await this.follow(runner);
    const { place, status } = runner.opened;
    if (place !== null) await this.leases.release(runner.row.personKey, place.leaseEpoch);
    if (status === 'closed') void this.closed.finalise(runner.id);
  }

  /** What was not done here is done when the session is loaded again. */
  async onOwedChanged({ row, opened }: SessionRunner): Promise<void> {
    await this.cases.follow(row, owedToPeople(opened)).catch((error: unknown) => this.logger.error({ err: error, sessionId: row.id }, 'review case'));
  }

  onFenceLost(runner: SessionRunner): void {
    this.runners.delete(runner.id);
    this.logger.warn({ sessionId: runner.id }, 'session is written elsewhere; this node let go');
  }

  async onApplicationBootstrap(): Promise<void> {
    this.unsubscriptions.push(
      this.signals.subscribe((signal) => void this.hear(signal).catch((error: unknown) => this.logger.error({ err: error }, 'place signal'))),
      this.outside.subscribe((sessionId, isOwn) => void this.hearOutside(sessionId, isOwn).catch((error: unknown) => this.logger.error({ err: error, sessionId }, 'outside event'))),
      this.queue.onCompleted('snapshot.judge', ({ checkId }) => this.deliverById(checkId)),
      this.queue.onCompleted('liveness.judge', ({ checkId }) => this.deliverById(checkId)),
    );
    for (const row of await this.sessions.sealedButOpen()) await this.follow(await this.get(row.id));
    this.sweeper = setInterval(() => void this.sweep(), SWEEP_EVERY_MS);
    this.sweeper.unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.sweeper);
    for (const unsubscribe of this.unsubscriptions) unsubscribe();
    for (const runner of await this.loaded()) runner.drop();
  }

  private async load(sessionId: string): Promise<SessionRunner> {
    const row = await this.sessions.find(sessionId);
    if (row === null) throw new Problem(404, 'NOT_FOUND', '没有这次学习 / There is no such session');
    const entries = await this.journal.load({ sessionId, openedDay: row.openedDay });
    const runner = new SessionRunner(row, this.sessions.openSeed(row), entries, this);
    const { status, place } = runner.opened;
    if (status === 'live' && place !== null && place.lostAt === null) {
      // Whoever was connected to the process that held this session is not connected to this one.
      const at = runner.now();
      const lost: SessionEvent = { type: 'connection.lost', at, connectionId: place.connectionId };
      const fromAt = unattendedSince(runner.opened, at);
      const outage: readonly SessionEvent[] = fromAt === null ? [] : [{ type: 'server.outage', at, fromAt, toAt: at, incidentId: this.incidentOf(fromAt, at) }];
      await runner.run(() => runner.record(lost, ...outage));
    }
    await this.bringIn(runner);
    await this.onOwedChanged(runner);
    runner.schedule();
    return runner;
  }

  /** Sessions that one stopped process left behind share the incident: the restart, or the minute in which others took over. */
  private incidentOf(fromAt: number, at: number): string {
    return fromAt < this.startedAt ? `restart-${new Date(this.startedAt).toISOString()}` : `handover-${new Date(at).toISOString().slice(0, 16)}`;
  }

  private follow({ id, opened }: SessionRunner): Promise<void> {
    return this.sessions.follow(id, rowFactsOf(opened));
  }

  private async hear(signal: PlaceSignal): Promise<void> {
    const runner = await this.runners.get(signal.sessionId);
    if (runner === undefined) return;
    await runner.run(async () => {
      const { status, place } = runner.opened;
      if (status === 'closed' || place === null) return;
      const at = runner.now();
      if (signal.type === 'played.without-lease') {
        await runner.record({ type: 'beat.refused', at, connectionId: sessionPlace(signal.fromSessionId), reason: 'LEASE_LOST', state: signal.state });
      } else if (place.leaseEpoch < signal.epoch) {
        await runner.record({ type: 'lease.lost', at, leaseEpoch: signal.epoch, bySessionId: signal.bySessionId });
        runner.leaveConnection();
      }
    });
  }

  /** Something from outside waits for a session: whoever holds it takes it in; without a holder the node that said so does. */
  private async hearOutside(sessionId: string, isOwn: boolean): Promise<void> {
    const runner = await this.runners.get(sessionId);
    if (isOwn && runner === undefined) return this.adoptOrphans();
    if (runner === undefined) return;
    if (isOwn || runner.connection !== null) return this.bringIn(runner);
    // Nobody is connected here, and another node goes on with it: this copy is no longer what the journal says.
    this.runners.delete(sessionId);
    runner.drop();
  }

  private async adoptOrphans(): Promise<void> {
    for (const sessionId of await this.outside.orphaned([...this.runners.keys()])) {
      const runner = await this.get(sessionId);
      await this.bringIn(runner);
      if (runner.connection === null) this.left(sessionId);
    }
  }

  /** Takes in what waits for the session. Twice does no harm: the rules hear each such fact once. */
  private async bringIn(runner: SessionRunner): Promise<void> {
    await runner.run(async () => {
      const waiting = await this.outside.waitingFor(runner.id);
      for (const { id, event } of waiting) {
        if (runner.opened.status === 'closed') await this.closed.append(runner.id, [event]);
        else await runner.record({ ...event, at: runner.now() });
        await this.outside.markDelivered([id]);
      }
    });
  }

  private async deliverById(checkId: string): Promise<void> {
    const task = await this.checks.find(checkId);
    if (task === null || (task.status !== 'JUDGED' && task.status !== 'FAILED')) return;
    const runner = await this.runners.get(task.sessionId);
    if (runner !== undefined) await this.deliver(runner, task);
  }

  /** Brings a result into the session as an event: the one way in. Twice does no harm. */
  private deliver(runner: SessionRunner, task: CheckTaskEntity): Promise<void> {
    return runner.run(async () => {
      const { status, slices } = runner.opened;
      const isAwaited = slices.R4.open?.checkId === task.id || slices.R6.open?.snapshotId === task.id;
      if (status === 'live' && isAwaited) await runner.record(resultEvent(task, runner.now()));
      await this.checks.markDelivered(task.id);
    });
  }

  private async sweep(): Promise<void> {
    try {
      const loaded = new Map((await this.loaded()).map((runner) => [runner.id, runner]));
      for (const task of await this.checks.settledOf([...loaded.keys()])) {
        const runner = loaded.get(task.sessionId);
        if (runner !== undefined) await this.deliver(runner, task);
      }
      await this.checks.sweep(this.now());
      await this.adoptOrphans();
      await this.unload(loaded);
    } catch (error) {
      this.logger.error({ err: error }, 'sweep failed; the next one tries again');
    }
  }

  private async unload(loaded: ReadonlyMap<string, SessionRunner>): Promise<void> {
    for (const [sessionId, leftAt] of this.leftAt) {
      const runner = loaded.get(sessionId);
      const isAwaiting = runner !== undefined && (runner.opened.slices.R4.open?.isReceived === true || runner.opened.slices.R6.open?.isReceived === true);
      if (runner?.connection !== null || isAwaiting || this.now() - leftAt < UNLOAD_AFTER_MS) continue;
      this.leftAt.delete(sessionId);
      this.runners.delete(sessionId);
      // What comes after its end reaches a closed session's row by another way.
      if (runner.opened.status !== 'closed') await this.follow(runner);
      runner.drop();
    }
  }

  private async loaded(): Promise<readonly SessionRunner[]> {
    const settled = await Promise.allSettled(this.runners.values());
    return settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  }
}

function resultEvent(task: CheckTaskEntity, at: number): SessionEvent {
  const { id, result } = task;
  if (result === null) return { type: 'check.failed', at, checkId: id, reason: 'NOT_JUDGED' };
  const { imageId, engine } = result;
  return task.kind === 'snapshot'
    ? { type: 'snapshot.judged', at, snapshotId: id, measurement: result.measurement as FaceMeasurement, imageId, engine }
    : { type: 'liveness.judged', at, checkId: id, measurement: result.measurement as LivenessMeasurement, imageId, engine };
}
