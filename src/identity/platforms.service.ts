import { timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, Repository } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { Problem } from '../common/problem.js';
import { hashPlatformKey, newPlatformKey } from './platform-key.js';
import { type KeyScope, PlatformEntity, PlatformKeyEntity } from './platform.entity.js';

/** The platform behind a request. */
export interface Platform {
  readonly id: string;
  readonly name: string;
}

const LAST_USED_STEP_MS = 10 * 60_000;

/** Platforms and the keys their servers present. */
@Injectable()
export class PlatformsService {
  constructor(
    @InjectRepository(PlatformEntity) private readonly platforms: Repository<PlatformEntity>,
    @InjectRepository(PlatformKeyEntity) private readonly keys: Repository<PlatformKeyEntity>,
  ) {}

  /** The platform of this name, created when there is none yet. */
  async create(name: string): Promise<Platform> {
    const trimmed = name.trim();
    if (trimmed === '' || trimmed.length > 200) {
      throw new Problem(400, 'VALIDATION_FAILED', '平台名称应为 1 到 200 个字符 / A platform name has 1 to 200 characters');
    }
    await this.platforms
      .createQueryBuilder()
      .insert()
      .values({ id: uuidv7(), name: trimmed, createdAt: new Date() })
      .orIgnore()
      .execute();
    const { id } = await this.platforms.findOneByOrFail({ name: trimmed });
    return { id, name: trimmed };
  }

  /** A new key. It is returned here and cannot be had again. */
  async issueKey(platformId: string, scope: KeyScope = 'PLATFORM'): Promise<{ readonly keyId: string; readonly key: string }> {
    const key = newPlatformKey();
    const keyId = uuidv7();
    await this.keys.insert({
      id: keyId,
      platformId,
      keyHash: hashPlatformKey(key),
      scope,
      createdAt: new Date(),
      revokedAt: null,
      lastUsedAt: null,
    });
    return { keyId, key };
  }

  /** From now on the key opens nothing. */
  async revokeKey(keyId: string): Promise<void> {
    await this.keys.update({ id: keyId, revokedAt: IsNull() }, { revokedAt: new Date() });
  }

  /** @throws Problem 401 `UNAUTHENTICATED` for an unknown key, 403 `FORBIDDEN` for a revoked one. */
  async authenticate(key: string): Promise<Platform & { readonly scope: KeyScope }> {
    const keyHash = hashPlatformKey(key);
    const found = await this.keys.findOneBy({ keyHash });
    if (!found || !timingSafeEqual(found.keyHash, keyHash)) throw unauthenticated();
    if (found.revokedAt !== null) {
      throw new Problem(403, 'FORBIDDEN', '平台密钥已停用 / The platform key is revoked');
    }
    const { id, name } = await this.platforms.findOneByOrFail({ id: found.platformId });
    await this.touch(found);
    return { id, name, scope: found.scope };
  }

  private async touch(key: PlatformKeyEntity): Promise<void> {
    const now = new Date();
    if (key.lastUsedAt === null || now.getTime() - key.lastUsedAt.getTime() >= LAST_USED_STEP_MS) {
      await this.keys.update({ id: key.id }, { lastUsedAt: now });
    }
  }
}

/** The refusal of a request without a usable key. */
export const unauthenticated = (): Problem =>
  new Problem(401, 'UNAUTHENTICATED', '缺少或错误的平台密钥 / The platform key is missing or wrong');
