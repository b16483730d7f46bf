import { randomUUID } from 'node:crypto';
import type { INestApplicationContext } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ImageVault } from '../../src/evidence/image-vault.js';
import { TraineeKeys } from '../../src/evidence/trainee-keys.js';

/** Makes every picture of a trainee unreadable on request, and with the key whatever else lay under it. */
export async function erasePictures(app: INestApplicationContext, traineeId: string): Promise<void> {
  const [dataSource, vault, keys] = [app.get(DataSource, { strict: false }), app.get(ImageVault, { strict: false }), app.get(TraineeKeys, { strict: false })];
  await dataSource.transaction(async (manager) => {
    await vault.shred(manager, { traineeId, erasure: { at: new Date(), ground: 'REQUEST', rule: null, erasureId: randomUUID() } });
    await keys.erase(manager, traineeId);
  });
}
