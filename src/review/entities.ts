import { ReviewActEntity, ReviewCaseEntity } from './review-case.entity.js';

/** Tables of this feature. */
export const REVIEW_ENTITIES = [ReviewCaseEntity, ReviewActEntity] as const;
