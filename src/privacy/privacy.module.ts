import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/identity.module.js';
import { PoliciesModule } from '../policies/policies.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { TrainingModule } from '../training/training.module.js';
import { ConsentsController } from './consents.controller.js';
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
  imports: [IdentityModule, ImageAccessModule, PoliciesModule, PrivacyCoreModule, SessionsModule, TrainingModule],
  controllers: [ConsentsController, GaugeController, ImagesController, PersonController, SessionPrivacyController],
  providers: [HoldDesk, PersonData],
})
export class PrivacyModule {}
