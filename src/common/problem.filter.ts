import { Catch, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { ErrorCode } from '@xuejian/protocol';
import type { Request, Response } from 'express';
import { refusalOf, type Refusal } from './errors.js';

/** Body of every refusal over REST (RFC 9457), with the facts of the `Problem` as further members. */
export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ErrorCode;
  readonly detail: string;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
}

/** Answers everything thrown during an HTTP request as `application/problem+json`. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemFilter.name);

  catch(exception: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<Request>();
    const response = http.getResponse<Response>();
    const refusal = aboutImage(refusalOf(exception), request);
    if (refusal.isBug) this.logger.error({ err: exception, method: request.method, path: request.path }, 'request failed');
    if (response.headersSent) {
      response.destroy();
      return;
    }
    response.status(refusal.status).type('application/problem+json').send(JSON.stringify(problemBodyOf(refusal)));
  }
}

export function problemBodyOf(refusal: Refusal): ProblemBody {
  return {
    ...refusal.detail,
    type: `urn:xuejian:problem:${refusal.code}`,
    title: refusal.code,
    status: refusal.status,
    code: refusal.code,
    detail: refusal.message,
  };
}

/** A picture above the limit is refused by the body parser already, which knows no codes. */
function aboutImage(refusal: Refusal, request: Request): Refusal {
  const isImage = refusal.code === 'TOO_LARGE' && (request.headers['content-type'] ?? '').startsWith('image/');
  return isImage ? { ...refusal, code: 'IMAGE_TOO_LARGE', message: '照片文件过大 / The picture is too large' } : refusal;
}
