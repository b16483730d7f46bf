import { Catch, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Ack } from '@xuejian/protocol';
import { refusalOf, wireErrorOf } from './errors.js';

/**
 * Answers what a socket handler threw through the acknowledgement, which Nest itself would leave unanswered.
 * For gateways: `@UseFilters(WsProblemFilter)`.
 */
@Catch()
export class WsProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger(WsProblemFilter.name);

  catch(exception: unknown, host: ArgumentsHost): void {
    const acknowledge = host.getArgs<unknown[]>().find((argument) => typeof argument === 'function');
    const answer = this.answerTo(exception);
    acknowledge?.(answer);
  }

  /** For listeners registered with `socket.on`, which no filter sees. */
  answerTo(exception: unknown): Extract<Ack, { ok: false }> {
    const refusal = refusalOf(exception);
    if (refusal.isBug) this.logger.error({ err: exception }, 'socket message failed');
    return { ok: false, error: wireErrorOf(refusal) };
  }
}
