import { PictureLikenessEntity, PicturePrintEntity } from './replay/picture-print.entity.js';
import { ReferenceFaceEntity } from './reference-face.entity.js';

/** Tables of this feature. */
export const FACE_ENTITIES = [ReferenceFaceEntity, PicturePrintEntity, PictureLikenessEntity] as const;
