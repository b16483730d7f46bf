import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/identity.module.js';
import { JournalModule } from '../sessions/journal.module.js';
import { EvidenceController } from './bundle/evidence.controller.js';
import { SessionEvidence } from './bundle/session-evidence.js';
import { EvidenceModule } from './evidence.module.js';
import { KeysController } from './keys.controller.js';
import { LogController } from './log/log.controller.js';

/** What the API process shows of the evidence: keys and log to everyone, a session's bundle to its platform. */
@Module({ imports: [EvidenceModule, IdentityModule, JournalModule], controllers: [EvidenceController, KeysController, LogController], providers: [SessionEvidence] })
export class EvidenceApiModule {}
