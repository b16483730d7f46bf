import { Module } from '@nestjs/common';
import { ReferenceFaceService } from './reference-face.service.js';

/** Reference faces at rest: for both processes. */
@Module({ providers: [ReferenceFaceService], exports: [ReferenceFaceService] })
export class ReferenceFacesModule {}
