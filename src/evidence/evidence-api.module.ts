import { Module } from '@nestjs/common';
import { EvidenceModule } from './evidence.module.js';
import { KeysController } from './keys.controller.js';

/** What the API process shows of the evidence. */
@Module({ imports: [EvidenceModule], controllers: [KeysController] })
export class EvidenceApiModule {}
