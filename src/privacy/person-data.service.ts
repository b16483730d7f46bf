import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager, IsNull } from 'typeorm';
import { Problem } from '../common/problem.js';
import { CONSENT_PURPOSES, type ConsentPurpose } from '../identity/consent.entity.js';
import type { ConsentsAnswer, GiveConsents } from '../identity/consent.schemas.js';
import { ConsentService, SESSION_CONSENTS } from '../identity/consent.service.js';
import type { ConsentPurpose as JournalledPurpose } from '../rules/outside-event.js';
import { keepOutsideEvent, OutsideEvents } from '../sessions/outside-events.js';
import { StudySessionEntity } from '../sessions/session.entity.js';
import type { TraineeEntity } from '../training/trainee.entity.js';
import { TraineesService } from '../training/trainees.service.js';
import type { ErasureEntity, ErasureScope } from './erasure.entity.js';
import { erasureReceiptSchema } from './erasure-receipt.js';
import { Erasures } from './erasures.service.js';
import { LegalHolds } from './legal-holds.service.js';
import type { ErasureAnswer } from './privacy.schemas.js';

/** What a withdrawal erases, and what sessions that are going on are told. */
const EFFECTS: Readonly<Record<ConsentPurpose, { readonly scope: ErasureScope; readonly told: JournalledPurpose } | null>> = {
  FACE_VERIFICATION: { scope: 'FACE', told: 'FACE_VERIFICATION' },
  SNAPSHOT_RETENTION: { scope: 'PICTURES', told: 'SNAPSHOT_RETENTION' },
  GUARDIAN: { scope: 'ALL', told: 'FACE_VERIFICATION' },
  SUPERVISION_TRANSFER: null,
};

interface Done<T> {
  readonly answer: T;
  readonly sessions: readonly string[];
  readonly erasure: ErasureEntity | null;
}

/** What people decide about their own data: consents with all their effects, and erasure. */
@Injectable()
export class PersonData {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly trainees: TraineesService,
    private readonly consents: ConsentService,
    private readonly erasures: Erasures,
    private readonly holds: LegalHolds,
    private readonly outside: OutsideEvents,
  ) {}

  /** Records consents; sessions that waited for one of them go on. @throws Problem 404; 409 `CONSENT_TEXT_UNKNOWN` */
  give(platformId: string, traineeId: string, request: GiveConsents): Promise<ConsentsAnswer> {
    return this.change(platformId, traineeId, async (manager, trainee) => {
      const again: ConsentPurpose[] = [];
      for (const { purpose } of request.consents) if (await this.consents.wasWithdrawn(manager, traineeId, purpose)) again.push(purpose);
      const answer = await this.consents.give(manager, traineeId, request);
      const isComplete = (await this.consents.firstMissing(traineeId, SESSION_CONSENTS, manager)) === null;
      const told = again.flatMap((purpose) => EFFECTS[purpose]?.told ?? [])[0];
      const sessions = told !== undefined && isComplete ? await this.tell(manager, trainee, 'consent.given', told) : [];
      return { answer, sessions, erasure: null };
    });
  }

  /** Withdraws the consent to one purpose: from the commit on what rested on it can be read no more. Twice changes nothing. */
  async withdraw(platformId: string, traineeId: string, purpose: ConsentPurpose): Promise<void> {
    await this.change(platformId, traineeId, async (manager, trainee) => {
      const ended = await this.consents.withdraw(manager, traineeId, [purpose]);
      const effect = ended.length === 0 ? null : EFFECTS[purpose];
      if (effect === null) return { answer: null, sessions: [], erasure: null };
      const sessions = await this.tell(manager, trainee, 'consent.withdrawn', effect.told);
      const erasure = await this.erasures.order(manager, { platformId, traineeId, scope: effect.scope, ground: 'CONSENT_WITHDRAWN', orderedBy: 'trainee' });
      return { answer: null, sessions, erasure };
    });
  }

  /** Erases everything of a face, and with it every consent. @throws Problem 404; 409 `LEGAL_HOLD` naming what holds it */
  erase(platformId: string, traineeId: string, by: string): Promise<ErasureAnswer> {
    return this.change(platformId, traineeId, async (manager, trainee) => {
      const [hold] = await this.holds.ofPerson(manager, traineeId);
      if (hold !== undefined) {
        const detail = { holdId: hold.id, sessionId: hold.sessionId, holdReason: hold.reason, placedBy: hold.placedBy, placedAt: hold.placedAt.toISOString() };
        throw new Problem(409, 'LEGAL_HOLD', '该学员的资料正被依法保全，解除后才能删除 / A legal hold keeps this data: it can be erased once that is lifted', detail);
      }
      const ended = await this.consents.withdraw(manager, traineeId, CONSENT_PURPOSES);
      const told = ended.flatMap((purpose) => EFFECTS[purpose]?.told ?? [])[0];
      const sessions = told === undefined ? [] : await this.tell(manager, trainee, 'consent.withdrawn', told);
      const erasure = await this.erasures.order(manager, { platformId, traineeId, scope: 'ALL', ground: 'REQUEST', orderedBy: by });
      return { answer: erasureAnswerOf(erasure), sessions, erasure };
    });
  }

  async erasuresOf(platformId: string, traineeId: string): Promise<readonly ErasureAnswer[]> {
    await this.trainees.require(platformId, traineeId);
    return (await this.erasures.listOf(traineeId)).map(erasureAnswerOf);
  }

  /** Rows first; sessions and workers hear of it after the commit. */
  private async change<T>(platformId: string, traineeId: string, work: (manager: EntityManager, trainee: TraineeEntity) => Promise<Done<T>>): Promise<T> {
    const { answer, sessions, erasure } = await this.dataSource.transaction(async (manager) => work(manager, await this.trainees.lock(manager, platformId, traineeId)));
    for (const sessionId of sessions) await this.outside.announce(sessionId);
    if (erasure !== null) await this.erasures.announce(erasure.id);
    return answer;
  }

  /** Leaves word with every session of the trainee that is not closed. */
  private async tell(manager: EntityManager, { id, personKey }: TraineeEntity, type: 'consent.given' | 'consent.withdrawn', purpose: JournalledPurpose): Promise<readonly string[]> {
    const open = await manager.find(StudySessionEntity, { where: { personKey, traineeId: id, closedAt: IsNull() }, select: { id: true } });
    for (const session of open) await keepOutsideEvent(manager, session.id, { type, at: Date.now(), purpose });
    return open.map((session) => session.id);
  }
}

/** Erasures with their receipts opened. */
export function erasureAnswerOf({ id, scope, ground, rule, orderedBy, orderedAt, shreddedAt, finishedAt, receipts }: ErasureEntity): ErasureAnswer {
  const opened = receipts.map((jws) => ({ jws, receipt: erasureReceiptSchema.parse(JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString('utf8'))) }));
  return {
    erasureId: id, scope, ground, rule, orderedBy, orderedAt: orderedAt.toISOString(),
    shreddedAt: shreddedAt?.toISOString() ?? null, finishedAt: finishedAt?.toISOString() ?? null, receipts: opened,
  };
}
