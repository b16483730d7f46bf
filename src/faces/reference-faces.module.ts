import { Module } from '@nestjs/common';
import { ReviewCasesModule } from '../review/review-cases.module.js';
import { ReferenceFaceChanges } from './reference-face-changes.js';
import { ReferenceFaceService } from './reference-face.service.js';

/** Reference faces at rest: for both processes. */
@Module({
  imports: [ReviewCasesModule],
  providers: [ReferenceFaceChanges, ReferenceFaceService],
  exports: [ReferenceFaceChanges, ReferenceFaceService],
})
export class ReferenceFacesModule {}
