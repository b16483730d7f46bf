import { Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { HealthModule } from './common/health/health.module.js';
import { ProblemFilter } from './common/problem.filter.js';
import { ConfigModule } from './config/config.module.js';
import { DatabaseModule } from './database/database.module.js';
import { DemoModule } from './demo/demo.module.js';
import { EvidenceApiModule } from './evidence/evidence-api.module.js';
import { FacesModule } from './faces/faces.module.js';
import { IdentityModule } from './identity/identity.module.js';
import { PoliciesModule } from './policies/policies.module.js';
import { PrivacyModule } from './privacy/privacy.module.js';
import { QueuesModule } from './queues/queues.module.js';
import { RealtimeModule } from './realtime/realtime.module.js';
import { ReportsModule } from './reports/reports.module.js';
import { ReviewModule } from './review/review.module.js';
import { SessionsModule } from './sessions/sessions.module.js';
import { TrainingModule } from './training/training.module.js';
import { VerifyModule } from './verify/verify.module.js';

/** The API + gateway process. */
@Module({
  imports: [
    ConfigModule,
    DatabaseModule,
    QueuesModule,
    RealtimeModule,
    HealthModule,
    IdentityModule,
    PoliciesModule,
    TrainingModule,
    FacesModule,
    SessionsModule,
    PrivacyModule,
    EvidenceApiModule,
    ReportsModule,
    ReviewModule,
    VerifyModule,
    DemoModule,
  ],
  providers: [{ provide: APP_FILTER, useClass: ProblemFilter }],
})
export class AppModule {}
