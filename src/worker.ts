import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { boot } from './boot.js';
import { PinoLogger } from './common/pino.logger.js';
import { loadConfig } from './config/config.js';
import { WorkerModule } from './worker.module.js';

boot(async () => {
  const config = loadConfig(process.env);
  const logger = new PinoLogger('worker', config.logLevel);
  const app = await NestFactory.createApplicationContext(WorkerModule, { logger, abortOnError: false });
  app.enableShutdownHooks(['SIGINT', 'SIGTERM']);
  logger.log('worker ready');
});
