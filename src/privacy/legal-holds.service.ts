import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager, IsNull } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { Problem } from '../common/problem.js';
import { LegalHoldEntity } from './legal-hold.entity.js';
import type { LegalHold, PlaceHold } from './privacy.schemas.js';

/** Whose, or which session's. */
export interface HoldSubject {
  readonly platformId: string;
  readonly traineeId: string;
  readonly sessionId: string | null;
}

/** Legal holds: what a dispute or an authority needs is not erased while one stands. */
@Injectable()
export class LegalHolds {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /** Places a hold; one that stands already is left as it is. */
  async place(manager: EntityManager, subject: HoldSubject, { reason, by }: PlaceHold): Promise<LegalHold> {
    const standing = await this.standing(manager, subject);
    if (standing !== null) return holdAnswerOf(standing);
    const hold: LegalHoldEntity = { id: uuidv7(), ...subject, reason, placedBy: by, placedAt: new Date(), liftedBy: null, liftedAt: null };
    await manager.insert(LegalHoldEntity, hold);
    return holdAnswerOf(hold);
  }

  /** @throws Problem 404 when none stands */
  async lift(manager: EntityManager, subject: HoldSubject, by: string): Promise<LegalHold> {
    const standing = await this.standing(manager, subject);
    if (standing === null) throw new Problem(404, 'NOT_FOUND', '没有生效中的保全 / No legal hold stands');
    const lifted = { liftedBy: by, liftedAt: new Date() };
    await manager.update(LegalHoldEntity, { id: standing.id }, lifted);
    return holdAnswerOf({ ...standing, ...lifted });
  }

  /** What stands over anything of a person. */
  ofPerson(manager: EntityManager, traineeId: string): Promise<readonly LegalHoldEntity[]> {
    return manager.find(LegalHoldEntity, { where: { traineeId, liftedAt: IsNull() }, order: { placedAt: 'ASC' } });
  }

  /** Every hold there ever was over anything of a person, oldest first. */
  async history(traineeId: string): Promise<readonly LegalHold[]> {
    const rows = await this.dataSource.manager.find(LegalHoldEntity, { where: { traineeId }, order: { placedAt: 'ASC', id: 'ASC' } });
    return rows.map(holdAnswerOf);
  }

  private standing(manager: EntityManager, { traineeId, sessionId }: HoldSubject): Promise<LegalHoldEntity | null> {
    return manager.findOneBy(LegalHoldEntity, { traineeId, sessionId: sessionId ?? IsNull(), liftedAt: IsNull() });
  }
}

const holdAnswerOf = ({ id, traineeId, sessionId, reason, placedBy, placedAt, liftedBy, liftedAt }: LegalHoldEntity): LegalHold => ({
  holdId: id, traineeId, sessionId, reason, placedBy, placedAt: placedAt.toISOString(), liftedBy, liftedAt: liftedAt?.toISOString() ?? null,
});
