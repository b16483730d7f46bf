import type { ErrorCode } from '@xuejian/protocol';

/**
 * An expected refusal at the edge: answered as `application/problem+json` over REST and as `{ ok: false, error }` on
 * the socket. Anything else that is thrown is a bug and becomes `INTERNAL`.
 */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: ErrorCode,
    message: string,
    /** Plain facts that help the caller, e.g. the lesson to do first. */
    readonly detail: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = 'Problem';
  }
}
