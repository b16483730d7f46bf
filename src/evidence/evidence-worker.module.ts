import { Module } from '@nestjs/common';
import { JournalModule } from '../sessions/journal.module.js';
import { EvidenceSweepHandler } from './bundle/evidence-sweep.handler.js';
import { SessionFinaliseHandler } from './bundle/session-finalise.handler.js';
import { LogSealHandler } from './log/log-seal.handler.js';
import { TimestampAuthority } from './log/timestamp-authority.js';
import { EvidenceModule } from './evidence.module.js';
import { EvidenceSchedule } from './evidence-schedule.js';

/** Worker side of the evidence: bundles of closed sessions and the public log. */
@Module({
  imports: [EvidenceModule, JournalModule],
  providers: [EvidenceSchedule, EvidenceSweepHandler, LogSealHandler, SessionFinaliseHandler, TimestampAuthority],
})
export class EvidenceWorkerModule {}
