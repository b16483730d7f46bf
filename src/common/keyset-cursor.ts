import { z } from 'zod';
import { Problem } from './problem.js';

const cursorSchema = z.tuple([z.iso.datetime(), z.uuid()]);

/** Instant and id of the last row of a page. */
export type KeysetCursor = z.infer<typeof cursorSchema>;

export const writeCursor = (cursor: KeysetCursor): string => Buffer.from(JSON.stringify(cursor), 'utf8').toString('base64url');

/** @throws Problem 400 for a text that is no cursor */
export function readCursor(text: string): KeysetCursor {
  try {
    return cursorSchema.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
  } catch {
    const errors = [{ path: 'cursor', message: '不是本接口给出的游标 / not a cursor of this list' }];
    throw new Problem(400, 'VALIDATION_FAILED', '请求内容不符合要求 / The request is not valid', { errors });
  }
}
