import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { boot } from './boot.js';
import { PinoLogger } from './common/pino.logger.js';
import { CONFIG, type Config } from './config/config.js';
import { WorkerModule } from './worker.module.js';

boot(async () => {
  const app = await NestFactory.createApplicationContext(WorkerModule, { bufferLogs: true, abortOnError: false });
  const config = app.get<Config>(CONFIG);
  const logger = new PinoLogger('worker', config.logLevel);
  app.useLogger(logger);
  app.enableShutdownHooks(['SIGINT', 'SIGTERM']);
  logger.log('worker ready');
});
