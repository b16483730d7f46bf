import { Module } from '@nestjs/common';
import { ImageVault } from './image-vault.js';

/** What is kept as proof: for both processes. */
@Module({ providers: [ImageVault], exports: [ImageVault] })
export class EvidenceModule {}
