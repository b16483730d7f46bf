import { ConsentEntity } from './consent.entity.js';
import { PlatformEntity, PlatformKeyEntity } from './platform.entity.js';

export const IDENTITY_ENTITIES = [PlatformEntity, PlatformKeyEntity, ConsentEntity] as const;
