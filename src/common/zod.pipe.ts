import type { PipeTransform } from '@nestjs/common';
import type { ZodType } from 'zod';
import { Problem } from './problem.js';

/** One field of a request that is not as it should be. */
export interface FieldError {
  /** Where, e.g. `lessons.0.title`; empty for the whole. */
  readonly path: string;
  readonly message: string;
}

const MAX_FIELD_ERRORS = 20;

/** Checks one argument of a handler against a schema: `@Body(new ZodPipe(schema))`. */
export class ZodPipe<T> implements PipeTransform<unknown, T> {
  constructor(private readonly schema: ZodType<T>) {}

  transform(value: unknown): T {
    return parseOrRefuse(this.schema, value);
  }
}

/** For boundaries without pipes. @throws Problem 400 `VALIDATION_FAILED` with `detail.errors`. */
export function parseOrRefuse<T>(schema: ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const errors: readonly FieldError[] = parsed.error.issues
    .slice(0, MAX_FIELD_ERRORS)
    .map((issue) => ({ path: issue.path.map(String).join('.'), message: issue.message }));
  const first = errors[0];
  const where = first ? `：${first.path || '/'} (${first.message})` : '';
  throw new Problem(400, 'VALIDATION_FAILED', `请求内容不符合要求${where} / The request is not valid`, { errors });
}
