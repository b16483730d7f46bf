import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { ExpressAdapter } from '@nestjs/platform-express';
import { CONFIG, type Config } from '../config/config.js';
import { ConfigModule } from '../config/config.module.js';
import { PUBLIC_DIR } from './demo-content.js';
import { DemoController } from './demo.controller.js';
import { DemoGuard } from './demo.guard.js';
import { DemoService } from './demo.service.js';

/** The sample platform under `/demo/`: pages, videos, the SDK's file, and its own small server. Off unless `XUEJIAN_DEMO` is set. */
@Module({ imports: [ConfigModule], controllers: [DemoController], providers: [DemoService, DemoGuard] })
export class DemoModule implements OnModuleInit {
  constructor(
    private readonly adapterHost: HttpAdapterHost<ExpressAdapter>,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  onModuleInit(): void {
    if (!this.config.demo) return;
    const sdk = createRequire(import.meta.url).resolve('@xuejian/proctor-client/iife');
    this.adapterHost.httpAdapter.useStaticAssets(dirname(sdk), { prefix: '/demo/sdk/' });
    this.adapterHost.httpAdapter.useStaticAssets(PUBLIC_DIR, { prefix: '/demo/' });
  }
}
