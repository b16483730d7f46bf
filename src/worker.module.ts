import { Module } from '@nestjs/common';
import { ChecksWorkerModule } from './checks/checks-worker.module.js';
import { ConfigModule } from './config/config.module.js';
import { DatabaseModule } from './database/database.module.js';
import { EvidenceWorkerModule } from './evidence/evidence-worker.module.js';
import { FacesWorkerModule } from './faces/faces-worker.module.js';
import { PrivacyWorkerModule } from './privacy/privacy-worker.module.js';
import { JobWorkerModule, QueuesModule } from './queues/queues.module.js';

/** The worker process: decoding, faces, matching; everything that must stay off the gateway's event loop. */
@Module({
  imports: [
    ConfigModule,
    DatabaseModule,
    QueuesModule,
    JobWorkerModule,
    FacesWorkerModule,
    ChecksWorkerModule,
    EvidenceWorkerModule,
    PrivacyWorkerModule,
  ],
})
export class WorkerModule {}
