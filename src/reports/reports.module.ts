import { Module } from '@nestjs/common';
import { EvidenceModule } from '../evidence/evidence.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { PoliciesModule } from '../policies/policies.module.js';
import { ImageAccessModule } from '../privacy/image-access.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { TrainingModule } from '../training/training.module.js';
import { ClassHoursController } from './enrolment/class-hours.controller.js';
import { ClassHoursService } from './enrolment/class-hours.service.js';
import { ReportsController } from './reports.controller.js';
import { ReportsService } from './reports.service.js';
import { SessionListing } from './session-list.js';

/** The session validity report, the proof behind it, the list of sessions, and the class hours of an enrolment. */
@Module({
  imports: [EvidenceModule, IdentityModule, ImageAccessModule, PoliciesModule, SessionsModule, TrainingModule],
  controllers: [ReportsController, ClassHoursController],
  providers: [ClassHoursService, ReportsService, SessionListing],
})
export class ReportsModule {}
