import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type BurstTaken, LIMITS, type LivenessBurst, type LivenessFrame } from '@xuejian/protocol';
import { type Capture, CheckTasksService } from '../checks/check-tasks.service.js';
import { drawAct } from '../checks/liveness-challenge.js';
import { Problem } from '../common/problem.js';
import { burstDigestOf, newDigestKey } from '../evidence/image-digest.js';
import { actWindowMs, type OpenFaceCheck } from '../rules/face-check.js';
import { promptOf } from './client-messages.js';
import type { LivenessExchange } from './liveness-exchange.js';
import { requireSize, tooLate } from './refusals.js';
import type { SessionRunner } from './session-runner.js';

/** Takes the frames of a face check step by step, and tells the next act only when those of the one before are there. */
@Injectable()
export class LivenessIntake {
  constructor(private readonly checks: CheckTasksService) {}

  /**
   * Only within `run` of the session.
   * @throws Problem 409 `LIVENESS_UNKNOWN`, `LIVENESS_OUT_OF_ORDER`, `TOO_LATE`; 422 `FRAMES_IMPLAUSIBLE`; 413 `IMAGE_TOO_LARGE`
   */
  async take(runner: SessionRunner, { checkId, nonce, step, frames }: LivenessBurst): Promise<BurstTaken> {
    const { open } = runner.opened.slices.R4;
    const { exchange } = runner;
    if (open?.checkId !== checkId || open.isReceived || exchange?.checkId !== checkId) {
      throw new Problem(409, 'LIVENESS_UNKNOWN', '没有等待中的人脸核验 / No such face check is asked for');
    }
    if (step !== open.step || nonce !== exchange.nonce) {
      throw new Problem(409, 'LIVENESS_OUT_OF_ORDER', '不是当前步骤的画面 / These are not the frames of the step that is asked for', { expected: open.step });
    }
    const at = runner.now();
    if (at > open.deadlineAt) throw tooLate();
    requireBurst(frames);
    const { policy } = runner.opened.opened;
    if (!exchange.canBe(frames, at, actWindowMs(open.demand, policy))) {
      throw new Problem(422, 'FRAMES_IMPLAUSIBLE', '画面的拍摄时间与步骤不符 / The frames cannot have been taken at these times');
    }
    if (step === open.demand.acts) return this.complete(runner, open, exchange, exchange.with(frames), at);
    const kinds = open.demand.variant === 'ACCESSIBLE' ? policy.face.accessibleActKinds : policy.face.actKinds;
    const act = drawAct(kinds, exchange.acts.at(-1) ?? null);
    exchange.keep(exchange.with(frames), at);
    const prompted = { type: 'liveness.prompted', at, checkId, step: step + 1, act, nonce: randomBytes(16).toString('hex') } as const;
    await runner.record(prompted);
    return { next: promptOf(prompted) };
  }

  /** The last frames are there: the check is stored, recorded, and goes to the workers. */
  private async complete(runner: SessionRunner, { part }: OpenFaceCheck, { checkId, acts }: LivenessExchange, frames: readonly Capture[], at: number): Promise<BurstTaken> {
    const digestKey = newDigestKey();
    await this.checks.store({
      id: checkId, sessionId: runner.id, traineeId: runner.row.traineeId, kind: 'liveness', acts: [...acts], scheduleIndex: part ?? 0, receivedAt: at, digestKey, frames,
    });
    const digest = burstDigestOf(digestKey, frames.map(({ image }) => image));
    await runner.record({ type: 'liveness.received', at, checkId, frames: frames.length, digest });
    await this.checks.enqueue(checkId, 'liveness');
    return { next: null };
  }
}

function requireBurst(frames: readonly LivenessFrame[]): void {
  for (const { image } of frames) requireSize(image, LIMITS.frameBytes);
  const bytes = frames.reduce((sum, { image }) => sum + image.byteLength, 0);
  if (bytes > LIMITS.burstBytes) throw new Problem(413, 'IMAGE_TOO_LARGE', `画面合计超过 ${LIMITS.burstBytes} 字节 / The frames together are larger than ${LIMITS.burstBytes} bytes`);
}
