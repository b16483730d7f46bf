import { CHECK_ENTITIES } from '../checks/entities.js';
import { EVIDENCE_ENTITIES } from '../evidence/entities.js';
import { FACE_ENTITIES } from '../faces/entities.js';
import { IDENTITY_ENTITIES } from '../identity/entities.js';
import { POLICY_ENTITIES } from '../policies/entities.js';
import { PRIVACY_ENTITIES } from '../privacy/entities.js';
import { REVIEW_ENTITIES } from '../review/entities.js';
import { SESSION_ENTITIES } from '../sessions/entities.js';
import { TRAINING_ENTITIES } from '../training/entities.js';

/** A class decorated with `@Entity()`. */
export type EntityClass = new () => object;

/** Every table the server maps: each feature adds its own list here. */
export const ENTITIES: readonly EntityClass[] = [
  ...IDENTITY_ENTITIES,
  ...POLICY_ENTITIES,
  ...TRAINING_ENTITIES,
  ...FACE_ENTITIES,
  ...EVIDENCE_ENTITIES,
  ...SESSION_ENTITIES,
  ...CHECK_ENTITIES,
  ...REVIEW_ENTITIES,
  ...PRIVACY_ENTITIES,
];
