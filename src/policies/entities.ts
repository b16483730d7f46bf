import { PolicyVersionEntity } from './policy-version.entity.js';

export const POLICY_ENTITIES = [PolicyVersionEntity] as const;
