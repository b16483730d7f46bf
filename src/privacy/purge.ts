import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { isMain } from '../common/is-main.js';
import { ConfigModule } from '../config/config.module.js';
import { DatabaseModule } from '../database/database.module.js';
import { QueuesModule } from '../queues/queues.module.js';
import { RetentionModule } from './privacy-worker.module.js';
import { addCounts, NOTHING_PURGED, type PurgeCounts, type PurgePosition, RetentionPurge } from './retention-purge.service.js';

const SLICE_MS = 2_000;
const WORDS: Readonly<Record<keyof PurgeCounts, string>> = {
  pictures: '抓拍和核验照片 / snapshots and pictures of face checks',
  disputedFrames: '争议画面 / frames of disputed checks',
  templates: '人脸特征（人） / templates (people)',
  records: '学习档案（报名） / records (enrolments)',
  consents: '同意记录 / consents',
  accessLog: '影像查看记录 / entries of the access log',
};

@Module({ imports: [ConfigModule, DatabaseModule, QueuesModule, RetentionModule] })
class PurgeModule {}

/** Purges everything that is due, or counts it. */
export async function purgeAll(purge: RetentionPurge, now: Date, isDryRun: boolean): Promise<PurgeCounts> {
  let counts = NOTHING_PURGED;
  let from: PurgePosition | null = null;
  do {
    const run = await purge.run({ from, now, budgetMs: SLICE_MS, isDryRun });
    counts = addCounts(counts, run.counts);
    from = run.next;
  } while (from !== null);
  if (!isDryRun) await purge.carryOn();
  return counts;
}

async function main(): Promise<void> {
  const isDryRun = process.argv.includes('--dry-run');
  const app = await NestFactory.createApplicationContext(PurgeModule, { logger: ['error', 'warn'] });
  try {
    const counts = await purgeAll(app.get(RetentionPurge), new Date(), isDryRun);
    process.stdout.write(`${isDryRun ? '到期待删（未删除） / due, nothing was erased' : '已删除 / erased'}\n`);
    for (const [name, count] of Object.entries(counts)) process.stdout.write(`  ${String(count).padStart(8)}  ${WORDS[name as keyof PurgeCounts]}\n`);
  } finally {
    await app.close();
  }
}

if (isMain(import.meta.url)) {
  main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 1;
  });
}
