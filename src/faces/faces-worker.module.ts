import { Module } from '@nestjs/common';
import { EvidenceModule } from '../evidence/evidence.module.js';
import { FaceApiEngine } from './face-api.engine.js';
import { FaceEngine } from './face-engine.js';
import { FaceJudge } from './face-judge.js';
import { ReferenceFaceJudgeHandler } from './reference-face-judge.handler.js';
import { ReferenceFacesModule } from './reference-faces.module.js';
import { PictureHistory } from './replay/picture-history.js';

/** Faces in worker processes: the engine, warm before the first job comes, and what judges by it. */
@Module({
  imports: [EvidenceModule, ReferenceFacesModule],
  providers: [{ provide: FaceEngine, useFactory: warmEngine }, FaceJudge, PictureHistory, ReferenceFaceJudgeHandler],
  exports: [FaceEngine, FaceJudge, PictureHistory, ReferenceFacesModule],
})
export class FacesWorkerModule {}

async function warmEngine(): Promise<FaceEngine> {
  const engine = new FaceApiEngine();
  await engine.warmUp();
  return engine;
}
