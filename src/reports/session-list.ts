import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { readCursor, writeCursor } from '../common/keyset-cursor.js';
import type { ListedSession, ListQuery, SessionList } from './reports.schemas.js';

/** Rows one page may look at: a rare verdict costs no more than a common one, its pages are only shorter. */
const MAX_EXAMINED = 2_000;

interface Row {
  readonly id: string | null;
  readonly enrolment_id: string;
  readonly lesson_id: string;
  readonly trainee_id: string;
  readonly attempt: number;
  readonly opened_at: Date;
  readonly closed_at: Date | null;
  readonly verdict: ListedSession['verdict'];
  readonly failed_rule: string | null;
  readonly reason_code: string | null;
  readonly credited_ms: number;
  readonly examined: string;
  readonly last_opened_at: Date;
  readonly last_id: string;
}

/** Newest first, along `ix_study_session_platform_opened`; the last row examined is known even if nothing was found. */
const LIST = `
  with examined as (
    select id, enrolment_id, lesson_id, trainee_id, attempt, opened_at, closed_at, verdict, failed_rule, reason_code, credited_ms from study_session
    where platform_id = $1
      and ($2::timestamptz is null or opened_at >= $2) and ($3::timestamptz is null or opened_at < $3)
      and ($4::timestamptz is null or (opened_at, id) < ($4, $5::uuid))
    order by opened_at desc, id desc
    limit $6
  ), found as (
    select * from examined
    where ($7::text is null or verdict = $7) and ($8::text is null or failed_rule = $8)
    order by opened_at desc, id desc
    limit $9
  ), edge as (
    select opened_at as last_opened_at, id as last_id, (select count(*) from examined) as examined
    from examined order by opened_at, id limit 1
  )
  select f.id, f.enrolment_id, f.lesson_id, f.trainee_id, f.attempt, f.opened_at, f.closed_at, f.verdict, f.failed_rule,
    f.reason_code, f.credited_ms, e.examined, e.last_opened_at, e.last_id
  from edge e left join found f on true
  order by f.opened_at desc, f.id desc`;

/** The sessions of a platform, page by page. */
@Injectable()
export class SessionListing {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /** @throws Problem 400 for a cursor that is none */
  async page(platformId: string, { from, to, verdict, rule, cursor, limit }: ListQuery): Promise<SessionList> {
    const after = cursor === undefined ? null : readCursor(cursor);
    const rows: readonly Row[] = await this.dataSource.query(LIST, [
      platformId, from ?? null, to ?? null, after?.[0] ?? null, after?.[1] ?? null, MAX_EXAMINED, verdict ?? null, rule ?? null, limit + 1,
    ]);
    const found = rows.filter(({ id }) => id !== null);
    const shown = found.slice(0, limit);
    return { sessions: shown.map(listedOf), nextCursor: nextCursor(rows[0], shown.at(-1), found.length > limit) };
  }
}

function nextCursor(edge: Row | undefined, last: Row | undefined, hasMore: boolean): string | null {
  if (edge === undefined) return null;
  if (hasMore && last?.id != null) return writeCursor([last.opened_at.toISOString(), last.id]);
  return Number(edge.examined) < MAX_EXAMINED ? null : writeCursor([edge.last_opened_at.toISOString(), edge.last_id]);
}

const listedOf = (row: Row): ListedSession => ({
  sessionId: row.id ?? '',
  enrolmentId: row.enrolment_id,
  lessonId: row.lesson_id,
  traineeId: row.trainee_id,
  attempt: row.attempt,
  openedAt: row.opened_at.toISOString(),
  closedAt: row.closed_at?.toISOString() ?? null,
  verdict: row.verdict,
  failedRule: row.failed_rule,
  reasonCode: row.reason_code,
  creditedMs: row.credited_ms,
});
