import type { PurgePosition } from '../privacy/retention-purge.service.js';

/** Every job by name (subject.verb): what it carries (ids, never images) and what its handler returns. */
export interface JobMap {
  /** Measures one snapshot (`check_task.id`) against the reference face. */
  readonly 'snapshot.judge': { readonly data: { readonly checkId: string }; readonly result: JobOutcome };
  /** Measures one liveness burst (`check_task.id`). */
  readonly 'liveness.judge': { readonly data: { readonly checkId: string }; readonly result: JobOutcome };
  /** Judges an uploaded reference face (`reference_face.id`). */
  readonly 'reference-face.judge': { readonly data: { readonly referenceFaceId: string }; readonly result: JobOutcome };
  /** Makes the evidence bundle of a closed session (`study_session.id`). */
  readonly 'session.finalise': { readonly data: { readonly sessionId: string }; readonly result: JobOutcome };
  /** Looks for closed sessions without a bundle. */
  readonly 'evidence.sweep': { readonly data: NoData; readonly result: JobOutcome };
  /** Does what is left of an erasure (`erasure.id`): files and receipt. */
  readonly 'privacy.erase': { readonly data: { readonly erasureId: string }; readonly result: JobOutcome };
  /** Erases what its time is over for, and goes on with erasures that are not done. */
  readonly 'evidence.purge': { readonly data: { readonly from: PurgePosition | null }; readonly result: JobOutcome };
  /** Counts the people whose face data is stored. */
  readonly 'privacy.measure': { readonly data: NoData; readonly result: JobOutcome };
  /** Appends what is new to the public log and signs its head. */
  readonly 'log.seal': { readonly data: NoData; readonly result: JobOutcome };
}

type NoData = Readonly<Record<string, never>>;

/** `skipped`: the work was already done (handlers are idempotent). */
export type JobOutcome = 'done' | 'skipped';
export type JobName = keyof JobMap;

export interface JobSettings {
  readonly attempts: number;
  readonly backoffMs: number;
  readonly concurrency: number;
  /** Lower runs first. */
  readonly priority: number;
}

/** Settings of every job: one missing does not compile. Where a person waits for the result comes first. */
export const JOB_SETTINGS: { readonly [N in JobName]: JobSettings } = {
  'reference-face.judge': { attempts: 3, backoffMs: 500, concurrency: 1, priority: 1 },
  'liveness.judge': { attempts: 3, backoffMs: 500, concurrency: 1, priority: 1 },
  'snapshot.judge': { attempts: 3, backoffMs: 500, concurrency: 1, priority: 2 },
  'session.finalise': { attempts: 3, backoffMs: 1000, concurrency: 1, priority: 10 },
  'privacy.erase': { attempts: 5, backoffMs: 2000, concurrency: 1, priority: 10 },
  'evidence.purge': { attempts: 1, backoffMs: 1000, concurrency: 1, priority: 12 },
  'privacy.measure': { attempts: 1, backoffMs: 1000, concurrency: 1, priority: 12 },
  'log.seal': { attempts: 1, backoffMs: 1000, concurrency: 1, priority: 11 },
  'evidence.sweep': { attempts: 1, backoffMs: 1000, concurrency: 1, priority: 11 },
};
