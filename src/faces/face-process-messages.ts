import type { FaceRuntimeChoice } from './face-runtime.js';

/** The first thing a face process is told. */
export interface FaceProcessStart {
  readonly type: 'start';
  readonly runtime: FaceRuntimeChoice;
  /** Where converted models are kept (absolute). */
  readonly modelsDir: string;
}

/** One job: a method of `FaceJudge`. Arguments and results are copied (structured clone). */
export interface FaceProcessJob {
  readonly type: 'job';
  readonly method: string;
  readonly args: readonly unknown[];
}

/** What a face process says: once that it is ready or why it cannot be, then one answer for each job. */
export type FaceProcessMessage =
  | { readonly type: 'ready'; readonly engineId: string; readonly descriptorSpace: string; readonly fallback: string | null }
  | { readonly type: 'refused'; readonly message: string }
  | { readonly type: 'done'; readonly result: unknown }
  | { readonly type: 'failed'; readonly message: string };
