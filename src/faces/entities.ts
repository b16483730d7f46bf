import { ReferenceFaceEntity } from './reference-face.entity.js';

/** Tables of this feature. */
export const FACE_ENTITIES = [ReferenceFaceEntity] as const;
