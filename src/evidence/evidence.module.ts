import { Module } from '@nestjs/common';
import { BundleStore } from './bundle/bundle-store.js';
import { Bundles } from './bundle/bundles.js';
import { ImageVault } from './image-vault.js';
import { SessionLog } from './log/session-log.js';
import { SessionPictures } from './session-pictures.js';
import { SigningKeys } from './signing-keys.js';
import { TraineeKeys } from './trainee-keys.js';
import { VaultKeys } from './vault-keys.js';

const PARTS = [Bundles, BundleStore, ImageVault, SessionLog, SessionPictures, SigningKeys, TraineeKeys, VaultKeys];

/** What is kept as proof: for both processes. */
@Module({ providers: PARTS, exports: PARTS })
export class EvidenceModule {}
