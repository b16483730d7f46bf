import { setTimeout as sleep } from 'node:timers/promises';
import type { CaseAnswer, QueueAnswer } from '../../src/review/review.schemas.js';
import type { PlatformClient } from './platform-client.js';

/** A named reviewer at the review routes, who takes each case as soon as it is in the queue and decides for the trainee. */
export class ReviewDesk {
  readonly reviewer = { id: 'chen.wei', name: '陈伟' };

  /** `desk` holds a key to review with. */
  constructor(
    private readonly desk: PlatformClient,
    private readonly patienceMs: number,
  ) {}

  /** Confirms who is studying, by a call on video. */
  async confirm(sessionId: string): Promise<CaseAnswer> {
    const { caseId } = await this.take('alternatives', sessionId, { kind: 'HUMAN_VIDEO_CHECK' });
    return this.decide('alternatives', caseId, { outcome: 'CONFIRMED', question: '上一节课讲了什么', answerOk: true });
  }

  /** Finds nothing in a closed session that should cost its credit. */
  async overturn(sessionId: string): Promise<CaseAnswer> {
    const { caseId } = await this.take('sessions', sessionId, {});
    return this.decide('sessions', caseId, { outcome: 'OVERTURNED', reasonCode: 'IDENTITY_CONFIRMED', reasons: '视频核验记录完整，答问正确。' });
  }

  private async take(kind: string, sessionId: string, way: object): Promise<CaseAnswer> {
    for (const until = Date.now() + this.patienceMs; Date.now() < until; await sleep(200)) {
      const found = (await this.desk.call<QueueAnswer>('GET', `/v1/reviews/${kind}`)).cases.find(({ subjectId }) => subjectId === sessionId);
      if (found !== undefined) return this.desk.call('POST', `/v1/reviews/${kind}/${found.caseId}/claim`, { reviewer: this.reviewer, ...way });
    }
    throw new Error(`no case of ${sessionId} in the queue of ${kind}`);
  }

  private decide(kind: string, caseId: string, decision: object): Promise<CaseAnswer> {
    return this.desk.call('POST', `/v1/reviews/${kind}/${caseId}/decision`, { reviewer: this.reviewer, ...decision });
  }
}
