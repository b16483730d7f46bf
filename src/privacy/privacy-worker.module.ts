import { Module } from '@nestjs/common';
import { EvidenceModule } from '../evidence/evidence.module.js';
import { EnrolmentEnds } from './enrolment-ends.js';
import { EvidencePurgeHandler } from './evidence-purge.handler.js';
import { PrivacyEraseHandler, PrivacyMeasureHandler } from './privacy-jobs.handler.js';
import { PrivacyCoreModule } from './privacy-core.module.js';
import { PrivacySchedule } from './privacy-schedule.js';
import { FacePurge } from './purge-faces.js';
import { RetentionPurge } from './retention-purge.service.js';

/** Doing the purge: for the worker, and for the command that asks what is due. */
@Module({ imports: [EvidenceModule, PrivacyCoreModule], providers: [EnrolmentEnds, FacePurge, RetentionPurge], exports: [RetentionPurge] })
export class RetentionModule {}

/** Worker side of privacy: files of erasures, the purge, the gauge. */
@Module({ imports: [PrivacyCoreModule, RetentionModule], providers: [EvidencePurgeHandler, PrivacyEraseHandler, PrivacyMeasureHandler, PrivacySchedule] })
export class PrivacyWorkerModule {}
