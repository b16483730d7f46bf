import { ErasureEntity } from './erasure.entity.js';
import { FaceGaugeEntity } from './face-gauge.entity.js';
import { ImageAccessEntity } from './image-access.entity.js';
import { LegalHoldEntity } from './legal-hold.entity.js';
import { RecordPurgeEntity } from './record-purge.entity.js';
import { SessionDisputeEntity } from './session-dispute.entity.js';

/** Tables of this feature. */
export const PRIVACY_ENTITIES = [ErasureEntity, LegalHoldEntity, ImageAccessEntity, FaceGaugeEntity, SessionDisputeEntity, RecordPurgeEntity] as const;
