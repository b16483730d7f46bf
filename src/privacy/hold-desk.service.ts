import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { PoliciesService } from '../policies/policies.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { EnrolmentsService } from '../training/enrolments.service.js';
import { TraineesService } from '../training/trainees.service.js';
import { Erasures } from './erasures.service.js';
import { type HoldSubject, LegalHolds } from './legal-holds.service.js';
import type { Dispute, LegalHold, PlaceHold } from './privacy.schemas.js';
import { SessionDisputeEntity } from './session-dispute.entity.js';

/** Holds and disputes as the platform places them: on its own trainees and sessions alone. */
@Injectable()
export class HoldDesk {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly trainees: TraineesService,
    private readonly sessions: SessionsService,
    private readonly enrolments: EnrolmentsService,
    private readonly policies: PoliciesService,
    private readonly holds: LegalHolds,
    private readonly erasures: Erasures,
  ) {}

  async ofTrainee(platformId: string, traineeId: string): Promise<readonly LegalHold[]> {
    await this.trainees.require(platformId, traineeId);
    return this.holds.history(traineeId);
  }

  placeOnTrainee(platformId: string, traineeId: string, body: PlaceHold): Promise<LegalHold> {
    return this.place({ platformId, traineeId, sessionId: null }, body);
  }

  liftFromTrainee(platformId: string, traineeId: string, by: string): Promise<LegalHold> {
    return this.lift({ platformId, traineeId, sessionId: null }, by);
  }

  async placeOnSession(platformId: string, sessionId: string, body: PlaceHold): Promise<LegalHold> {
    return this.place(await this.ofSession(platformId, sessionId), body);
  }

  async liftFromSession(platformId: string, sessionId: string, by: string): Promise<LegalHold> {
    return this.lift(await this.ofSession(platformId, sessionId), by);
  }

  /** Marks a session as disputed; a dispute that stands is left as it is. @throws Problem 404 */
  async dispute(platformId: string, sessionId: string, { by, reason }: PlaceHold): Promise<Dispute> {
    const { enrolmentId } = await this.sessions.require(platformId, sessionId);
    const { policyId, policyVersion } = await this.enrolments.require(platformId, enrolmentId);
    const { policy } = await this.policies.get(policyId, policyVersion);
    const dispute: SessionDisputeEntity = {
      id: uuidv7(), sessionId, platformId, openedBy: by, reason, openedAt: new Date(), keepDays: policy.retention.disputedCaptureDays,
    };
    await this.dataSource.createQueryBuilder().insert().into(SessionDisputeEntity).values(dispute).orIgnore().execute();
    const { openedBy, openedAt, keepDays, ...standing } = await this.dataSource.manager.findOneByOrFail(SessionDisputeEntity, { sessionId });
    return { sessionId, openedBy, reason: standing.reason, openedAt: openedAt.toISOString(), keepDays };
  }

  /** Under the trainee's lock: an erasure comes before or after, never in between. */
  private place(subject: HoldSubject, body: PlaceHold): Promise<LegalHold> {
    return this.dataSource.transaction(async (manager) => {
      await this.trainees.lock(manager, subject.platformId, subject.traineeId);
      return this.holds.place(manager, subject, body);
    });
  }

  private async lift(subject: HoldSubject, by: string): Promise<LegalHold> {
    const lifted = await this.dataSource.transaction(async (manager) => {
      await this.trainees.lock(manager, subject.platformId, subject.traineeId);
      return this.holds.lift(manager, subject, by);
    });
    for (const { id } of (await this.erasures.listOf(subject.traineeId)).filter(({ finishedAt }) => finishedAt === null)) await this.erasures.announce(id);
    return lifted;
  }

  private async ofSession(platformId: string, sessionId: string): Promise<HoldSubject> {
    const { traineeId } = await this.sessions.require(platformId, sessionId);
    return { platformId, traineeId, sessionId };
  }
}
