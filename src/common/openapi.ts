import { applyDecorators, Body, Param } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { z, type ZodType } from 'zod';
import { ZodPipe } from './zod.pipe.js';

/** A body checked against its schema, which is also its documentation. */
export const ValidBody = <T>(schema: ZodType<T>): ParameterDecorator => Body({ schema, pipes: [new ZodPipe(schema)] });

const pathId = z.uuid();

/** A uuid in the path. */
export const PathId = (name = 'id'): ParameterDecorator => Param(name, { schema: pathId, pipes: [new ZodPipe(pathId)] });

/** Answer of a route with its schema as documentation. */
export const ApiAnswer = (status: number, description: string, schema: ZodType): MethodDecorator =>
  ApiResponse({ status, description, standardSchema: schema });

const problemSchema = {
  type: 'object' as const,
  required: ['type', 'title', 'status', 'code', 'detail'],
  properties: {
    type: { type: 'string' as const, example: 'urn:xuejian:problem:VALIDATION_FAILED' },
    title: { type: 'string' as const, example: 'VALIDATION_FAILED' },
    status: { type: 'integer' as const, example: 400 },
    code: { type: 'string' as const, description: 'Stable reason code', example: 'VALIDATION_FAILED' },
    detail: { type: 'string' as const, description: '中文 / English' },
    errors: {
      type: 'array' as const,
      description: 'Fields that are not as they should be (VALIDATION_FAILED)',
      items: {
        type: 'object' as const,
        required: ['path', 'message'],
        properties: { path: { type: 'string' as const }, message: { type: 'string' as const } },
      },
    },
  },
  additionalProperties: true,
};

const DESCRIPTIONS = {
  400: '请求内容不符合要求 / The request is not valid',
  401: '缺少或错误的平台密钥 / The platform key is missing or wrong',
  403: '平台密钥已停用 / The platform key is revoked',
  404: '没有找到,或属于其他平台 / Not found, or another platform’s',
  409: '与现有状态冲突 / In conflict with the present state',
  413: '请求内容过大 / The request is too large',
  415: '不支持的内容类型 / The content type is not supported',
  422: '内容可读但不能采用 / Read, and not acceptable',
  503: '暂不可用，请稍后再试 / Not available now, try again later',
} as const;

/** The refusals of a route (`application/problem+json`), by status. */
export const ApiProblems = (...statuses: readonly (keyof typeof DESCRIPTIONS)[]): MethodDecorator & ClassDecorator =>
  applyDecorators(
    ...statuses.map((status) =>
      ApiResponse({
        status,
        description: DESCRIPTIONS[status],
        content: { 'application/problem+json': { schema: problemSchema } },
      }),
    ),
  );
