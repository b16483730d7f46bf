import { OutsideEventEntity } from './outside-event.entity.js';
import { PlayLeaseEntity } from './play-lease.entity.js';
import { StudySessionEntity } from './session.entity.js';

export const SESSION_ENTITIES = [StudySessionEntity, PlayLeaseEntity, OutsideEventEntity] as const;
