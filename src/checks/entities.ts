import { CaptureFrameEntity, CheckTaskEntity } from './check-task.entity.js';

export const CHECK_ENTITIES = [CheckTaskEntity, CaptureFrameEntity] as const;
