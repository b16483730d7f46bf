import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { JobWorker } from './job-worker.js';
import { QueueService } from './queue.service.js';

/** Adding jobs and hearing of their end: for both processes. */
@Global()
@Module({ providers: [QueueService], exports: [QueueService] })
export class QueuesModule {}

/** Doing jobs: for the worker process. Handlers are providers anywhere in it, marked `@JobHandler`. */
@Module({ imports: [DiscoveryModule], providers: [JobWorker] })
export class JobWorkerModule {}
