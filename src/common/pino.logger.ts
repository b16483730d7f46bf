import type { LoggerService } from '@nestjs/common';
import { pino, stdTimeFunctions, type Logger as Pino } from 'pino';
import type { LogLevel } from '../config/config.js';

/** What must never reach a log, wherever it stands in an object. */
const SECRETS = ['authorization', 'token', 'secret', 'password', 'idNumber', 'databaseUrl', 'redisUrl'];

interface DescribedError {
  readonly type: string;
  readonly message: string;
  readonly code?: unknown;
  readonly stack?: string | undefined;
  readonly cause?: DescribedError;
}

/** What helps to find a bug and no more: errors of drivers carry connections, and the very rows they stumbled over. */
function describeError(error: unknown): DescribedError {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) };
  return {
    type: error.constructor.name,
    message: error.message,
    ...('code' in error ? { code: error.code } : {}),
    stack: error.stack,
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  };
}

/** Structured logs for Nest: one JSON object per line on standard output. */
export class PinoLogger implements LoggerService {
  private readonly pino: Pino;

  constructor(process: string, level: LogLevel) {
    this.pino = pino({
      base: { process },
      level,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: describeError },
      redact: { paths: SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '***' },
    });
  }

  log(message: unknown, ...rest: readonly unknown[]): void {
    this.write('info', message, rest);
  }

  error(message: unknown, ...rest: readonly unknown[]): void {
    this.write('error', message, rest);
  }

  warn(message: unknown, ...rest: readonly unknown[]): void {
    this.write('warn', message, rest);
  }

  debug(message: unknown, ...rest: readonly unknown[]): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: readonly unknown[]): void {
    this.write('trace', message, rest);
  }

  fatal(message: unknown, ...rest: readonly unknown[]): void {
    this.write('fatal', message, rest);
  }

  /** Nest appends the context as the last text; a stack may come before it, further objects anywhere. */
  private write(level: Exclude<LogLevel, 'silent'>, message: unknown, rest: readonly unknown[]): void {
    const texts = rest.filter((value) => typeof value === 'string');
    const fields = Object.assign({}, ...rest.filter((value) => typeof value === 'object' && value !== null)) as object;
    const context = texts.at(-1);
    const bound = { ...fields, ...(context === undefined ? {} : { context }) };
    if (message instanceof Error) this.pino[level]({ ...bound, err: message }, message.message);
    else if (typeof message === 'object' && message !== null) this.pino[level]({ ...bound, ...message }, texts.slice(0, -1).join(' '));
    else this.pino[level]({ ...bound, ...(texts.length > 1 ? { stack: texts[0] } : {}) }, String(message));
  }
}
