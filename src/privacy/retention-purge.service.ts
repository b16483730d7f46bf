import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { BundleStore } from '../evidence/bundle/bundle-store.js';
import { shanghaiDay } from '../rules/programme/calendar.js';
import { EnrolmentEnds } from './enrolment-ends.js';
import { Erasures } from './erasures.service.js';
import { PURGE_CLASSES, type PurgeClass, type PurgeClassName, type PurgeTime } from './purge-class.js';
import { DisputedFramePurge, FacePurge, PicturePurge, TemplatePurge } from './purge-faces.js';
import { AccessLogPurge, ConsentPurge, type DueEntries, RecordPurge } from './purge-records.js';

/** Where a purge goes on. */
export interface PurgePosition {
  readonly at: PurgeClassName;
  readonly after: string | null;
}

export type PurgeCounts = Readonly<Record<PurgeClassName, number>>;

export interface PurgeRun {
  readonly counts: PurgeCounts;
  /** Null when everything that is over was seen. */
  readonly next: PurgePosition | null;
}

export interface PurgeRequest {
  readonly from: PurgePosition | null;
  readonly now: Date;
  /** The run stops after the page that exceeds it, ms. */
  readonly budgetMs: number;
  /** Counts alone. */
  readonly isDryRun: boolean;
}

export const NOTHING_PURGED = Object.fromEntries(PURGE_CLASSES.map((name) => [name, 0])) as PurgeCounts;
const UNFINISHED_LIMIT = 200;

/** Erases what its time is over for, class by class, page by page; stopped anywhere, it goes on or begins anew. */
@Injectable()
export class RetentionPurge {
  private readonly passes: readonly Pass[];

  constructor(
    @InjectDataSource() dataSource: DataSource,
    faces: FacePurge,
    ends: EnrolmentEnds,
    bundles: BundleStore,
    private readonly erasures: Erasures,
  ) {
    this.passes = [
      passOf(new PicturePurge(faces)), passOf(new DisputedFramePurge(faces)), passOf(new TemplatePurge(faces)),
      passOf(new RecordPurge(dataSource, ends, bundles)), passOf(new ConsentPurge(dataSource, ends)), passOf<DueEntries>(new AccessLogPurge(dataSource, ends)),
    ];
  }

  async run({ from, now, budgetMs, isDryRun }: PurgeRequest): Promise<PurgeRun> {
    const until = performance.now() + budgetMs;
    const time = { now, today: shanghaiDay(now.getTime()) };
    const counts = { ...NOTHING_PURGED } as Record<PurgeClassName, number>;
    const first = Math.max(0, this.passes.findIndex(({ name }) => name === from?.at));
    for (const { name, page } of this.passes.slice(first)) {
      let after = name === from?.at ? from.after : null;
      do {
        if (performance.now() > until) return { counts, next: { at: name, after } };
        const done = await page(after, time, isDryRun);
        counts[name] += done.count;
        ({ after } = done);
      } while (after !== null);
    }
    return { counts, next: null };
  }

  /** Goes on with erasures that wait for a hold or whose files resisted. */
  async carryOn(): Promise<void> {
    for (const id of await this.erasures.unfinished(UNFINISHED_LIMIT)) await this.erasures.carryOn(id);
  }
}

interface Pass {
  readonly name: PurgeClassName;
  page(after: string | null, time: PurgeTime, isDryRun: boolean): Promise<{ readonly count: number; readonly after: string | null }>;
}

const passOf = <T>(kind: PurgeClass<T>): Pass => ({
  name: kind.name,
  page: async (from, time, isDryRun) => {
    const { due, after } = await kind.find(from, time);
    if (!isDryRun) for (const item of due) await kind.purge(item);
    return { count: due.reduce((sum, item) => sum + kind.sizeOf(item), 0), after };
  },
});

export const addCounts = (a: PurgeCounts, b: PurgeCounts): PurgeCounts =>
  Object.fromEntries(PURGE_CLASSES.map((name) => [name, a[name] + b[name]])) as PurgeCounts;
