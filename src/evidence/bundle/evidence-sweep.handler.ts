import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { type HandlesJob, JobHandler } from '../../queues/job-handler.js';
import type { JobOutcome } from '../../queues/jobs.js';
import { ClosedSessions } from '../../sessions/closed-sessions.js';

const SWEEP_LIMIT = 500;

/** Finds closed sessions without a bundle, so that none is forgotten whatever became of its job. */
@Injectable()
@JobHandler('evidence.sweep')
export class EvidenceSweepHandler implements HandlesJob<'evidence.sweep'> {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly closed: ClosedSessions,
  ) {}

  async handle(): Promise<JobOutcome> {
    const due: readonly { readonly id: string }[] = await this.dataSource.query(
      'select id from study_session where closed_at is not null and bundled_at is null order by closed_at limit $1',
      [SWEEP_LIMIT],
    );
    for (const { id } of due) await this.closed.finalise(id);
    return due.length === 0 ? 'skipped' : 'done';
  }
}
