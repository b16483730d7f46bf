import { Injectable, Logger } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, IsNull } from 'typeorm';
import { type HandlesJob, JobHandler } from '../../queues/job-handler.js';
import type { JobOutcome } from '../../queues/jobs.js';
import { LogHeadEntity } from './log.entity.js';
import { SessionLog } from './session-log.js';
import { TimestampAuthority } from './timestamp-authority.js';

/** Seals what is new in the public log, then has the newest head time-stamped. */
@Injectable()
@JobHandler('log.seal')
export class LogSealHandler implements HandlesJob<'log.seal'> {
  private readonly logger = new Logger(LogSealHandler.name);

  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly log: SessionLog,
    private readonly authority: TimestampAuthority,
  ) {}

  async handle(): Promise<JobOutcome> {
    const isNew = await this.log.seal();
    const isStamped = await this.stampNewest();
    return isNew || isStamped ? 'done' : 'skipped';
  }

  /** Older heads need no token of their own: the consistency proof leads from each to a stamped one. */
  private async stampNewest(): Promise<boolean> {
    const head = await this.log.latestHead();
    if (!this.authority.isConfigured || head === null || head.token !== null) return false;
    const { treeSize, rootHash, stampTries } = head;
    const { token, failure } = await this.authority.stamp(rootHash);
    if (failure !== null) this.logger.error({ treeSize, failure, tries: stampTries + 1 }, 'the head of the log has no time stamp yet');
    const stampedAt = token === null ? null : new Date();
    const facts = { token, stampedAt, stampFailure: failure, stampTries: stampTries + 1 };
    await this.dataSource.manager.update(LogHeadEntity, { treeSize, token: IsNull() }, facts);
    return token !== null;
  }
}
