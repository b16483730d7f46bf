import { Module } from '@nestjs/common';
import { EvidenceModule } from '../evidence/evidence.module.js';
import { FaceJudge } from './face-judge.js';
import { FaceProcesses } from './face-processes.js';
import { ReferenceFaceJudgeHandler } from './reference-face-judge.handler.js';
import { ReferenceFaceRenewal } from './reference-face-renewal.js';
import { ReferenceFacesModule } from './reference-faces.module.js';
import { PictureHistory } from './replay/picture-history.js';

/** Faces in worker processes: what judges them, warm before the first job comes. */
@Module({
  imports: [EvidenceModule, ReferenceFacesModule],
  providers: [
    FaceProcesses,
    { provide: FaceJudge, useFactory: (processes: FaceProcesses) => processes.open(), inject: [FaceProcesses] },
    ReferenceFaceJudgeHandler,
    ReferenceFaceRenewal,
    PictureHistory,
  ],
  exports: [FaceJudge, PictureHistory, ReferenceFaceRenewal, ReferenceFacesModule],
})
export class FacesWorkerModule {}
