import { Module } from '@nestjs/common';
import { CheckErasure } from '../checks/check-erasure.js';
import { EvidenceModule } from '../evidence/evidence.module.js';
import { ReferenceFaceErasure } from '../faces/reference-face-erasure.js';
import { DisputedFrames } from './disputed-frames.js';
import { Erasures } from './erasures.service.js';
import { FaceGauge } from './face-gauge.service.js';
import { LegalHolds } from './legal-holds.service.js';

/** Erasures, holds and the gauge: for both processes. */
@Module({
  imports: [EvidenceModule],
  providers: [CheckErasure, ReferenceFaceErasure, DisputedFrames, Erasures, FaceGauge, LegalHolds],
  exports: [DisputedFrames, Erasures, FaceGauge, LegalHolds],
})
export class PrivacyCoreModule {}
