import { Module } from '@nestjs/common';
import { EvidenceModule } from '../evidence/evidence.module.js';
import { FacesWorkerModule } from '../faces/faces-worker.module.js';
import { PrivacyCoreModule } from '../privacy/privacy-core.module.js';
import { ChecksModule } from './checks.module.js';
import { LivenessJudgeHandler } from './liveness-judge.handler.js';
import { SnapshotJudgeHandler } from './snapshot-judge.handler.js';

/** Worker side of the checks: the only place, with the faces, where pictures are decoded. */
@Module({ imports: [ChecksModule, EvidenceModule, FacesWorkerModule, PrivacyCoreModule], providers: [SnapshotJudgeHandler, LivenessJudgeHandler] })
export class ChecksWorkerModule {}
