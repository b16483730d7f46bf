import type { Type } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { configureApi } from '../../src/api.js';
import { AppModule } from '../../src/app.module.js';
import { CONFIG, type Config } from '../../src/config/config.js';

/** The whole API in this process, on a free loopback port. */
export interface TestApi {
  readonly app: NestExpressApplication;
  /** Without a slash at the end. */
  readonly url: string;
  close(): Promise<void>;
}

/** Starts the real application, with more controllers beside its own where a test needs them. */
export async function startTestApi(config: Config, controllers: readonly Type[] = []): Promise<TestApi> {
  const testing = await Test.createTestingModule({ imports: [AppModule], controllers: [...controllers] })
    .overrideProvider(CONFIG)
    .useValue(config)
    .compile();
  const app = testing.createNestApplication<NestExpressApplication>({ bodyParser: false, logger: false, forceCloseConnections: true });
  configureApi(app);
  await app.listen(0, '127.0.0.1');
  const url = (await app.getUrl()).replace('[::1]', '127.0.0.1');
  return { app, url, close: () => app.close() };
}
