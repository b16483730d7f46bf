import { Module } from '@nestjs/common';
import { QueuesModule } from '../queues/queues.module.js';
import { CheckTasksService } from './check-tasks.service.js';

@Module({ imports: [QueuesModule], providers: [CheckTasksService], exports: [CheckTasksService] })
export class ChecksModule {}
