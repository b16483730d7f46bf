/** Every job by name (subject.verb): what it carries (ids, never images) and what its handler returns. */
export interface JobMap {
  /** Measures one snapshot (`check_task.id`) against the reference face. */
  readonly 'snapshot.judge': { readonly data: { readonly checkId: string }; readonly result: JobOutcome };
  /** Measures one liveness burst (`check_task.id`). */
  readonly 'liveness.judge': { readonly data: { readonly checkId: string }; readonly result: JobOutcome };
  /** Judges an uploaded reference face (`reference_face.id`). */
  readonly 'reference-face.judge': { readonly data: { readonly referenceFaceId: string }; readonly result: JobOutcome };
}

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
};
