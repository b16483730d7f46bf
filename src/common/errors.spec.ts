import { ForbiddenException } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { refusalOf } from './errors.js';
import { problemBodyOf } from './problem.filter.js';
import { Problem } from './problem.js';
import { ZodPipe } from './zod.pipe.js';

describe('refusals', () => {
  it('hand out a problem with its facts', () => {
    const body = problemBodyOf(refusalOf(new Problem(409, 'R5_OUT_OF_ORDER', '请先完成前一课', { lessonId: 'l1' })));
    expect(body).toEqual({
      type: 'urn:xuejian:problem:R5_OUT_OF_ORDER',
      title: 'R5_OUT_OF_ORDER',
      status: 409,
      code: 'R5_OUT_OF_ORDER',
      detail: '请先完成前一课',
      lessonId: 'l1',
    });
  });

  it('say nothing of a bug', () => {
    const refusal = refusalOf(new Error('password=hunter2 at /srv/app'));
    expect(refusal).toMatchObject({ status: 500, code: 'INTERNAL', isBug: true });
    expect(JSON.stringify(problemBodyOf(refusal))).not.toContain('hunter2');
  });

  it('give codes to errors of frameworks', () => {
    expect(refusalOf(new ForbiddenException('inner words'))).toMatchObject({ status: 403, code: 'FORBIDDEN' });
    const tooLarge = Object.assign(new Error('request entity too large'), { expose: true, status: 413 });
    expect(refusalOf(tooLarge)).toMatchObject({ status: 413, code: 'TOO_LARGE', isBug: false });
  });

  it('list the fields that a schema refuses', () => {
    const pipe = new ZodPipe(z.strictObject({ title: z.string(), lessons: z.array(z.strictObject({ position: z.number() })) }));
    expect(pipe.transform({ title: 'a', lessons: [] })).toEqual({ title: 'a', lessons: [] });
    let thrown: unknown;
    try {
      pipe.transform({ title: 1, lessons: [{ position: 'x' }], more: true });
    } catch (error) {
      thrown = error;
    }
    expect(refusalOf(thrown)).toMatchObject({ status: 400, code: 'VALIDATION_FAILED' });
    expect(refusalOf(thrown).detail.errors).toEqual(
      expect.arrayContaining([expect.objectContaining({ path: 'title' }), expect.objectContaining({ path: 'lessons.0.position' })]),
    );
  });
});
