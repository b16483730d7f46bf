import { EvidenceBundleEntity } from './bundle/evidence-bundle.entity.js';
import { LogHeadEntity, LogLeafEntity, LogNodeEntity } from './log/log.entity.js';
import { SigningKeyEntity } from './signing-key.entity.js';
import { StoredImageEntity, TraineeKeyEntity, VaultKeyEntity } from './stored-image.entity.js';

/** Tables of this feature. */
export const EVIDENCE_ENTITIES = [
  VaultKeyEntity, TraineeKeyEntity, StoredImageEntity, SigningKeyEntity, EvidenceBundleEntity, LogLeafEntity, LogNodeEntity, LogHeadEntity,
] as const;
