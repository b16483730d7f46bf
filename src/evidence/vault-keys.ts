import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { KEY_BYTES, seal, unseal } from '../common/sealing.js';
import { CONFIG, type Config, deriveKey } from '../config/config.js';
import { VaultKeyEntity } from './stored-image.entity.js';

export interface VaultKey {
  readonly version: number;
  readonly key: Buffer;
}

/** The installation's keys under which trainees' keys lie: one that is used now, and those a rotation has not emptied yet. */
@Injectable()
export class VaultKeys {
  private readonly rootKey: Buffer;
  private readonly firstKey: Buffer;
  /** A version's key never changes. */
  private readonly opened = new Map<number, Buffer>();

  constructor(
    @Inject(CONFIG) config: Pick<Config, 'secret'>,
    @InjectDataSource() private readonly dataSource: DataSource,
  ) {
    this.rootKey = deriveKey(config, 'vault-root');
    this.firstKey = deriveKey(config, 'vault');
  }

  /** The version that new keys are sealed under. */
  async current(): Promise<VaultKey> {
    const [row] = await this.dataSource.manager.find(VaultKeyEntity, { order: { version: 'DESC' }, take: 1 });
    if (row === undefined) throw new Error('the vault has no key');
    return { version: row.version, key: this.open(row) };
  }

  /** @throws Error for a version that is gone: whoever read it before the end of a rotation reads its row again. */
  async of(version: number): Promise<Buffer> {
    return this.opened.get(version) ?? this.open(await this.dataSource.manager.findOneByOrFail(VaultKeyEntity, { version }));
  }

  /** Draws a new version, which is used from now on. */
  async draw(manager: EntityManager): Promise<VaultKey> {
    const version = ((await manager.maximum(VaultKeyEntity, 'version')) ?? 0) + 1;
    const key = randomBytes(KEY_BYTES);
    await manager.insert(VaultKeyEntity, { version, keySealed: seal(this.rootKey, key, contextOf(version)), createdAt: new Date() });
    return { version, key };
  }

  private open({ version, keySealed }: VaultKeyEntity): Buffer {
    const key = keySealed === null ? this.firstKey : unseal(this.rootKey, keySealed, contextOf(version));
    this.opened.set(version, key);
    return key;
  }
}

const contextOf = (version: number): string => `vault_key/${version}`;
