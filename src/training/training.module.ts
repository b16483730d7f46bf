import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { PlatformsModule } from '../identity/platforms.module.js';
import { PoliciesModule } from '../policies/policies.module.js';
import { CoursesController } from './courses.controller.js';
import { CoursesService } from './courses.service.js';
import { EligibilityController } from './eligibility.controller.js';
import { EligibilityService } from './eligibility.service.js';
import { EnrolmentsController } from './enrolments.controller.js';
import { EnrolmentsService } from './enrolments.service.js';
import { TRAINING_ENTITIES } from './entities.js';
import { PersonalData } from './personal-data.js';
import { TraineesController } from './trainees.controller.js';
import { TraineesService } from './trainees.service.js';
import { TrainingService } from './training.service.js';

/** Trainees, courses with their lessons, and enrolments. */
@Module({
  imports: [PlatformsModule, PoliciesModule, TypeOrmModule.forFeature([...TRAINING_ENTITIES])],
  controllers: [TraineesController, CoursesController, EnrolmentsController, EligibilityController],
  providers: [PersonalData, TraineesService, CoursesService, EnrolmentsService, EligibilityService, TrainingService],
  exports: [PersonalData, TraineesService, CoursesService, EnrolmentsService, TrainingService],
})
export class TrainingModule {}
