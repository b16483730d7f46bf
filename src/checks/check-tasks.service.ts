import { Injectable, Logger } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, In, LessThan } from 'typeorm';
import { seal, unseal } from '../common/sealing.js';
import { TraineeKeys } from '../evidence/trainee-keys.js';
import { QueueService } from '../queues/queue.service.js';
import type { LivenessAct } from '../rules/event.js';
import { CaptureFrameEntity, CheckTaskEntity, type CheckKind, type CheckResult } from './check-task.entity.js';

export interface Capture {
  readonly step: number;
  readonly clientMonoMs: number;
  readonly image: Uint8Array;
}

export interface NewCheck {
  readonly id: string;
  readonly sessionId: string;
  readonly traineeId: string;
  readonly kind: CheckKind;
  readonly acts: readonly LivenessAct[];
  readonly scheduleIndex: number;
  readonly receivedAt: number;
  readonly frames: readonly Capture[];
  /** Key of the digest that the journal names the frames by. */
  readonly digestKey: Uint8Array;
}

/** A queue that forgot a check is reminded after this. */
const REMIND_AFTER_MS = 20_000;
/** After this a check fails when nobody judges at all, or when its turn came and went; one that merely waits in a long queue does not. */
const FAIL_AFTER_MS = 120_000;
const SWEEP_LIMIT = 500;

/** Checks on their way to the workers and back. The rows are the truth; the queue only carries their ids. */
@Injectable()
export class CheckTasksService {
  private readonly logger = new Logger(CheckTasksService.name);

  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly queue: QueueService,
    private readonly traineeKeys: TraineeKeys,
  ) {}

  /** Stores a check with its pictures; a second time changes nothing. */
  async store(check: NewCheck): Promise<void> {
    const { frames, receivedAt, digestKey, ...facts } = check;
    const { key } = await this.traineeKeys.of(check.traineeId);
    const digestKeySealed = seal(key, digestKey, digestContext(check.id));
    await this.dataSource.transaction(async (manager) => {
      const task: CheckTaskEntity = { ...facts, digestKeySealed, status: 'QUEUED', result: null, receivedAt: new Date(receivedAt), judgedAt: null };
      await manager.createQueryBuilder().insert().into(CheckTaskEntity).values(task).orIgnore().execute();
      const rows = frames.map((frame, index) => ({ ...frame, checkId: check.id, index, image: Buffer.from(frame.image) }));
      await manager.createQueryBuilder().insert().into(CaptureFrameEntity).values(rows).orIgnore().execute();
    });
  }

  /** Puts a stored check into the queue. A queue that is gone for the moment is reminded by the sweep. */
  async enqueue(id: string, kind: CheckKind): Promise<void> {
    try {
      await this.queue.add(kind === 'snapshot' ? 'snapshot.judge' : 'liveness.judge', { checkId: id }, { jobId: id });
    } catch (error) {
      this.logger.warn({ err: error, checkId: id }, 'check not queued; the sweep will do it');
    }
  }

  find(id: string): Promise<CheckTaskEntity | null> {
    return this.dataSource.manager.findOneBy(CheckTaskEntity, { id });
  }

  /** Checks of these sessions that are judged, or failed for good, and whose sessions do not know it yet. */
  settledOf(sessionIds: readonly string[]): Promise<readonly CheckTaskEntity[]> {
    if (sessionIds.length === 0) return Promise.resolve([]);
    return this.dataSource.manager.findBy(CheckTaskEntity, { sessionId: In([...sessionIds]), status: In(['JUDGED', 'FAILED']) });
  }

  async markDelivered(id: string): Promise<void> {
    await this.dataSource.manager.update(CheckTaskEntity, { id }, { status: 'DELIVERED' });
  }

  /** Worker side: the pictures of a check, in order. */
  framesOf(checkId: string): Promise<readonly CaptureFrameEntity[]> {
    return this.dataSource.manager.find(CaptureFrameEntity, { where: { checkId }, order: { index: 'ASC' } });
  }

  /** Worker side: the key of the check's digest; `null` when it was erased with the trainee's. */
  async digestKeyOf({ id, traineeId, digestKeySealed }: CheckTaskEntity): Promise<Buffer | null> {
    if (digestKeySealed === null) return null;
    const { key } = await this.traineeKeys.of(traineeId);
    try {
      return unseal(key, digestKeySealed, digestContext(id));
    } catch {
      return null;
    }
  }

  /**
   * Worker side: keeps the result and forgets the pictures in one transaction, and the key of their digest with them:
   * a kept picture has it beside itself, others shall say nothing. False when it was judged already.
   */
  async settle(id: string, result: CheckResult): Promise<boolean> {
    return this.dataSource.transaction(async (manager) => {
      const updated = await manager.update(CheckTaskEntity, { id, status: 'QUEUED' }, { status: 'JUDGED', result, judgedAt: new Date(), digestKeySealed: null });
      if (updated.affected === 0) return false;
      await manager.delete(CaptureFrameEntity, { checkId: id });
      return true;
    });
  }

  /** Puts back what the queue forgot, and gives up what nobody judged: then no try is counted against the trainee. */
  async sweep(now: number): Promise<void> {
    const forgotten = await this.dataSource.manager.find(CheckTaskEntity, {
      where: { status: 'QUEUED', receivedAt: LessThan(new Date(now - REMIND_AFTER_MS)) },
      order: { receivedAt: 'ASC' },
      take: SWEEP_LIMIT,
    });
    const lost = await this.lostAmong(forgotten, now);
    for (const { id, kind } of forgotten) await (lost.has(id) ? this.giveUp(id) : this.enqueue(id, kind));
  }

  /** Of checks that wait, oldest first, those that no worker will come to. */
  private async lostAmong(waiting: readonly CheckTaskEntity[], now: number): Promise<ReadonlySet<string>> {
    const overdue = waiting.filter(({ receivedAt }) => now - receivedAt.getTime() >= FAIL_AFTER_MS);
    if (overdue.length === 0) return new Set();
    const since = new Date(now - FAIL_AFTER_MS);
    const rows = await this.dataSource.query<readonly { readonly id: string }[]>(
      `with judged as (
         select kind, received_at, judged_at from check_task where status in ('JUDGED', 'DELIVERED') and received_at > $3
       )
       select waiting.id from check_task waiting
       where waiting.id = any($1) and (
         not exists (select from judged where judged_at > $2)
         or exists (select from judged later where later.kind = waiting.kind and later.received_at > waiting.received_at and later.judged_at < $2)
       )`,
      [overdue.map(({ id }) => id), since, new Date(overdue[0]!.receivedAt.getTime() - FAIL_AFTER_MS)],
    );
    return new Set(rows.map(({ id }) => id));
  }

  private async giveUp(id: string): Promise<void> {
    this.logger.error({ checkId: id }, 'check was not judged in time');
    await this.dataSource.transaction(async (manager) => {
      const updated = await manager.update(CheckTaskEntity, { id, status: 'QUEUED' }, { status: 'FAILED', digestKeySealed: null });
      if (updated.affected !== 0) await manager.delete(CaptureFrameEntity, { checkId: id });
    });
  }
}

const digestContext = (checkId: string): string => `check_task/${checkId}/digest`;
