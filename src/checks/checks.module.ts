import { Module } from '@nestjs/common';
import { EvidenceModule } from '../evidence/evidence.module.js';
import { QueuesModule } from '../queues/queues.module.js';
import { CheckTasksService } from './check-tasks.service.js';

@Module({ imports: [EvidenceModule, QueuesModule], providers: [CheckTasksService], exports: [CheckTasksService] })
export class ChecksModule {}
