import { Module } from '@nestjs/common';
import { ImageVault } from './image-vault.js';
import { SessionPictures } from './session-pictures.js';
import { TraineeKeys } from './trainee-keys.js';

/** What is kept as proof: for both processes. */
@Module({ providers: [ImageVault, SessionPictures, TraineeKeys], exports: [ImageVault, SessionPictures, TraineeKeys] })
export class EvidenceModule {}
