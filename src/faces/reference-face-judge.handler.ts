import { Injectable } from '@nestjs/common';
import { ImageVault } from '../evidence/image-vault.js';
import { type HandlesJob, JobHandler } from '../queues/job-handler.js';
import type { JobOutcome } from '../queues/jobs.js';
import { FaceEngine } from './face-engine.js';
import { ReferenceFaceService } from './reference-face.service.js';
import { readReferencePhoto } from './reference-photo.js';

/** Judges an uploaded photo; one that passes becomes the trainee's reference face. */
@Injectable()
@JobHandler('reference-face.judge')
export class ReferenceFaceJudgeHandler implements HandlesJob<'reference-face.judge'> {
  constructor(
    private readonly engine: FaceEngine,
    private readonly references: ReferenceFaceService,
    private readonly vault: ImageVault,
  ) {}

  async handle({ referenceFaceId }: { readonly referenceFaceId: string }): Promise<JobOutcome> {
    const upload = await this.references.uploadOf(referenceFaceId);
    if (upload === null) return 'skipped';
    const reading = await readReferencePhoto(this.engine, upload.photo);
    if (reading.refusal !== null) return this.outcome(await this.references.settle(referenceFaceId, reading));
    const { traineeId, version } = upload;
    const meta = { referenceFaceId, version, receivedSha256: upload.sha256 };
    const { imageId } = await this.vault.put({ bytes: reading.jpeg, kind: 'reference', sessionId: null, traineeId, digestKey: null, meta });
    const { quality, descriptor } = reading;
    return this.outcome(await this.references.settle(referenceFaceId, { refusal: null, quality, descriptor, engine: this.engine.id, imageId }));
  }

  private outcome(isSettled: boolean): JobOutcome {
    return isSettled ? 'done' : 'skipped';
  }
}
