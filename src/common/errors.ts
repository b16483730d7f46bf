import type { ErrorCode, WireError } from '@xuejian/protocol';
import { HttpException } from '@nestjs/common';
import { Problem } from './problem.js';

/** What the outside learns of anything thrown, and whether it was a bug of ours. */
export interface Refusal {
  readonly status: number;
  readonly code: ErrorCode;
  readonly message: string;
  readonly detail: Readonly<Record<string, unknown>>;
  /** True when it has to be logged with its stack: it should not have happened. */
  readonly isBug: boolean;
}

const REFUSALS: Readonly<Record<number, { readonly code: ErrorCode; readonly message: string }>> = {
  400: { code: 'VALIDATION_FAILED', message: '请求格式有误 / The request is malformed' },
  401: { code: 'UNAUTHENTICATED', message: '缺少或错误的凭证 / Credentials are missing or wrong' },
  403: { code: 'FORBIDDEN', message: '没有权限 / Not allowed' },
  404: { code: 'NOT_FOUND', message: '没有找到 / Not found' },
  405: { code: 'VALIDATION_FAILED', message: '不支持的请求方法 / The method is not supported' },
  409: { code: 'CONFLICT', message: '与现有状态冲突 / In conflict with the present state' },
  413: { code: 'TOO_LARGE', message: '请求内容过大 / The request is too large' },
  415: { code: 'VALIDATION_FAILED', message: '不支持的内容类型 / The content type is not supported' },
  422: { code: 'VALIDATION_FAILED', message: '请求内容不符合要求 / The request is not valid' },
  429: { code: 'RATE_LIMITED', message: '请求过于频繁，请稍后再试 / Too many requests, try again later' },
  503: { code: 'UNAVAILABLE', message: '服务暂不可用，请稍后再试 / Not available now, try again later' },
};

const BUG: Refusal = {
  status: 500,
  code: 'INTERNAL',
  message: '服务器内部错误，请稍后再试 / Internal error, try again later',
  detail: {},
  isBug: true,
};

/**
 * Translates anything thrown. Only the text of a `Problem` goes out: messages of frameworks and libraries may carry
 * paths, queries or input and stay in the log.
 */
export function refusalOf(exception: unknown): Refusal {
  if (exception instanceof Problem) {
    const { status, code, message, detail } = exception;
    return { status, code, message, detail, isBug: status >= 500 && code === 'INTERNAL' };
  }
  const status = statusOf(exception);
  const known = status === null ? undefined : (REFUSALS[status] ?? (status < 500 ? REFUSALS[400] : undefined));
  return status === null || known === undefined ? BUG : { status, ...known, detail: {}, isBug: false };
}

export function wireErrorOf(refusal: Refusal): WireError {
  return { code: refusal.code, message: refusal.message };
}

/** Nest's exceptions, and those of Express and its body parsers (`expose` marks an error about the request). */
function statusOf(exception: unknown): number | null {
  if (exception instanceof HttpException) return exception.getStatus();
  const { expose, status } = (exception ?? {}) as { readonly expose?: unknown; readonly status?: unknown };
  return expose === true && typeof status === 'number' ? status : null;
}
