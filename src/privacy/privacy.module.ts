import { Module } from '@nestjs/common';
import { EvidenceModule } from '../evidence/evidence.module.js';
import { ReferenceFacesModule } from '../faces/reference-faces.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { PoliciesModule } from '../policies/policies.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { TrainingModule } from '../training/training.module.js';
import { ConsentsController } from './consents.controller.js';
import { DataExport } from './data-export.service.js';
import { DataExportController } from './data-export.controller.js';
import { GaugeController } from './gauge.controller.js';
import { HoldDesk } from './hold-desk.service.js';
import { ImageAccessModule } from './image-access.module.js';
import { ImagesController } from './images.controller.js';
import { PersonController } from './person.controller.js';
import { PersonData } from './person-data.service.js';
import { PrivacyCoreModule } from './privacy-core.module.js';
import { SessionPrivacyController } from './session-privacy.controller.js';

/** What people may decide about their own data, and who may look at it. */
@Module({
  imports: [EvidenceModule, IdentityModule, ImageAccessModule, PoliciesModule, PrivacyCoreModule, ReferenceFacesModule, SessionsModule, TrainingModule],
  controllers: [ConsentsController, DataExportController, GaugeController, ImagesController, PersonController, SessionPrivacyController],
  providers: [DataExport, HoldDesk, PersonData],
})
export class PrivacyModule {}
