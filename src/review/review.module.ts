import { Module } from '@nestjs/common';
import { FacesModule } from '../faces/faces.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { AlternativesService } from './alternatives.service.js';
import { ReferenceReviewsService } from './reference-reviews.service.js';
import { ReviewCasesModule } from './review-cases.module.js';
import { ReviewsController } from './reviews.controller.js';
import { SessionReviewsService } from './session-reviews.service.js';

/** Reviewers and what they decide. */
@Module({
  imports: [FacesModule, IdentityModule, ReviewCasesModule, SessionsModule],
  controllers: [ReviewsController],
  providers: [AlternativesService, ReferenceReviewsService, SessionReviewsService],
})
export class ReviewModule {}
