import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { TrainingModule } from '../training/training.module.js';
import { ConsentEntity } from './consent.entity.js';
import { ConsentService } from './consent.service.js';
import { ConsentTextsController } from './consent-texts.controller.js';
import { PlatformsModule } from './platforms.module.js';

/** Who asks (platforms and their keys) and what trainees have agreed to. */
@Module({
  imports: [PlatformsModule, TrainingModule, TypeOrmModule.forFeature([ConsentEntity])],
  controllers: [ConsentTextsController],
  providers: [ConsentService],
  exports: [PlatformsModule, ConsentService],
})
export class IdentityModule {}
