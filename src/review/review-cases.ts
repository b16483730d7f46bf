import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, In, type EntityManager } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { readCursor, writeCursor } from '../common/keyset-cursor.js';
import { Problem } from '../common/problem.js';
import type { AlternativeKind } from '../rules/outside-event.js';
import type { OwedReview } from './owed.js';
import { ReviewActEntity, ReviewCaseEntity, type ReviewKind } from './review-case.entity.js';
import type { CaseAnswer, Decision, QueueAnswer, QueueQuery, Reviewer } from './review.schemas.js';

/** A case whose reviewer is silent for this long may be taken over by another one. */
const CLAIM_LAPSES_MS = 30 * 60_000;
const PENDING = ['OPEN', 'CLAIMED'] as const;

export type NewCase = Pick<ReviewCaseEntity, 'platformId' | 'kind' | 'subjectId' | 'traineeId' | 'reasons' | 'ways' | 'openedAt' | 'dueAt'>;

/** What a case is about, for those who do not decide it. */
export interface ReviewStanding {
  readonly caseId: string;
  readonly kind: ReviewKind;
  readonly state: ReviewCaseEntity['state'];
  readonly since: string;
  readonly deadline: string;
}

/** Cases that people have to decide: opened by what happens, claimed and decided by one reviewer each, never edited. */
@Injectable()
export class ReviewCases {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /** Makes the cases of a session say what people owe it: one is opened, one overtaken by events is closed. */
  async follow(session: { readonly id: string; readonly platformId: string; readonly traineeId: string }, owed: OwedReview | null, manager: EntityManager = this.dataSource.manager): Promise<void> {
    for (const pending of await manager.findBy(ReviewCaseEntity, { subjectId: session.id, state: In([...PENDING]) })) {
      if (pending.kind !== owed?.kind) await this.moot(manager, pending.id);
    }
    if (owed === null) return;
    const { kind, sinceAt, dueAt, reasons, ways } = owed;
    const { id: subjectId, platformId, traineeId } = session;
    await this.open(manager, { platformId, kind, subjectId, traineeId, reasons, ways, openedAt: new Date(sinceAt), dueAt: new Date(dueAt) });
  }

  /** Opens a case, once for each instant at which it arose and never beside one that is pending. */
  async open(manager: EntityManager, opened: NewCase): Promise<void> {
    const made: readonly { readonly id: string }[] = await manager.query(
      `insert into review_case (id, platform_id, kind, subject_id, trainee_id, reasons, ways, opened_at, due_at, state)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'OPEN') on conflict do nothing returning id`,
      [uuidv7(), opened.platformId, opened.kind, opened.subjectId, opened.traineeId, JSON.stringify(opened.reasons), JSON.stringify(opened.ways), opened.openedAt, opened.dueAt],
    );
    const id = made[0]?.id;
    if (id !== undefined) await this.append(manager, id, 'OPENED', null, { reasons: opened.reasons });
  }

  async moot(manager: EntityManager, id: string): Promise<void> {
    const updated = await manager.update(ReviewCaseEntity, { id, state: In([...PENDING]) }, { state: 'MOOT' });
    if (updated.affected !== 0) await this.append(manager, id, 'MOOTED', null, {});
  }

  /** Closes what is pending about a subject. */
  async mootOf(manager: EntityManager, kind: ReviewKind, subjectId: string): Promise<void> {
    for (const { id } of await manager.findBy(ReviewCaseEntity, { kind, subjectId, state: In([...PENDING]) })) await this.moot(manager, id);
  }

  /**
   * A reviewer takes the case. The same one may do so again.
   * @throws Problem 404; 409 `REVIEW_CLAIMED`, `REVIEW_CLOSED`; 422 for a way that the policy does not know
   */
  async claim(manager: EntityManager, platformId: string, kind: ReviewKind, id: string, reviewer: Reviewer, way: AlternativeKind | null): Promise<ReviewCaseEntity> {
    const found = await this.lock(manager, platformId, kind, id);
    requirePending(found);
    const now = new Date();
    const isOthers = found.claimedBy !== null && found.claimedBy.id !== reviewer.id;
    if (isOthers && found.claimedAt !== null && now.getTime() - found.claimedAt.getTime() < CLAIM_LAPSES_MS) {
      throw new Problem(409, 'REVIEW_CLAIMED', `已由${found.claimedBy?.name ?? ''}受理 / Another reviewer has taken this case`, { claimedAt: found.claimedAt.toISOString() });
    }
    if (way !== null && !found.ways.includes(way)) throw new Problem(422, 'VALIDATION_FAILED', '监管策略不允许这种核验方式 / The policy does not know this way', { ways: found.ways });
    if (way !== null && found.way !== null && found.way !== way) {
      throw new Problem(409, 'CONFLICT', '已按另一种方式开始核验 / The check was begun in another way', { way: found.way });
    }
    const claimed = { ...found, state: 'CLAIMED' as const, claimedBy: reviewer, claimedAt: now, way: found.way ?? way };
    await manager.save(ReviewCaseEntity, claimed);
    if (found.claimedBy?.id !== reviewer.id) await this.append(manager, id, 'CLAIMED', reviewer, way === null ? {} : { way });
    return claimed;
  }

  /**
   * Writes the decision of the reviewer who took the case. The same decision a second time changes nothing.
   * @throws Problem 404; 409 `REVIEW_CLAIMED`, `REVIEW_NOT_CLAIMED`, `REVIEW_DECIDED`, `REVIEW_CLOSED`
   */
  async decide(manager: EntityManager, platformId: string, kind: ReviewKind, id: string, decision: Decision): Promise<{ readonly decided: ReviewCaseEntity; readonly isNew: boolean }> {
    const found = await this.lock(manager, platformId, kind, id);
    if (found.state === 'DECIDED' && isDeepStrictEqual(found.decision, decision)) return { decided: found, isNew: false };
    requirePending(found);
    const { reviewer, ...detail } = decision;
    if (found.claimedBy === null) throw new Problem(409, 'REVIEW_NOT_CLAIMED', '请先受理再作决定 / Take the case before deciding it');
    if (found.claimedBy.id !== reviewer.id) throw new Problem(409, 'REVIEW_CLAIMED', `已由${found.claimedBy.name}受理 / Another reviewer has taken this case`);
    const decided = { ...found, state: 'DECIDED' as const, decision, decidedAt: new Date() };
    await manager.save(ReviewCaseEntity, decided);
    await this.append(manager, id, 'DECIDED', reviewer, detail);
    return { decided, isNew: true };
  }

  /** What waits, oldest first. @throws Problem 400 for a cursor that is none */
  async queue(platformId: string, kind: ReviewKind, { cursor, limit }: QueueQuery): Promise<QueueAnswer> {
    const after = cursor === undefined ? null : readCursor(cursor);
    const query = this.dataSource
      .getRepository(ReviewCaseEntity)
      .createQueryBuilder('c')
      .where(`c.platformId = :platformId AND c.kind = :kind AND c.state IN ('OPEN', 'CLAIMED')`, { platformId, kind })
      .orderBy('c.openedAt', 'ASC')
      .addOrderBy('c.id', 'ASC')
      .limit(limit);
    if (after !== null) query.andWhere('(c.openedAt, c.id) > (:openedAt, :id)', { openedAt: after[0], id: after[1] });
    const found = await query.getMany();
    const last = found.at(-1);
    const nextCursor = last === undefined || found.length < limit ? null : writeCursor([last.openedAt.toISOString(), last.id]);
    return { cases: await this.answersOf(found), nextCursor };
  }

  /** @throws Problem 404 */
  async get(platformId: string, id: string): Promise<CaseAnswer> {
    const found = await this.dataSource.getRepository(ReviewCaseEntity).findOneBy({ id, platformId });
    const [answer] = found === null ? [] : await this.answersOf([found]);
    if (answer === undefined) throw unknownCase();
    return answer;
  }

  /** Every case of these subjects, oldest first, with what was done to it. */
  async of(subjectIds: readonly string[]): Promise<readonly CaseAnswer[]> {
    return this.answersOf(await this.dataSource.getRepository(ReviewCaseEntity).find({ where: { subjectId: In([...subjectIds]) }, order: { openedAt: 'ASC', id: 'ASC' } }));
  }

  /** The latest case of a subject: what the trainee is told of. */
  async standingOf(subjectId: string): Promise<ReviewStanding | null> {
    const found = await this.dataSource.getRepository(ReviewCaseEntity).findOne({ where: { subjectId }, order: { openedAt: 'DESC', id: 'DESC' } });
    if (found === null) return null;
    return { caseId: found.id, kind: found.kind, state: found.state, since: found.openedAt.toISOString(), deadline: found.dueAt.toISOString() };
  }

  private async lock(manager: EntityManager, platformId: string, kind: ReviewKind, id: string): Promise<ReviewCaseEntity> {
    const found = await manager.findOne(ReviewCaseEntity, { where: { id, platformId, kind }, lock: { mode: 'pessimistic_write' } });
    if (found === null) throw unknownCase();
    return found;
  }

  private async append(manager: EntityManager, caseId: string, act: ReviewActEntity['act'], reviewer: Reviewer | null, detail: object): Promise<void> {
    const last = await manager.maximum(ReviewActEntity, 'seq', { caseId });
    await manager.insert(ReviewActEntity, { caseId, seq: (last ?? 0) + 1, at: new Date(), act, reviewer, detail });
  }

  private async answersOf(cases: readonly ReviewCaseEntity[]): Promise<CaseAnswer[]> {
    const acts = cases.length === 0 ? [] : await this.dataSource.getRepository(ReviewActEntity).find({ where: { caseId: In(cases.map(({ id }) => id)) }, order: { seq: 'ASC' } });
    return cases.map((found) => ({
      caseId: found.id,
      kind: found.kind,
      subjectId: found.subjectId,
      traineeId: found.traineeId,
      reasons: [...found.reasons],
      ways: [...found.ways],
      openedAt: found.openedAt.toISOString(),
      dueAt: found.dueAt.toISOString(),
      state: found.state,
      way: found.way,
      claimedBy: found.claimedBy,
      claimedAt: found.claimedAt?.toISOString() ?? null,
      decidedAt: found.decidedAt?.toISOString() ?? null,
      acts: acts.filter(({ caseId }) => caseId === found.id).map(({ at, act, reviewer, detail }) => ({ at: at.toISOString(), act, reviewer, detail: { ...detail } })),
    }));
  }
}

const unknownCase = (): Problem => new Problem(404, 'NOT_FOUND', '没有这个复核事项 / There is no such case');

function requirePending({ state }: ReviewCaseEntity): void {
  if (state === 'DECIDED') throw new Problem(409, 'REVIEW_DECIDED', '此事项已有决定 / This case is decided already');
  if (state === 'MOOT') throw new Problem(409, 'REVIEW_CLOSED', '此事项已不需要决定 / This case is overtaken by events');
}
