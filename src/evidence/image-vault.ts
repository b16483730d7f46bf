import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { FileStorage } from '@flystorage/file-storage';
import { LocalStorageAdapter } from '@flystorage/local-fs';
import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { KEY_BYTES, seal, unseal } from '../common/sealing.js';
import { CONFIG, type Config, deriveKey } from '../config/config.js';
import { withJpegMeta } from './jpeg-meta.js';
import { type ImageKind, type ImageMeta, StoredImageEntity, TraineeKeyEntity } from './stored-image.entity.js';

export interface NewImage {
  readonly bytes: Uint8Array;
  readonly kind: ImageKind;
  readonly sessionId: string | null;
  readonly traineeId: string;
  /** Session, server time, number…: kept beside the picture and written into it. */
  readonly meta: ImageMeta;
}

export interface KeptImage {
  readonly bytes: Buffer;
  readonly contentType: string;
  readonly sha256: string;
  readonly meta: ImageMeta;
}

/**
 * Pictures at rest. Each is encrypted by a key of its own, which is sealed by the trainee's key, which is sealed by
 * the server's: deleting the trainee's key makes all of them unreadable at once, copies and backups included.
 */
@Injectable()
export class ImageVault {
  private readonly vaultKey: Buffer;
  private readonly files: FileStorage;

  constructor(
    @Inject(CONFIG) config: Config,
    @InjectDataSource() private readonly dataSource: DataSource,
  ) {
    this.vaultKey = deriveKey(config, 'vault');
    this.files = new FileStorage(new LocalStorageAdapter(join(config.dataDir, 'images')));
  }

  /** Stores a picture. A JPEG gets the facts written into it; the hash of the bytes as received is among them. */
  async put({ bytes, kind, sessionId, traineeId, meta }: NewImage): Promise<{ readonly imageId: string; readonly sha256: string }> {
    const received = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const facts: ImageMeta = { receivedSha256: sha256Of(received), ...meta };
    const plain = withJpegMeta(received, facts);
    const id = uuidv7();
    const createdAt = new Date();
    const traineeKey = await this.traineeKey(traineeId);
    const imageKey = randomBytes(KEY_BYTES);
    const path = `${createdAt.toISOString().slice(0, 10).replaceAll('-', '/')}/${id}`;
    const sha256 = sha256Of(plain);
    await this.files.write(path, seal(imageKey, plain, fileContext(id)), { visibility: 'private', directoryVisibility: 'private' });
    await this.dataSource.getRepository(StoredImageEntity).insert({
      id,
      sessionId,
      traineeId,
      kind,
      sha256,
      contentType: contentTypeOf(plain),
      bytes: plain.length,
      meta: facts,
      path,
      traineeKeyId: traineeKey.id,
      keySealed: seal(traineeKey.key, imageKey, keyContext(id)),
      createdAt,
    });
    return { imageId: id, sha256 };
  }

  /**
   * The picture, or `null` when there is none of that id, when it was erased with the trainee's key, or when its
   * file is gone.
   * @throws Error when its file was altered
   */
  async get(imageId: string): Promise<KeptImage | null> {
    const row = await this.dataSource.getRepository(StoredImageEntity).findOneBy({ id: imageId });
    const key = row === null ? null : await this.dataSource.getRepository(TraineeKeyEntity).findOneBy({ id: row.traineeKeyId });
    if (row === null || key === null || !(await this.files.fileExists(row.path))) return null;
    const traineeKey = unseal(this.vaultKey, key.keySealed, traineeKeyContext(key.id));
    const imageKey = unseal(traineeKey, row.keySealed, keyContext(row.id));
    const plain = unseal(imageKey, await this.files.readToBuffer(row.path), fileContext(row.id));
    if (sha256Of(plain) !== row.sha256) throw new Error(`image ${imageId} is not the one that was stored`);
    return { bytes: plain, contentType: row.contentType, sha256: row.sha256, meta: row.meta };
  }

  /** Makes every picture of the trainee unreadable for good, then removes the files. The rows stay, for the record. */
  async eraseAllOf(traineeId: string): Promise<void> {
    await this.dataSource.getRepository(TraineeKeyEntity).delete({ traineeId });
    const rows = await this.dataSource.getRepository(StoredImageEntity).find({ where: { traineeId }, select: { id: true, path: true } });
    for (const { path } of rows) await this.files.deleteFile(path);
  }

  private async traineeKey(traineeId: string): Promise<{ readonly id: string; readonly key: Buffer }> {
    const keys = this.dataSource.getRepository(TraineeKeyEntity);
    if (!(await keys.existsBy({ traineeId }))) {
      const id = uuidv7();
      const keySealed = seal(this.vaultKey, randomBytes(KEY_BYTES), traineeKeyContext(id));
      // Two workers may get here together: the first row counts, for both.
      await keys.createQueryBuilder().insert().values({ id, traineeId, keySealed, createdAt: new Date() }).orIgnore().execute();
    }
    const row = await keys.findOneByOrFail({ traineeId });
    return { id: row.id, key: unseal(this.vaultKey, row.keySealed, traineeKeyContext(row.id)) };
  }
}

const fileContext = (imageId: string): string => `stored_image/${imageId}/file`;
const keyContext = (imageId: string): string => `stored_image/${imageId}/key`;
const traineeKeyContext = (keyId: string): string => `trainee_key/${keyId}`;
const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function contentTypeOf(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return 'image/jpeg';
  if (bytes[0] === 0x89) return 'image/png';
  return bytes.toString('latin1', 8, 12) === 'WEBP' ? 'image/webp' : 'application/octet-stream';
}
