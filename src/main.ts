import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { configureApi } from './api.js';
import { AppModule } from './app.module.js';
import { boot } from './boot.js';
import { PinoLogger } from './common/pino.logger.js';
import { loadConfig } from './config/config.js';

boot(async () => {
  const config = loadConfig(process.env);
  const logger = new PinoLogger('api', config.logLevel);
  const app = await NestFactory.create<NestExpressApplication>(AppModule, {
    bodyParser: false,
    logger,
    abortOnError: false,
    forceCloseConnections: true,
  });
  configureApi(app);
  app.enableShutdownHooks(['SIGINT', 'SIGTERM']);
  await app.listen(config.port, config.host);
  logger.log(`listening on ${config.host}:${config.port}`);
});
