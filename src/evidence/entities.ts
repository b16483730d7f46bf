import { StoredImageEntity, TraineeKeyEntity } from './stored-image.entity.js';

/** Tables of this feature. */
export const EVIDENCE_ENTITIES = [TraineeKeyEntity, StoredImageEntity] as const;
