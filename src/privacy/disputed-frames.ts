import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { CheckTaskEntity } from '../checks/check-task.entity.js';
import { ImageVault } from '../evidence/image-vault.js';
import { PolicyVersionEntity } from '../policies/policy-version.entity.js';
import type { LivenessMeasurement } from '../rules/event.js';
import { judgeLiveness } from '../rules/liveness-outcome.js';
import { completePolicy } from '../rules/policy-history.js';
import type { Policy } from '../rules/policy.js';
import { SessionDisputeEntity } from './session-dispute.entity.js';

interface Frame {
  readonly step: number;
  readonly clientMonoMs: number;
  readonly image: Buffer;
}

/** Evenly over the burst: enough to see what was done. */
const MAX_FRAMES = 30;

/** Frames of face checks are kept for a failed check of a disputed session alone, encrypted, for `disputedCaptureDays`. */
@Injectable()
export class DisputedFrames {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly vault: ImageVault,
  ) {}

  /** How many frames were kept: none of a check that passed, and none in which another person was seen. */
  async keep(task: Pick<CheckTaskEntity, 'id' | 'sessionId' | 'traineeId' | 'acts'>, frames: readonly Frame[], measurement: LivenessMeasurement): Promise<number> {
    const { id: checkId, sessionId, traineeId, acts } = task;
    if (measurement.manyFaces > 0 || !(await this.dataSource.manager.existsBy(SessionDisputeEntity, { sessionId }))) return 0;
    const policy = await this.policyOf(sessionId);
    if (policy === null || judgeLiveness(measurement, policy, acts.length).passed) return 0;
    const stride = Math.max(1, Math.ceil(frames.length / MAX_FRAMES));
    const chosen = frames.filter((_frame, index) => index % stride === 0);
    for (const { image, step, clientMonoMs } of chosen) {
      await this.vault.put({ bytes: image, kind: 'disputed', sessionId, traineeId, digestKey: null, meta: { sessionId, checkId, step, clientMonoMs } });
    }
    return chosen.length;
  }

  private async policyOf(sessionId: string): Promise<Policy | null> {
    const row = await this.dataSource
      .createQueryBuilder(PolicyVersionEntity, 'policy')
      .innerJoin('enrolment', 'enrolment', 'enrolment.policy_id = policy.policyId and enrolment.policy_version = policy.version')
      .innerJoin('study_session', 'session', 'session.enrolment_id = enrolment.id and session.id = :sessionId', { sessionId })
      .getOne();
    return row === null ? null : completePolicy(row.body);
  }
}
