import { Injectable } from '@nestjs/common';
import { ImageVault } from '../evidence/image-vault.js';
import { FaceJudge } from '../faces/face-judge.js';
import { ReferenceFaceRenewal } from '../faces/reference-face-renewal.js';
import { type Capture, PictureHistory } from '../faces/replay/picture-history.js';
import { DisputedFrames } from '../privacy/disputed-frames.js';
import { type HandlesJob, JobHandler } from '../queues/job-handler.js';
import type { JobOutcome } from '../queues/jobs.js';
import { CheckTasksService } from './check-tasks.service.js';

/** Measures one liveness burst. Of its frames only the best neutral one is kept, unless the session is disputed. */
@Injectable()
@JobHandler('liveness.judge')
export class LivenessJudgeHandler implements HandlesJob<'liveness.judge'> {
  constructor(
    private readonly checks: CheckTasksService,
    private readonly judge: FaceJudge,
    private readonly references: ReferenceFaceRenewal,
    private readonly vault: ImageVault,
    private readonly history: PictureHistory,
    private readonly disputes: DisputedFrames,
  ) {}

  async handle({ checkId }: { readonly checkId: string }): Promise<JobOutcome> {
    const task = await this.checks.find(checkId);
    if (task?.status !== 'QUEUED') return 'skipped';
    const frames = await this.checks.framesOf(checkId);
    const reference = await this.references.current(task.traineeId);
    const { measurement, bestFrame, prints, bestPrint, periodMs } = await this.judge.measureBurst({ frames, acts: task.acts, reference: reference.descriptor });
    const best = bestFrame === null || measurement.manyFaces > 0 ? undefined : frames[bestFrame];
    const meta = { sessionId: task.sessionId, checkId, index: task.scheduleIndex, receivedAt: task.receivedAt.toISOString() };
    const { sessionId, traineeId } = task;
    const digestKey = await this.checks.digestKeyOf(task);
    const capture: Capture = { id: checkId, sessionId, traineeId, takenAt: task.receivedAt, prints, best: bestPrint };
    const replay = { ...(await this.history.compare(capture)), still: null, periodMs };
    const kept = best === undefined ? null : await this.vault.put({ bytes: best.image, kind: 'liveness', sessionId, traineeId, digestKey, meta });
    if (kept !== null) await this.history.remember(capture, kept.imageId);
    await this.disputes.keep(task, frames, { ...measurement, replay });
    const isSettled = await this.checks.settle(checkId, { measurement: { ...measurement, replay }, imageId: kept?.imageId ?? null, engine: this.judge.engineId });
    return isSettled ? 'done' : 'skipped';
  }
}
