import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/identity.module.js';
import { TrainingModule } from '../training/training.module.js';
import { ReviewCasesModule } from '../review/review-cases.module.js';
import { ReferenceFaceController } from './reference-face.controller.js';
import { ReferenceFaceHistories } from './reference-face-history.js';
import { ReferenceFaceUploads } from './reference-face-uploads.js';
import { ReferenceFacesModule } from './reference-faces.module.js';

/** Faces in the API process, which neither decodes a picture nor loads a model. */
@Module({
  imports: [IdentityModule, TrainingModule, ReferenceFacesModule, ReviewCasesModule],
  controllers: [ReferenceFaceController],
  providers: [ReferenceFaceHistories, ReferenceFaceUploads],
  exports: [ReferenceFacesModule],
})
export class FacesModule {}
