import { Controller, Get, Param, Query, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { ApiAnswer, ApiProblems } from '../common/openapi.js';
import { ZodPipe } from '../common/zod.pipe.js';
import { PlatformGuard } from '../identity/platform.guard.js';
import { policyListSchema, policyVersionQuerySchema, type PolicyList, type PolicyVersionQuery } from './policies.schemas.js';
import { PoliciesService } from './policies.service.js';
import { policyIdSchema, policySchema } from './policy.schema.js';
import type { LoadedPolicy } from './profiles.js';

const policyAnswerSchema = z.strictObject({ policy: policySchema, hash: z.string(), idHash: z.string() });

@ApiTags('监管策略 policies')
@ApiBearerAuth()
@Controller('v1/policies')
@UseGuards(PlatformGuard)
export class PoliciesController {
  constructor(private readonly policies: PoliciesService) {}

  @Get()
  @ApiOperation({ summary: '现行监管策略 / The policies in force' })
  @ApiAnswer(200, 'One version of each', policyListSchema)
  @ApiProblems(401, 403)
  list(): PolicyList {
    const policies = this.policies.list().map(({ policy: { id, version, source }, hash }) => ({ id, version, source, hash }));
    return { policies };
  }

  @Get(':id')
  @ApiOperation({ summary: '一个监管策略的全部参数 / Every number of one policy' })
  @ApiQuery({ name: 'version', required: false, description: 'The version in force when absent' })
  @ApiAnswer(200, 'The policy and its hashes', policyAnswerSchema)
  @ApiProblems(400, 401, 403, 404)
  get(
    @Param('id', new ZodPipe(policyIdSchema)) id: string,
    @Query(new ZodPipe(policyVersionQuerySchema)) query: PolicyVersionQuery,
  ): Promise<LoadedPolicy> {
    return this.policies.get(id, query.version);
  }
}
