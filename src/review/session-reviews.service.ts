import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { ClosedSessions } from '../sessions/closed-sessions.js';
import { ReviewCases } from './review-cases.js';
import type { CaseAnswer, DecideSession, Reviewer } from './review.schemas.js';

/** A named reviewer decides what the findings of a closed session are worth: no verdict that ends a claim is a machine's alone (PIPL 24). */
@Injectable()
export class SessionReviewsService {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly cases: ReviewCases,
    private readonly closed: ClosedSessions,
  ) {}

  async claim(platformId: string, id: string, reviewer: Reviewer): Promise<CaseAnswer> {
    await this.dataSource.transaction((manager) => this.cases.claim(manager, platformId, 'SESSION', id, reviewer, null));
    return this.cases.get(platformId, id);
  }

  /** Decides; the journal and the case say so in one transaction. */
  async decide(platformId: string, id: string, decision: DecideSession): Promise<CaseAnswer> {
    const { subjectId } = await this.cases.get(platformId, id);
    const { reviewer, secondReviewer, outcome, reasonCode, reasons, disputedSeq } = decision;
    const textSha256 = createHash('sha256').update(reasons, 'utf8').digest('hex');
    const event = { type: 'review.decided', at: Date.now(), by: reviewer.id, secondBy: secondReviewer?.id ?? null, outcome, reasonCode, textSha256, disputedSeq } as const;
    await this.closed.append(subjectId, [event], async (manager) => (await this.cases.decide(manager, platformId, 'SESSION', id, decision)).isNew);
    return this.cases.get(platformId, id);
  }
}
