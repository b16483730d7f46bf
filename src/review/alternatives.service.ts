import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { Problem } from '../common/problem.js';
import { StoredImageEntity } from '../evidence/stored-image.entity.js';
import type { AlternativeKind } from '../rules/outside-event.js';
import { keepOutsideEvent, OutsideEvents } from '../sessions/outside-events.js';
import type { ReviewCaseEntity } from './review-case.entity.js';
import { ReviewCases } from './review-cases.js';
import type { CaseAnswer, ClaimAlternative, DecideAlternative } from './review.schemas.js';

/** The alternative route (人脸识别技术应用安全管理办法 art. 10): a named reviewer sees who is studying where the face check cannot say. */
@Injectable()
export class AlternativesService {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly cases: ReviewCases,
    private readonly outside: OutsideEvents,
  ) {}

  /** Begins the check: the session is told, and from then on waits for its outcome only. */
  async claim(platformId: string, id: string, { reviewer, kind }: ClaimAlternative): Promise<CaseAnswer> {
    const { subjectId } = await this.dataSource.transaction(async (manager) => {
      const claimed = await this.cases.claim(manager, platformId, 'ALTERNATIVE', id, reviewer, kind);
      await keepOutsideEvent(manager, claimed.subjectId, { type: 'alternative.opened', at: Date.now(), kind, by: reviewer.id });
      return claimed;
    });
    await this.outside.announce(subjectId);
    return this.cases.get(platformId, id);
  }

  /** Records who the trainee was found to be; the session goes on, or fails. */
  async decide(platformId: string, id: string, decision: DecideAlternative): Promise<CaseAnswer> {
    const { decided, isNew } = await this.dataSource.transaction(async (manager) => {
      const outcome = await this.cases.decide(manager, platformId, 'ALTERNATIVE', id, decision);
      if (!outcome.isNew) return outcome;
      await this.requirePhoto(outcome.decided, decision.photoImageId);
      await keepOutsideEvent(manager, outcome.decided.subjectId, {
        type: 'alternative.decided',
        at: Date.now(),
        kind: begunWay(outcome.decided),
        by: decision.reviewer.id,
        outcome: decision.outcome === 'CONFIRMED' ? 'CONFIRMED' : 'NOT_CONFIRMED',
        questionRef: id,
        photoImageId: decision.photoImageId,
      });
      return outcome;
    });
    if (isNew) await this.outside.announce(decided.subjectId);
    return this.cases.get(platformId, id);
  }

  private async requirePhoto({ traineeId }: ReviewCaseEntity, imageId: string | null): Promise<void> {
    if (imageId === null || (await this.dataSource.getRepository(StoredImageEntity).existsBy({ id: imageId, traineeId }))) return;
    throw new Problem(422, 'VALIDATION_FAILED', '没有该学员的这张照片 / There is no such picture of this trainee', { photoImageId: imageId });
  }
}

function begunWay({ id, way }: ReviewCaseEntity): AlternativeKind {
  if (way === null) throw new Error(`case ${id} was claimed without a way`);
  return way;
}
