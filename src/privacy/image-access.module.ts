import { Module } from '@nestjs/common';
import { EvidenceModule } from '../evidence/evidence.module.js';
import { TrainingModule } from '../training/training.module.js';
import { ImageAccess } from './image-access.service.js';

/** The one way to a picture. */
@Module({ imports: [EvidenceModule, TrainingModule], providers: [ImageAccess], exports: [ImageAccess] })
export class ImageAccessModule {}
