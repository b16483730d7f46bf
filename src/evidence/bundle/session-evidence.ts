import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { Problem } from '../../common/problem.js';
import { SessionsRepository } from '../../sessions/sessions.repository.js';
import { Bundles } from './bundles.js';
import type { EvidenceBundleEntity } from './evidence-bundle.entity.js';

/** The evidence of one session, for the platform it belongs to. */
@Injectable()
export class SessionEvidence {
  constructor(
    private readonly sessions: SessionsRepository,
    private readonly bundles: Bundles,
  ) {}

  /** Its newest bundle. @throws Problem 404; 409 `SESSION_OPEN`, or `EVIDENCE_PENDING` in the moments after its end */
  async require(platformId: string, sessionId: string): Promise<EvidenceBundleEntity> {
    const row = await this.sessions.findOf(platformId, sessionId);
    if (row === null) throw new Problem(404, 'NOT_FOUND', '没有这次学习 / There is no such session');
    if (row.closedAt === null) throw new Problem(409, 'SESSION_OPEN', '学习尚未结束，证据包待结束后生成 / The session is not closed yet: its evidence comes afterwards');
    const bundle = await this.bundles.latest(sessionId);
    if (bundle === null) throw new Problem(409, 'EVIDENCE_PENDING', '证据包正在生成，请稍后再取 / The evidence is being made up: ask again in a moment');
    return bundle;
  }

  stream(bundle: EvidenceBundleEntity): Promise<Readable> {
    return this.bundles.stream(bundle);
  }
}
