import { Controller, Get, Header, Query } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { ApiAnswer, ApiProblems } from '../../common/openapi.js';
import { Problem } from '../../common/problem.js';
import { ZodPipe } from '../../common/zod.pipe.js';
import type { LogHeadEntity } from './log.entity.js';
import {
  type Consistency, type ConsistencyQuery, consistencyQuerySchema, consistencySchema, type Heads, type HeadsQuery, headsQuerySchema, headsSchema,
  type ProofQuery, proofQuerySchema, type PublishedHead, publishedHeadSchema, sessionProofSchema,
} from './log.schemas.js';
import { SessionLog, type SessionProof, treeHeadOf } from './session-log.js';

/** The public log over all sessions, for everyone: it names sessions by number and nobody by name. */
@ApiTags('公开日志 log')
@Controller('v1/log')
export class LogController {
  constructor(private readonly log: SessionLog) {}

  @Get('heads')
  @Header('Access-Control-Allow-Origin', '*')
  @ApiOperation({ summary: '已签名的树头，最新在前 / Signed heads of the log, newest first' })
  @ApiQuery({ name: 'below', required: false, description: 'nextBelow of the page before' })
  @ApiQuery({ name: 'limit', required: false, schema: { type: 'integer', minimum: 1, maximum: 200, default: 50 } })
  @ApiAnswer(200, 'One page', headsSchema)
  @ApiProblems(400)
  async heads(@Query(new ZodPipe(headsQuerySchema)) { below, limit }: HeadsQuery): Promise<Heads> {
    const found = await this.log.heads(below ?? null, limit + 1);
    const shown = found.slice(0, limit);
    return { heads: shown.map(publishedOf), nextBelow: found.length > limit ? (shown.at(-1)?.treeSize ?? null) : null };
  }

  @Get('heads/latest')
  @Header('Access-Control-Allow-Origin', '*')
  @ApiOperation({ summary: '最新树头 / The newest head of the log' })
  @ApiAnswer(200, 'The head', publishedHeadSchema)
  @ApiProblems(404)
  async latest(): Promise<PublishedHead> {
    const head = await this.log.latestHead();
    if (head === null) throw new Problem(404, 'NOT_FOUND', '公开日志尚为空 / The log is still empty');
    return publishedOf(head);
  }

  @Get('proof')
  @Header('Access-Control-Allow-Origin', '*')
  @ApiOperation({ summary: '一次学习在日志中的全部记录及包含证明 / Every fact of a session in the log, each with its inclusion proof' })
  @ApiAnswer(200, 'The proof', sessionProofSchema)
  @ApiProblems(400, 404)
  proof(@Query(new ZodPipe(proofQuerySchema)) { sessionId }: ProofQuery): Promise<SessionProof> {
    return this.log.proofOf(sessionId);
  }

  @Get('consistency')
  @Header('Access-Control-Allow-Origin', '*')
  @ApiOperation({ summary: '一致性证明：旧日志是新日志的开头 / Proof that the log of `from` leaves is the beginning of that of `to` (RFC 6962)' })
  @ApiAnswer(200, 'The proof', consistencySchema)
  @ApiProblems(400)
  async consistency(@Query(new ZodPipe(consistencyQuerySchema)) { from, to }: ConsistencyQuery): Promise<Consistency> {
    return { from, to, path: [...(await this.log.consistency(from, to))] };
  }
}

function publishedOf(head: LogHeadEntity): PublishedHead {
  const { token, stampedAt, stampTries, stampFailure } = head;
  const status = token !== null ? 'STAMPED' : stampTries > 0 ? 'PENDING' : 'NONE';
  return { treeHead: treeHeadOf(head), stamping: { status, stampedAt: stampedAt?.toISOString() ?? null, tries: stampTries, failure: stampFailure } };
}
