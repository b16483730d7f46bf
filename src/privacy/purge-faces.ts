/** Pictures and templates whose time is over. */
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { addMonths, shanghaiDay, shanghaiMidnight } from '../rules/programme/calendar.js';
import { TraineeEntity } from '../training/trainee.entity.js';
import { EnrolmentEnds } from './enrolment-ends.js';
import { Erasures } from './erasures.service.js';
import { LegalHolds } from './legal-holds.service.js';
import { type DuePage, heldSql, keyOf, type PurgeClass, type PurgeTime, readKey } from './purge-class.js';
import { isTrainingOver, picturesUntil, SILENT_MONTHS } from './retention.js';

/** Pictures of one trainee that go under one rule. */
export interface DuePictures {
  readonly traineeId: string;
  readonly rule: string;
  readonly pictures: readonly { readonly id: string; readonly sessionId: string | null }[];
  readonly withTemplate: boolean;
}

interface PictureRow {
  readonly id: string;
  readonly created_at: Date;
  readonly trainee_id: string;
  readonly session_id: string | null;
  readonly enrolment_id: string | null;
  readonly keep_days: number | null;
}

const PAGE = 200;

/** Carries out what the classes below found, one trainee at a time. */
@Injectable()
export class FacePurge {
  constructor(
    @InjectDataSource() readonly dataSource: DataSource,
    readonly ends: EnrolmentEnds,
    private readonly erasures: Erasures,
    private readonly holds: LegalHolds,
  ) {}

  /** Under the trainee's lock, in which a hold that came meanwhile is seen. */
  async erase({ traineeId, rule, pictures, withTemplate }: DuePictures): Promise<void> {
    const erasure = await this.dataSource.transaction(async (manager) => {
      const trainee = await manager.findOneOrFail(TraineeEntity, { where: { id: traineeId }, lock: { mode: 'pessimistic_write' } });
      const holds = await this.holds.ofPerson(manager, traineeId);
      if (holds.some(({ sessionId }) => sessionId === null)) return null;
      const imageIds = pictures.filter((picture) => !holds.some(({ sessionId }) => sessionId === picture.sessionId)).map(({ id }) => id);
      if (imageIds.length === 0 && !withTemplate) return null;
      const { platformId } = trainee;
      return this.erasures.order(manager, { platformId, traineeId, scope: 'EXPIRED', ground: 'RETENTION', orderedBy: 'retention', rule, imageIds, withTemplate });
    });
    if (erasure !== null) await this.erasures.carryOn(erasure.id);
  }

  /** Pictures not erased that are older than an instant and not under a hold, from the oldest on. */
  async olderThan(before: Date, kinds: readonly string[], after: string | null): Promise<{ readonly rows: readonly PictureRow[]; readonly after: string | null }> {
    const [at, id] = readKey(after);
    const rows: readonly PictureRow[] = await this.dataSource.query(
      `select i.id, i.created_at, i.trainee_id, i.session_id, s.enrolment_id, d.keep_days
       from stored_image i left join study_session s on s.id = i.session_id left join session_dispute d on d.session_id = i.session_id
       where i.erased_at is null and i.created_at < $1 and i.kind = any($2) and (i.created_at, i.id) > ($3::timestamptz, $4::uuid)
         and not ${heldSql('i.trainee_id', 'i.session_id')}
       order by i.created_at, i.id limit ${PAGE}`,
      [before, kinds, at, id],
    );
    const last = rows.at(-1);
    return { rows, after: rows.length < PAGE || last === undefined ? null : keyOf(last.created_at, last.id) };
  }
}

/** Snapshots and kept frames of face checks: `retention.snapshotMonths` from the settlement of the subsidy. */
export class PicturePurge implements PurgeClass<DuePictures> {
  readonly name = 'pictures';

  constructor(private readonly faces: FacePurge) {}

  async find(after: string | null, { today }: PurgeTime): Promise<DuePage<DuePictures>> {
    const [least, most] = await this.faces.ends.range('snapshotMonths');
    if (!Number.isFinite(least)) return { due: [], after: null };
    const page = await this.faces.olderThan(new Date(shanghaiMidnight(addMonths(today, -least))), ['snapshot', 'liveness'], after);
    const ends = await this.faces.ends.byId([...new Set(page.rows.flatMap(({ enrolment_id }) => enrolment_id ?? []))]);
    const ruled = page.rows.flatMap((row) => {
      const enrolment = row.enrolment_id === null ? undefined : ends.get(row.enrolment_id);
      // A picture that belongs to no session of ours any more is kept as long as any policy would.
      const until = enrolment === undefined ? addMonths(shanghaiDay(row.created_at.getTime()), most) : picturesUntil(enrolment.end, enrolment.policy);
      const months = enrolment?.policy.retention.snapshotMonths ?? most;
      return today > until ? [{ row, rule: `retention.snapshotMonths=${months}` }] : [];
    });
    return { due: grouped(ruled), after: page.after };
  }

  sizeOf = ({ pictures }: DuePictures): number => pictures.length;
  purge = (item: DuePictures): Promise<void> => this.faces.erase(item);
}

/** Frames of failed checks of disputed sessions: `retention.disputedCaptureDays` from their capture. */
export class DisputedFramePurge implements PurgeClass<DuePictures> {
  readonly name = 'disputedFrames';

  constructor(private readonly faces: FacePurge) {}

  async find(after: string | null, { now }: PurgeTime): Promise<DuePage<DuePictures>> {
    const page = await this.faces.olderThan(daysBefore(now, 1), ['disputed'], after);
    const over = page.rows.filter(({ created_at, keep_days }) => created_at < daysBefore(now, keep_days ?? 1));
    return { due: grouped(over.map((row) => ({ row, rule: `retention.disputedCaptureDays=${row.keep_days ?? 1}` }))), after: page.after };
  }

  sizeOf = ({ pictures }: DuePictures): number => pictures.length;
  purge = (item: DuePictures): Promise<void> => this.faces.erase(item);
}

/** Reference faces and templates of those whose every training is over. */
export class TemplatePurge implements PurgeClass<DuePictures> {
  readonly name = 'templates';

  constructor(private readonly faces: FacePurge) {}

  async find(after: string | null, { today }: PurgeTime): Promise<DuePage<DuePictures>> {
    const [, last] = readKey(after);
    const rows: readonly { readonly id: string; readonly since: Date; readonly photos: readonly string[] }[] = await this.faces.dataSource.query(
      `select t.id, max(f.created_at) as since,
              array(select i.id from stored_image i where i.trainee_id = t.id and i.kind = 'reference' and i.erased_at is null) as photos
       from trainee t join reference_face f on f.trainee_id = t.id and (f.descriptor_sealed is not null or f.upload_sealed is not null)
       where t.id > $1::uuid and not ${heldSql('t.id', null)} group by t.id order by t.id limit ${PAGE}`,
      [last],
    );
    const enrolments = await this.faces.ends.ofTrainees(rows.map(({ id }) => id));
    const due = rows.flatMap(({ id, since, photos }) => {
      const own = enrolments.filter(({ traineeId }) => traineeId === id);
      const takenOn = shanghaiDay(since.getTime());
      // A face taken after the last training ended is for one to come.
      const isForNext = own.every(({ end }) => (end.assessmentEndedOn ?? end.lastActiveOn) < takenOn);
      const isOver = isForNext ? today > addMonths(takenOn, SILENT_MONTHS) : own.every(({ end }) => isTrainingOver(end, today));
      return isOver ? [{ traineeId: id, rule: 'retention.template=untilTrainingEnds', pictures: photos.map((photo) => ({ id: photo, sessionId: null })), withTemplate: true }] : [];
    });
    const end = rows.at(-1);
    return { due, after: rows.length < PAGE || end === undefined ? null : keyOf(end.since, end.id) };
  }

  sizeOf = (): number => 1;
  purge = (item: DuePictures): Promise<void> => this.faces.erase(item);
}

const daysBefore = (now: Date, days: number): Date => new Date(now.getTime() - days * 86_400_000);

function grouped(ruled: readonly { readonly row: PictureRow; readonly rule: string }[]): readonly DuePictures[] {
  const groups = new Map<string, { traineeId: string; rule: string; pictures: { id: string; sessionId: string | null }[]; withTemplate: boolean }>();
  for (const { row, rule } of ruled) {
    const key = `${row.trainee_id}/${rule}`;
    const group = groups.get(key) ?? { traineeId: row.trainee_id, rule, pictures: [], withTemplate: false };
    group.pictures.push({ id: row.id, sessionId: row.session_id });
    groups.set(key, group);
  }
  return [...groups.values()];
}
