import { Module } from '@nestjs/common';
import { getRepositoryToken, TypeOrmModule } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { PlatformsModule } from '../identity/platforms.module.js';
import { PoliciesController } from './policies.controller.js';
import { PoliciesService } from './policies.service.js';
import { PolicyVersionEntity } from './policy-version.entity.js';
import { readProfiles } from './profiles.js';

/** Policies as data. Nothing that asks for one starts before every profile is read, checked and stored. */
@Module({
  imports: [PlatformsModule, TypeOrmModule.forFeature([PolicyVersionEntity])],
  controllers: [PoliciesController],
  providers: [
    {
      provide: PoliciesService,
      inject: [getRepositoryToken(PolicyVersionEntity)],
      useFactory: async (versions: Repository<PolicyVersionEntity>) => PoliciesService.start(versions, await readProfiles()),
    },
  ],
  exports: [PoliciesService],
})
export class PoliciesModule {}
