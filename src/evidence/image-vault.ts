import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { FileStorage } from '@flystorage/file-storage';
import { LocalStorageAdapter } from '@flystorage/local-fs';
import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { KEY_BYTES, seal, unseal } from '../common/sealing.js';
import { CONFIG, type Config } from '../config/config.js';
import { digestOf } from './image-digest.js';
import { withJpegMeta } from './jpeg-meta.js';
import { type ImageKind, type ImageMeta, StoredImageEntity } from './stored-image.entity.js';
import { TraineeKeys } from './trainee-keys.js';

export interface NewImage {
  readonly bytes: Uint8Array;
  readonly kind: ImageKind;
  readonly sessionId: string | null;
  readonly traineeId: string;
  /** Key of the digest under which a journal names this picture; `null` when none does. */
  readonly digestKey: Uint8Array | null;
  /** Session, server time, number…: kept beside the picture and written into it. */
  readonly meta: ImageMeta;
}

export interface KeptImage {
  readonly bytes: Buffer;
  readonly contentType: string;
  readonly meta: ImageMeta;
  /** Of the bytes as they came, with the key that shows it. */
  readonly digest: { readonly value: string; readonly key: Buffer } | null;
}

/** ERASED: with the trainee's key, on request. MISSING: the record is here, the file is not. UNKNOWN: no such record. */
export type ImageLookup =
  | { readonly state: 'PRESENT'; readonly image: KeptImage }
  | { readonly state: 'ERASED' | 'MISSING' | 'DAMAGED' | 'UNKNOWN'; readonly image: null };

/**
 * Pictures at rest. Each is encrypted by a key of its own, which is sealed by the trainee's key, which is sealed by
 * the server's: deleting the trainee's key makes all of them unreadable at once, copies and backups included.
 */
@Injectable()
export class ImageVault {
  private readonly files: FileStorage;

  constructor(
    @Inject(CONFIG) config: Config,
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly keys: TraineeKeys,
  ) {
    this.files = new FileStorage(new LocalStorageAdapter(join(config.dataDir, 'images')));
  }

  /** Stores a picture. A JPEG gets the facts written into it. */
  async put({ bytes, kind, sessionId, traineeId, digestKey, meta }: NewImage): Promise<{ readonly imageId: string }> {
    const received = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const plain = withJpegMeta(received, meta);
    const id = uuidv7();
    const createdAt = new Date();
    const traineeKey = await this.keys.of(traineeId);
    const imageKey = randomBytes(KEY_BYTES);
    const path = `${createdAt.toISOString().slice(0, 10).replaceAll('-', '/')}/${id}`;
    await this.files.write(path, seal(imageKey, plain, fileContext(id)), { visibility: 'private', directoryVisibility: 'private' });
    await this.dataSource.getRepository(StoredImageEntity).insert({
      id,
      sessionId,
      traineeId,
      kind,
      digest: digestKey === null ? null : digestOf(digestKey, received),
      digestKeySealed: digestKey === null ? null : seal(traineeKey.key, digestKey, digestContext(id)),
      contentType: contentTypeOf(plain),
      bytes: plain.length,
      meta,
      path,
      traineeKeyId: traineeKey.id,
      keySealed: seal(traineeKey.key, imageKey, keyContext(id)),
      createdAt,
    });
    return { imageId: id };
  }

  /** The picture, or what became of it. */
  async lookUp(imageId: string): Promise<ImageLookup> {
    const row = await this.dataSource.getRepository(StoredImageEntity).findOneBy({ id: imageId });
    if (row === null) return { state: 'UNKNOWN', image: null };
    const traineeKey = await this.keys.find(row.traineeKeyId);
    if (traineeKey === null) return { state: 'ERASED', image: null };
    if (!(await this.files.fileExists(row.path))) return { state: 'MISSING', image: null };
    const file = await this.files.readToBuffer(row.path);
    try {
      const imageKey = unseal(traineeKey, row.keySealed, keyContext(row.id));
      const bytes = unseal(imageKey, file, fileContext(row.id));
      const { contentType, meta, digest, digestKeySealed } = row;
      const digestKey = digestKeySealed === null ? null : unseal(traineeKey, digestKeySealed, digestContext(row.id));
      return { state: 'PRESENT', image: { bytes, contentType, meta, digest: digest === null || digestKey === null ? null : { value: digest, key: digestKey } } };
    } catch {
      // Authenticated encryption: whatever does not open was altered or exchanged.
      return { state: 'DAMAGED', image: null };
    }
  }

  /** Makes every picture of the trainee unreadable for good, then removes the files. The rows stay, for the record. */
  async eraseAllOf(traineeId: string): Promise<void> {
    await this.keys.erase(traineeId);
    const rows = await this.dataSource.getRepository(StoredImageEntity).find({ where: { traineeId }, select: { id: true, path: true } });
    for (const { path } of rows) await this.files.deleteFile(path);
  }
}

const fileContext = (imageId: string): string => `stored_image/${imageId}/file`;
const keyContext = (imageId: string): string => `stored_image/${imageId}/key`;
const digestContext = (imageId: string): string => `stored_image/${imageId}/digest`;

function contentTypeOf(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return 'image/jpeg';
  if (bytes[0] === 0x89) return 'image/png';
  return bytes.toString('latin1', 8, 12) === 'WEBP' ? 'image/webp' : 'application/octet-stream';
}
