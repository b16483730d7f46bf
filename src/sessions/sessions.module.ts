import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ChecksModule } from '../checks/checks.module.js';
import { FacesModule } from '../faces/faces.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { PoliciesModule } from '../policies/policies.module.js';
import { QueuesModule } from '../queues/queues.module.js';
import { RealtimeModule } from '../realtime/realtime.module.js';
import { TrainingModule } from '../training/training.module.js';
import { SESSION_ENTITIES } from './entities.js';
import { Journal } from './journal.js';
import { LeaseService } from './lease.service.js';
import { PlaceSignals } from './place-signals.js';
import { SessionInbox } from './session-inbox.js';
import { SessionRegistry } from './session-registry.js';
import { SessionsController } from './sessions.controller.js';
import { SessionsRepository } from './sessions.repository.js';
import { SessionsService } from './sessions.service.js';
import { StudyGateway } from './study.gateway.js';

@Module({
  imports: [
    TypeOrmModule.forFeature([...SESSION_ENTITIES]),
    ChecksModule, FacesModule, IdentityModule, PoliciesModule, QueuesModule, RealtimeModule, TrainingModule,
  ],
  controllers: [SessionsController],
  providers: [Journal, LeaseService, PlaceSignals, SessionInbox, SessionRegistry, SessionsRepository, SessionsService, StudyGateway],
  exports: [Journal, SessionsRepository, SessionsService],
})
export class SessionsModule {}
