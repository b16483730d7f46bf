import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { ReferenceFaceChanges } from '../faces/reference-face-changes.js';
import { ReviewCases } from './review-cases.js';
import type { CaseAnswer, DecideReference, Reviewer } from './review.schemas.js';

/** A named reviewer decides whether a new photo shows the same person. */
@Injectable()
export class ReferenceReviewsService {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly cases: ReviewCases,
    private readonly changes: ReferenceFaceChanges,
  ) {}

  async claim(platformId: string, id: string, reviewer: Reviewer): Promise<CaseAnswer> {
    await this.dataSource.transaction((manager) => this.cases.claim(manager, platformId, 'REFERENCE_FACE', id, reviewer, null));
    return this.cases.get(platformId, id);
  }

  async decide(platformId: string, id: string, decision: DecideReference): Promise<CaseAnswer> {
    await this.dataSource.transaction(async (manager) => {
      const { decided, isNew } = await this.cases.decide(manager, platformId, 'REFERENCE_FACE', id, decision);
      if (isNew) await this.changes.decide(manager, decided.subjectId, decision.outcome === 'APPROVED');
    });
    return this.cases.get(platformId, id);
  }
}
