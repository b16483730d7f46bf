import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { PlatformEntity, PlatformKeyEntity } from './platform.entity.js';
import { PlatformGuard, ReviewerGuard } from './platform.guard.js';
import { PlatformsService } from './platforms.service.js';

/** Platforms, their keys and the guard in front of every route for platforms. */
@Module({
  imports: [TypeOrmModule.forFeature([PlatformEntity, PlatformKeyEntity])],
  providers: [PlatformsService, PlatformGuard, ReviewerGuard],
  exports: [PlatformsService, PlatformGuard, ReviewerGuard],
})
export class PlatformsModule {}
