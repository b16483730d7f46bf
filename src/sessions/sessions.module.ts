import { Module } from '@nestjs/common';
import { ChecksModule } from '../checks/checks.module.js';
import { FacesModule } from '../faces/faces.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { PoliciesModule } from '../policies/policies.module.js';
import { QueuesModule } from '../queues/queues.module.js';
import { RealtimeModule } from '../realtime/realtime.module.js';
import { TrainingModule } from '../training/training.module.js';
import { JournalModule } from './journal.module.js';
import { LeaseService } from './lease.service.js';
import { LivenessIntake } from './liveness-intake.js';
import { OutsideEvents } from './outside-events.js';
import { PlaceSignals } from './place-signals.js';
import { SessionInbox } from './session-inbox.js';
import { SessionRegistry } from './session-registry.js';
import { SessionsController } from './sessions.controller.js';
import { SessionsService } from './sessions.service.js';
import { StudyGateway } from './study.gateway.js';

@Module({
  imports: [
    ChecksModule, FacesModule, IdentityModule, JournalModule, PoliciesModule, QueuesModule, RealtimeModule, TrainingModule,
  ],
  controllers: [SessionsController],
  providers: [LeaseService, LivenessIntake, OutsideEvents, PlaceSignals, SessionInbox, SessionRegistry, SessionsService, StudyGateway],
  exports: [JournalModule, OutsideEvents, SessionsService],
})
export class SessionsModule {}
