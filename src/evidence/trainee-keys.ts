import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { KEY_BYTES, seal, unseal } from '../common/sealing.js';
import { CONFIG, type Config, deriveKey } from '../config/config.js';
import { TraineeKeyEntity } from './stored-image.entity.js';

export interface TraineeKey {
  readonly id: string;
  readonly key: Buffer;
}

/** One key per trainee, under the server's: what is sealed by it is gone for good once its row is deleted. */
@Injectable()
export class TraineeKeys {
  private readonly vaultKey: Buffer;

  constructor(
    @Inject(CONFIG) config: Config,
    @InjectDataSource() private readonly dataSource: DataSource,
  ) {
    this.vaultKey = deriveKey(config, 'vault');
  }

  /** The trainee's key, made when there is none. */
  async of(traineeId: string): Promise<TraineeKey> {
    const keys = this.dataSource.getRepository(TraineeKeyEntity);
    if (!(await keys.existsBy({ traineeId }))) {
      const id = uuidv7();
      const keySealed = seal(this.vaultKey, randomBytes(KEY_BYTES), contextOf(id));
      // Two processes may get here together: the first row counts, for both.
      await keys.createQueryBuilder().insert().values({ id, traineeId, keySealed, createdAt: new Date() }).orIgnore().execute();
    }
    return this.open(await keys.findOneByOrFail({ traineeId }));
  }

  /** The key a row was sealed by, or `null` when it was erased. */
  async find(id: string): Promise<Buffer | null> {
    const row = await this.dataSource.getRepository(TraineeKeyEntity).findOneBy({ id });
    return row === null ? null : this.open(row).key;
  }

  async erase(traineeId: string): Promise<void> {
    await this.dataSource.getRepository(TraineeKeyEntity).delete({ traineeId });
  }

  private open({ id, keySealed }: TraineeKeyEntity): TraineeKey {
    return { id, key: unseal(this.vaultKey, keySealed, contextOf(id)) };
  }
}

const contextOf = (keyId: string): string => `trainee_key/${keyId}`;
