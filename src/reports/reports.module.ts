import { Module } from '@nestjs/common';
import { EvidenceModule } from '../evidence/evidence.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { TrainingModule } from '../training/training.module.js';
import { ReportsController } from './reports.controller.js';
import { ReportsService } from './reports.service.js';
import { SessionListing } from './session-list.js';

/** The session validity report, the proof behind it, and the list of sessions. */
@Module({
  imports: [EvidenceModule, IdentityModule, SessionsModule, TrainingModule],
  controllers: [ReportsController],
  providers: [ReportsService, SessionListing],
})
export class ReportsModule {}
