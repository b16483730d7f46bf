import { Injectable, Logger } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { Problem } from '../common/problem.js';
import { chainEntries, GENESIS_HASH } from '../evidence/proof/chain.js';
import { QueueService } from '../queues/queue.service.js';
import { owedToPeople } from '../review/owed.js';
import { ReviewCases } from '../review/review-cases.js';
import type { SessionEvent } from '../rules/event.js';
import type { OutsideEvent } from '../rules/outside-event.js';
import type { ClosedSession } from '../rules/state.js';
import { replay } from '../rules/step.js';
import { Journal } from './journal.js';
import { keepOutsideEvent } from './outside-events.js';
import { rowFactsOf } from './session-facts.js';
import { StudySessionEntity } from './session.entity.js';

/** The only way in for facts that come after a session's end. */
@Injectable()
export class ClosedSessions {
  private readonly logger = new Logger(ClosedSessions.name);

  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly journal: Journal,
    private readonly queue: QueueService,
    private readonly cases: ReviewCases,
  ) {}

  /**
   * Chains facts behind the end of a session; its list row follows in the same transaction, and a new bundle is due.
   * An instant before the last entry's becomes that. `isWanted` is asked first, within the transaction.
   * @throws Problem 404; 409 `CONFLICT` while the session is open
   */
  async append(sessionId: string, events: readonly OutsideEvent[], isWanted: (manager: EntityManager) => Promise<boolean> = async () => true): Promise<ClosedSession> {
    const state = await this.dataSource.transaction(async (manager) => {
      // Its row is locked: whoever else adds to this session, or bundles it, comes before or after.
      const row = await manager.findOne(StudySessionEntity, { where: { id: sessionId }, lock: { mode: 'pessimistic_write' } });
      if (row === null) throw new Problem(404, 'NOT_FOUND', '没有这次学习 / There is no such session');
      const key = { sessionId, openedDay: row.openedDay };
      const entries = await this.journal.load(key, manager);
      const before = replay(entries.map(({ event }) => event));
      if (before.status !== 'closed') throw new Problem(409, 'CONFLICT', '学习尚未结束 / The session is not closed yet');
      if (!(await isWanted(manager))) return before;
      const added = chainEntries<SessionEvent>(entries.length, entries.at(-1)?.hash ?? GENESIS_HASH, events.map((event) => ({ ...event, at: Math.max(event.at, before.at) })));
      const after = replay([...entries, ...added].map(({ event }) => event));
      if (after.status !== 'closed') throw new Error(`session ${sessionId} is open again`);
      await this.journal.appendWithin(manager, key, added);
      await manager.update(StudySessionEntity, { id: sessionId }, rowFactsOf(after));
      await manager.query('update study_session set bundled_at = null where id = $1', [sessionId]);
      await this.cases.follow(row, owedToPeople(after), manager);
      if (before.verdict !== 'INVALID' && after.verdict === 'INVALID') await tellSuccessors(manager, row, after);
      return after;
    });
    await this.finalise(sessionId);
    return state;
  }

  /** Asks for the evidence bundle of a closed session. A queue that is away is made up for by the sweep. */
  async finalise(sessionId: string): Promise<void> {
    await this.queue.add('session.finalise', { sessionId }).catch((error: unknown) => this.logger.warn({ err: error, sessionId }, 'not queued; the sweep will do it'));
  }
}

/** Sessions of lessons that came after this one, where order counts: what they were is judged by their own time (R5). */
async function tellSuccessors(manager: EntityManager, row: StudySessionEntity, { opened, at }: ClosedSession): Promise<void> {
  const { sequence } = opened.policy;
  if (sequence.scope === 'NONE' || (sequence.scope === 'PROFESSIONAL' && opened.courseType !== 'PROFESSIONAL')) return;
  const later: readonly { readonly id: string }[] = await manager.query(
    `select s.id from study_session s join lesson l on l.id = s.lesson_id
     where s.enrolment_id = $1 and l.position > (select position from lesson where id = $2)`,
    [row.enrolmentId, row.lessonId],
  );
  for (const { id } of later) await keepOutsideEvent(manager, id, { type: 'predecessor.voided', at, lessonId: row.lessonId, sessionId: row.id });
}
