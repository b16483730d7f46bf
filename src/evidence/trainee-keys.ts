import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager, LessThan } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { KEY_BYTES, seal, unseal } from '../common/sealing.js';
import { TraineeKeyEntity, VaultKeyEntity } from './stored-image.entity.js';
import { type VaultKey, VaultKeys } from './vault-keys.js';

export interface TraineeKey {
  readonly id: string;
  readonly key: Buffer;
}

/** How far a rotation has come. */
export interface RotationProgress {
  readonly version: number;
  readonly done: number;
  readonly total: number;
}

/** Any constant: of two rotations at once the second waits. */
const ROTATION_LOCK = 7_201_032;
const BATCH = 500;
const FOREIGN_KEY_VIOLATION = '23503';

/** One key per trainee, under the vault's: what is sealed by it is gone for good once its row is deleted. */
@Injectable()
export class TraineeKeys {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly vaultKeys: VaultKeys,
  ) {}

  /** The trainee's key, made when there is none. */
  async of(traineeId: string): Promise<TraineeKey> {
    const keys = this.dataSource.getRepository(TraineeKeyEntity);
    while (!(await keys.existsBy({ traineeId }))) await this.make(traineeId);
    return this.open(await keys.findOneByOrFail({ traineeId }));
  }

  /** The key a row was sealed by, or `null` when it was erased. */
  async find(id: string): Promise<Buffer | null> {
    const row = await this.dataSource.getRepository(TraineeKeyEntity).findOneBy({ id });
    return row === null ? null : (await this.open(row)).key;
  }

  /** Deletes the trainee's key, within the caller's transaction. The id of it, or `null` when there was none. */
  async erase(manager: EntityManager, traineeId: string): Promise<string | null> {
    const row = await manager.findOne(TraineeKeyEntity, { where: { traineeId }, select: { id: true } });
    if (row !== null) await manager.delete(TraineeKeyEntity, { id: row.id });
    return row?.id ?? null;
  }

  /**
   * Puts every trainee's key under a new version of the vault's key and destroys the older ones. Stopped anywhere it
   * goes on where it was the next time; meanwhile both versions can be read. The version that is used afterwards.
   */
  async rotate(report: (progress: RotationProgress) => void): Promise<number> {
    const runner = this.dataSource.createQueryRunner();
    try {
      await runner.query('select pg_advisory_lock($1)', [ROTATION_LOCK]);
      const isUnfinished = (await this.dataSource.manager.count(VaultKeyEntity)) > 1;
      const target = isUnfinished ? await this.vaultKeys.current() : await this.dataSource.transaction((manager) => this.vaultKeys.draw(manager));
      const total = await this.dataSource.manager.count(TraineeKeyEntity);
      for (;;) {
        while ((await this.rewrap(target)) > 0) report({ version: target.version, done: total - (await this.countBefore(target.version)), total });
        if (await this.destroyBefore(target.version)) break;
      }
      report({ version: target.version, done: total, total });
      return target.version;
    } finally {
      await runner.query('select pg_advisory_unlock($1)', [ROTATION_LOCK]).finally(() => runner.release());
    }
  }

  private async make(traineeId: string): Promise<void> {
    const id = uuidv7();
    const { version, key } = await this.vaultKeys.current();
    const row = { id, traineeId, keySealed: seal(key, randomBytes(KEY_BYTES), contextOf(id)), vaultKeyVersion: version, createdAt: new Date() };
    try {
      // Two processes may get here together: the first row counts, for both.
      await this.dataSource.createQueryBuilder().insert().into(TraineeKeyEntity).values(row).orIgnore().execute();
    } catch (error) {
      // A rotation destroyed the version in this moment: the next one is there.
      if (!isForeignKeyViolation(error)) throw error;
    }
  }

  private async open({ id, keySealed, vaultKeyVersion }: TraineeKeyEntity): Promise<TraineeKey> {
    return { id, key: unseal(await this.vaultKeys.of(vaultKeyVersion), keySealed, contextOf(id)) };
  }

  private rewrap(target: VaultKey): Promise<number> {
    return this.dataSource.transaction(async (manager) => {
      const rows = await manager.find(TraineeKeyEntity, {
        where: { vaultKeyVersion: LessThan(target.version) },
        order: { vaultKeyVersion: 'ASC', id: 'ASC' },
        take: BATCH,
        lock: { mode: 'pessimistic_write' },
      });
      for (const row of rows) {
        const { id, key } = await this.open(row);
        await manager.update(TraineeKeyEntity, { id }, { keySealed: seal(target.key, key, contextOf(id)), vaultKeyVersion: target.version });
      }
      return rows.length;
    });
  }

  private countBefore(version: number): Promise<number> {
    return this.dataSource.manager.countBy(TraineeKeyEntity, { vaultKeyVersion: LessThan(version) });
  }

  /** False when a trainee's key came under an older version meanwhile. */
  private async destroyBefore(version: number): Promise<boolean> {
    try {
      await this.dataSource.manager.delete(VaultKeyEntity, { version: LessThan(version) });
      return true;
    } catch (error) {
      if (!isForeignKeyViolation(error)) throw error;
      return false;
    }
  }
}

const contextOf = (keyId: string): string => `trainee_key/${keyId}`;

const isForeignKeyViolation = (error: unknown): boolean =>
  (error as { readonly driverError?: { readonly code?: string } } | null)?.driverError?.code === FOREIGN_KEY_VIOLATION;
