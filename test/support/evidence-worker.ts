import { Test, type TestingModule } from '@nestjs/testing';
import { CONFIG, type Config } from '../../src/config/config.js';
import { ConfigModule } from '../../src/config/config.module.js';
import { DatabaseModule } from '../../src/database/database.module.js';
import { EvidenceWorkerModule } from '../../src/evidence/evidence-worker.module.js';
import { QueuesModule } from '../../src/queues/queues.module.js';

/** The worker's evidence room without its faces: handlers are called as the queue would call them. */
export async function startEvidenceWorker(config: Config): Promise<TestingModule> {
  const testing = await Test.createTestingModule({ imports: [ConfigModule, DatabaseModule, QueuesModule, EvidenceWorkerModule] })
    .overrideProvider(CONFIG)
    .useValue(config)
    .compile();
  testing.useLogger(false);
  await testing.init();
  return testing;
}
