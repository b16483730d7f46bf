import { Injectable } from '@nestjs/common';
import { ImageVault } from '../evidence/image-vault.js';
import { type HandlesJob, JobHandler } from '../queues/job-handler.js';
import type { JobOutcome } from '../queues/jobs.js';
import { FaceJudge } from './face-judge.js';
import { ReferenceFaceChanges } from './reference-face-changes.js';
import { ReferenceFaceRenewal } from './reference-face-renewal.js';
import { ReferenceFaceService } from './reference-face.service.js';
import { PictureHistory } from './replay/picture-history.js';

/** Judges an uploaded photo; one that passes becomes the trainee's reference face, or waits for a reviewer. */
@Injectable()
@JobHandler('reference-face.judge')
export class ReferenceFaceJudgeHandler implements HandlesJob<'reference-face.judge'> {
  constructor(
    private readonly judge: FaceJudge,
    private readonly references: ReferenceFaceService,
    private readonly changes: ReferenceFaceChanges,
    private readonly renewal: ReferenceFaceRenewal,
    private readonly vault: ImageVault,
    private readonly history: PictureHistory,
  ) {}

  async handle({ referenceFaceId }: { readonly referenceFaceId: string }): Promise<JobOutcome> {
    const upload = await this.references.uploadOf(referenceFaceId);
    if (upload === null) return 'skipped';
    const reading = await this.judge.readReferencePhoto(upload.photo);
    if (reading.refusal !== null) return this.outcome(await this.changes.settle(referenceFaceId, reading));
    const { quality, descriptor, jpeg } = reading;
    const { traineeId, version, sha256 } = upload;
    await this.renewal.renew(traineeId);
    const meta = { referenceFaceId, version, receivedSha256: sha256 };
    const keep = async (): Promise<{ readonly imageId: string }> => {
      const kept = await this.vault.put({ bytes: jpeg, kind: 'reference', sessionId: null, traineeId, digestKey: null, meta });
      await this.history.rememberPicture({ id: referenceFaceId, traineeId }, jpeg, kept.imageId);
      return kept;
    };
    return this.outcome(await this.changes.settle(referenceFaceId, { refusal: null, quality, descriptor, engine: this.judge.engineId, keep }));
  }

  private outcome(isSettled: boolean): JobOutcome {
    return isSettled ? 'done' : 'skipped';
  }
}
