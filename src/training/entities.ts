import { CourseEntity, LessonEntity } from './course.entity.js';
import { EnrolmentEntity } from './enrolment.entity.js';
import { TraineeEntity } from './trainee.entity.js';

export const TRAINING_ENTITIES = [TraineeEntity, CourseEntity, LessonEntity, EnrolmentEntity] as const;
