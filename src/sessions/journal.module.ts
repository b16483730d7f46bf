import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { EvidenceModule } from '../evidence/evidence.module.js';
import { ReviewCasesModule } from '../review/review-cases.module.js';
import { ClosedSessions } from './closed-sessions.js';
import { SESSION_ENTITIES } from './entities.js';
import { Journal } from './journal.js';
import { SessionsRepository } from './sessions.repository.js';

/** Journals and rows of sessions, without the sockets: for both processes. */
@Module({
  imports: [TypeOrmModule.forFeature([...SESSION_ENTITIES]), EvidenceModule, ReviewCasesModule],
  providers: [ClosedSessions, Journal, SessionsRepository],
  exports: [ClosedSessions, Journal, ReviewCasesModule, SessionsRepository],
})
export class JournalModule {}
