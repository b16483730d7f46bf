import { Injectable } from '@nestjs/common';
import { ImageVault } from '../evidence/image-vault.js';
import { FaceJudge } from '../faces/face-judge.js';
import { ReferenceFaceService } from '../faces/reference-face.service.js';
import { type HandlesJob, JobHandler } from '../queues/job-handler.js';
import type { JobOutcome } from '../queues/jobs.js';
import type { FaceMeasurement } from '../rules/event.js';
import { CheckTasksService } from './check-tasks.service.js';

/** Measures one snapshot and keeps the picture as evidence; one that shows other people is counted and not kept. */
@Injectable()
@JobHandler('snapshot.judge')
export class SnapshotJudgeHandler implements HandlesJob<'snapshot.judge'> {
  constructor(
    private readonly checks: CheckTasksService,
    private readonly judge: FaceJudge,
    private readonly references: ReferenceFaceService,
    private readonly vault: ImageVault,
  ) {}

  async handle({ checkId }: { readonly checkId: string }): Promise<JobOutcome> {
    const task = await this.checks.find(checkId);
    if (task?.status !== 'QUEUED') return 'skipped';
    const [frame] = await this.checks.framesOf(checkId);
    const reference = await this.references.activeFor(task.traineeId);
    if (reference === null) throw new Error(`trainee ${task.traineeId} has no reference face`);
    const bytes = frame?.image ?? null;
    const measurement = await this.judge.measureImage(bytes, reference.descriptor);
    const isKept = bytes !== null && mayKeep(measurement);
    const meta = { sessionId: task.sessionId, checkId, index: task.scheduleIndex, receivedAt: task.receivedAt.toISOString() };
    const digestKey = await this.checks.digestKeyOf(task);
    const kept = isKept ? await this.vault.put({ bytes, kind: 'snapshot', sessionId: task.sessionId, traineeId: task.traineeId, digestKey, meta }) : null;
    const isSettled = await this.checks.settle(checkId, { measurement, imageId: kept?.imageId ?? null, engine: this.judge.engineId });
    return isSettled ? 'done' : 'skipped';
  }
}

const mayKeep = ({ failure, faceCount }: FaceMeasurement): boolean => failure === null && faceCount <= 1;
