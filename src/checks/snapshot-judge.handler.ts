import { Injectable } from '@nestjs/common';
import { ImageVault } from '../evidence/image-vault.js';
import { FaceJudge } from '../faces/face-judge.js';
import { ReferenceFaceRenewal } from '../faces/reference-face-renewal.js';
import { type Capture, PictureHistory } from '../faces/replay/picture-history.js';
import { type HandlesJob, JobHandler } from '../queues/job-handler.js';
import type { JobOutcome } from '../queues/jobs.js';
import type { FaceMeasurement } from '../rules/event.js';
import { CheckTasksService } from './check-tasks.service.js';

/** Measures one snapshot, also against what was seen before, and keeps the picture as evidence; one that shows other people is counted and not kept. */
@Injectable()
@JobHandler('snapshot.judge')
export class SnapshotJudgeHandler implements HandlesJob<'snapshot.judge'> {
  constructor(
    private readonly checks: CheckTasksService,
    private readonly judge: FaceJudge,
    private readonly references: ReferenceFaceRenewal,
    private readonly vault: ImageVault,
    private readonly history: PictureHistory,
  ) {}

  async handle({ checkId }: { readonly checkId: string }): Promise<JobOutcome> {
    const task = await this.checks.find(checkId);
    if (task?.status !== 'QUEUED') return 'skipped';
    const [frame] = await this.checks.framesOf(checkId);
    const { sessionId, traineeId, receivedAt } = task;
    const reference = await this.references.current(traineeId);
    const bytes = frame?.image ?? null;
    const before = await this.history.snapshotBefore({ id: checkId, sessionId, takenAt: receivedAt });
    const { measurement, print, still } = await this.judge.measureSnapshot(bytes, reference.descriptor, before);
    const capture: Capture | null = print === null ? null : { id: checkId, sessionId, traineeId, takenAt: receivedAt, prints: [print], best: print };
    const replay = capture === null || measurement.faceCount === 0 ? null : { ...(await this.history.compare(capture)), still, periodMs: null };
    const meta = { sessionId, checkId, index: task.scheduleIndex, receivedAt: receivedAt.toISOString() };
    const digestKey = await this.checks.digestKeyOf(task);
    const kept = bytes !== null && mayKeep(measurement) ? await this.vault.put({ bytes, kind: 'snapshot', sessionId, traineeId, digestKey, meta }) : null;
    // An empty chair is like another: only pictures with a face are known again.
    if (capture !== null && kept !== null && measurement.faceCount === 1) await this.history.remember(capture, kept.imageId);
    const result = { measurement: replay === null ? measurement : { ...measurement, replay }, imageId: kept?.imageId ?? null, engine: this.judge.engineId };
    return (await this.checks.settle(checkId, result)) ? 'done' : 'skipped';
  }
}

const mayKeep = ({ failure, faceCount }: FaceMeasurement): boolean => failure === null && faceCount <= 1;
