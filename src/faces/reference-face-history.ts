import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { ReviewCases } from '../review/review-cases.js';
import type { CaseAnswer } from '../review/review.schemas.js';
import { TraineesService } from '../training/trainees.service.js';
import { ReferenceFaceEntity } from './reference-face.entity.js';
import type { ReferenceFaceHistory } from './reference-face.schemas.js';

type Version = ReferenceFaceHistory['versions'][number];

/** Who looked like what since when, and who said so. */
@Injectable()
export class ReferenceFaceHistories {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly trainees: TraineesService,
    private readonly cases: ReviewCases,
  ) {}

  /** @throws Problem 404 */
  async of(platformId: string, traineeId: string): Promise<ReferenceFaceHistory> {
    await this.trainees.require(platformId, traineeId);
    const rows = await this.dataSource.getRepository(ReferenceFaceEntity).find({ where: { traineeId }, order: { version: 'DESC' } });
    const cases = new Map((await this.cases.of(rows.map(({ id }) => id))).map((found) => [found.subjectId, found]));
    return { versions: rows.map((row) => versionOf(row, cases.get(row.id))) };
  }
}

const versionOf = (row: ReferenceFaceEntity, found: CaseAnswer | undefined): Version => ({
  referenceFaceId: row.id,
  version: row.version,
  status: row.status,
  intent: row.intent,
  refusal: row.refusal,
  acceptance: row.acceptance,
  distance: row.distance,
  comparedWith: row.comparedWith,
  photos: row.photos,
  engine: row.engine,
  imageId: row.imageId,
  createdAt: row.createdAt.toISOString(),
  inForceFrom: row.inForceFrom?.toISOString() ?? null,
  inForceUntil: row.inForceUntil?.toISOString() ?? null,
  review: found === undefined ? null : reviewOf(found),
});

function reviewOf({ caseId, state, reasons, openedAt, dueAt, decidedAt, acts }: CaseAnswer): NonNullable<Version['review']> {
  const decided = acts.find(({ act }) => act === 'DECIDED');
  const outcome = decided?.detail['outcome'];
  return { caseId, state, reasons, since: openedAt, deadline: dueAt, decidedAt, decidedBy: decided?.reviewer ?? null, outcome: typeof outcome === 'string' ? outcome : null };
}
