import { rm } from 'node:fs/promises';
import { Test, type TestingModule } from '@nestjs/testing';
import { CONFIG, type Config } from '../../src/config/config.js';
import { createPlatformKey } from '../../src/identity/create-platform.js';
import { WorkerModule } from '../../src/worker.module.js';
import { startTestApi, type TestApi } from './api.js';
import { type Actor, actorOf } from './camera/actor.js';
import { aConfig } from './config.js';
import { createTestDatabase, type TestDatabase } from './database.js';
import { PlatformClient } from './platform-client.js';

/** API and worker over one database, both in this process, with two people to photograph. */
export class FaceStage {
  private constructor(
    readonly database: TestDatabase,
    readonly config: Config,
    readonly api: TestApi,
    readonly worker: TestingModule,
    readonly anna: Actor,
    readonly bea: Actor,
  ) {}

  static async open(): Promise<FaceStage> {
    const database = await createTestDatabase();
    const config = aConfig({ databaseUrl: database.url });
    const api = await startTestApi(config);
    const worker = await Test.createTestingModule({ imports: [WorkerModule] }).overrideProvider(CONFIG).useValue(config).setLogger(false as never).compile();
    await worker.init();
    return new FaceStage(database, config, api, worker, await actorOf('anna'), await actorOf('bea'));
  }

  /** A platform's own key, or one for its reviewers. */
  async platform(name: string, scope?: 'REVIEW'): Promise<PlatformClient> {
    return new PlatformClient(this.api.url, (await createPlatformKey(this.database.url, name, scope)).key);
  }

  async close(): Promise<void> {
    await this.worker.close();
    await this.api.close();
    await this.database.close();
    await rm(this.config.dataDir, { recursive: true, force: true });
  }
}
