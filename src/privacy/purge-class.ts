import type { CalendarDate } from '../rules/programme/calendar.js';

/** The day and instant for which is asked what is over. */
export interface PurgeTime {
  readonly now: Date;
  /** In Asia/Shanghai. */
  readonly today: CalendarDate;
}

export interface DuePage<T> {
  readonly due: readonly T[];
  /** Where the next page begins; null after the last. */
  readonly after: string | null;
}

export const PURGE_CLASSES = ['pictures', 'disputedFrames', 'templates', 'records', 'consents', 'accessLog'] as const;
export type PurgeClassName = (typeof PURGE_CLASSES)[number];

/** One class of data with a time of its own. Finding changes nothing; purging what is purged already does no harm. */
export interface PurgeClass<T> {
  readonly name: PurgeClassName;
  find(after: string | null, time: PurgeTime): Promise<DuePage<T>>;
  /** How many pictures, people, sessions or entries it is. */
  sizeOf(item: T): number;
  purge(item: T): Promise<void>;
}

/** Standing holds over what belongs to a trainee (`$trainee`) and, where there is one, a session (`$session`): SQL. */
export const heldSql = (trainee: string, session: string | null): string =>
  `exists (select 1 from legal_hold h where h.trainee_id = ${trainee} and h.lifted_at is null${session === null ? '' : ` and (h.session_id is null or h.session_id = ${session})`})`;

/** Pages go by time and id. */
export const keyOf = (at: Date, id: string): string => `${at.toISOString()}/${id}`;
export function readKey(after: string | null): readonly [string, string] {
  const [at = '-infinity', id = '00000000-0000-0000-0000-000000000000'] = after?.split('/') ?? [];
  return [at, id];
}
