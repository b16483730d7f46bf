/** Journals, verdicts, consents and logs whose time is over. */
import { Logger } from '@nestjs/common';
import { DataSource, LessThan } from 'typeorm';
import type { BundleStore } from '../evidence/bundle/bundle-store.js';
import { addMonths, addYears, shanghaiMidnight } from '../rules/programme/calendar.js';
import { TraineeEntity } from '../training/trainee.entity.js';
import type { EndedEnrolment, EnrolmentEnds } from './enrolment-ends.js';
import { ImageAccessEntity } from './image-access.entity.js';
import { type DuePage, heldSql, keyOf, type PurgeClass, type PurgeTime, readKey } from './purge-class.js';
import { recordsUntil } from './retention.js';

const PAGE = 100;

/**
 * Records of enrolments: `retention.recordYears`, or longer where a sector's rule says so. With the last of a person's
 * records the name and number go. Rows of `record_purge` and the leaves of the public log stay: they tell of no person.
 */
export class RecordPurge implements PurgeClass<EndedEnrolment> {
  readonly name = 'records';
  private readonly logger = new Logger(RecordPurge.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly ends: EnrolmentEnds,
    private readonly bundles: BundleStore,
  ) {}

  async find(after: string | null, { today }: PurgeTime): Promise<DuePage<EndedEnrolment>> {
    const [least] = await this.ends.range('recordYears');
    if (!Number.isFinite(least)) return { due: [], after: null };
    const [at, id] = readKey(after);
    const rows: readonly { readonly id: string; readonly created_at: Date }[] = await this.dataSource.query(
      `select e.id, e.created_at from enrolment e
       where e.created_at < $1 and (e.created_at, e.id) > ($2::timestamptz, $3::uuid) and not ${heldSql('e.trainee_id', null)}
       order by e.created_at, e.id limit ${PAGE}`,
      [new Date(shanghaiMidnight(addYears(today, -least))), at, id],
    );
    const ends = await this.ends.byId(rows.map((row) => row.id));
    const due = [...ends.values()].filter(({ end, policy }) => today > recordsUntil(end, policy));
    const last = rows.at(-1);
    return { due, after: rows.length < PAGE || last === undefined ? null : keyOf(last.created_at, last.id) };
  }

  sizeOf = (): number => 1;

  async purge({ id, traineeId, policy }: EndedEnrolment): Promise<void> {
    const rule = `retention.recordYears=${policy.retention.recordYears}`;
    const paths = await this.dataSource.transaction(async (manager) => {
      await manager.findOneOrFail(TraineeEntity, { where: { id: traineeId }, lock: { mode: 'pessimistic_write' } });
      const held: readonly unknown[] = await manager.query(`select 1 where ${heldSql('$1', null)}`, [traineeId]);
      const kept: readonly unknown[] = await manager.query(
        `select 1 from stored_image i join study_session s on s.id = i.session_id where s.enrolment_id = $1 and i.erased_at is null limit 1`, [id]);
      // Pictures go first, and leave their receipts.
      if (held.length > 0 || kept.length > 0) return [];
      const sessions: readonly { readonly id: string; readonly opened_day: string }[] = await manager.query(
        `select id, opened_day::text from study_session where enrolment_id = $1 for update`, [id]);
      const ids = sessions.map((session) => session.id);
      const files: readonly { readonly path: string }[] = await manager.query('select path from evidence_bundle where session_id = any($1)', [ids]);
      await manager.query(`insert into record_purge (session_id, trainee_id, rule, purged_at) select unnest($1::uuid[]), $2, $3, now() on conflict do nothing`, [ids, traineeId, rule]);
      for (const session of sessions) await manager.query('delete from journal_entry where opened_day = $1 and session_id = $2', [session.opened_day, session.id]);
      for (const table of ['evidence_bundle', 'check_task', 'outside_event', 'session_dispute']) await manager.query(`delete from ${table} where session_id = any($1)`, [ids]);
      await manager.query('delete from study_session where id = any($1)', [ids]);
      await manager.query('delete from enrolment where id = $1', [id]);
      await manager.query(FORGET_PERSON, [traineeId]);
      return files.map(({ path }) => path);
    });
    for (const path of paths) await this.bundles.remove(path).catch((error: unknown) => this.logger.error({ err: error, path }, 'the file of a purged bundle resists its removal'));
  }
}

/** Name and number of somebody of whom no record is left. The row stays: erasures and consents refer to it. */
const FORGET_PERSON = `
  update trainee t set name_sealed = '', id_number_sealed = '', name_masked = '*', id_number_masked = '*', person_key = 'forgotten/' || t.id
  where t.id = $1 and not exists (select 1 from enrolment e where e.trainee_id = t.id) and not exists (select 1 from study_session s where s.trainee_id = t.id and s.person_key = t.person_key)`;

/** Withdrawn consents, and those of people of whom nothing else is left: `retention.consentYears`. */
export class ConsentPurge implements PurgeClass<{ readonly id: string }> {
  readonly name = 'consents';

  constructor(
    private readonly dataSource: DataSource,
    private readonly ends: EnrolmentEnds,
  ) {}

  async find(after: string | null, { today }: PurgeTime): Promise<DuePage<{ readonly id: string }>> {
    const [, most] = await this.ends.range('consentYears');
    if (!Number.isFinite(most)) return { due: [], after: null };
    const rows: readonly { readonly id: string }[] = await this.dataSource.query(
      `select c.id from consent c join trainee t on t.id = c.trainee_id
       where c.id > $1::uuid and (c.withdrawn_at < $2 or (t.name_sealed = '' and c.at < $2)) and not ${heldSql('c.trainee_id', null)}
       order by c.id limit ${PAGE}`,
      [readKey(after)[1], new Date(shanghaiMidnight(addYears(today, -most)))],
    );
    const last = rows.at(-1);
    return { due: rows, after: rows.length < PAGE || last === undefined ? null : keyOf(new Date(0), last.id) };
  }

  sizeOf = (): number => 1;

  async purge({ id }: { readonly id: string }): Promise<void> {
    await this.dataSource.query('delete from consent where id = $1', [id]);
  }
}

/** Entries of a log before an instant. */
export interface DueEntries {
  readonly before: Date;
  readonly entries: number;
}

/** Who looked at which picture: `retention.securityLogMonths`. */
export class AccessLogPurge implements PurgeClass<DueEntries> {
  readonly name = 'accessLog';

  constructor(
    private readonly dataSource: DataSource,
    private readonly ends: EnrolmentEnds,
  ) {}

  async find(_after: string | null, { today }: PurgeTime): Promise<DuePage<DueEntries>> {
    const [, most] = await this.ends.range('securityLogMonths');
    if (!Number.isFinite(most)) return { due: [], after: null };
    const before = new Date(shanghaiMidnight(addMonths(today, -most)));
    const entries = await this.dataSource.manager.countBy(ImageAccessEntity, { at: LessThan(before) });
    return { due: entries === 0 ? [] : [{ before, entries }], after: null };
  }

  sizeOf = ({ entries }: DueEntries): number => entries;

  async purge({ before }: DueEntries): Promise<void> {
    await this.dataSource.manager.delete(ImageAccessEntity, { at: LessThan(before) });
  }
}
