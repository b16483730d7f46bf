import { Module } from '@nestjs/common';
import { ImageVault } from './image-vault.js';
import { SigningKeys } from './signing-keys.js';
import { SessionPictures } from './session-pictures.js';
import { TraineeKeys } from './trainee-keys.js';

/** What is kept as proof: for both processes. */
@Module({ providers: [ImageVault, SessionPictures, SigningKeys, TraineeKeys], exports: [ImageVault, SessionPictures, SigningKeys, TraineeKeys] })
export class EvidenceModule {}
