import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { FileStorage } from '@flystorage/file-storage';
import { LocalStorageAdapter } from '@flystorage/local-fs';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager, In, IsNull, Not } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { KEY_BYTES, seal, unseal } from '../common/sealing.js';
import { CONFIG, type Config } from '../config/config.js';
import { digestOf } from './image-digest.js';
import { withJpegMeta } from './jpeg-meta.js';
import { type ErasureGround, type ImageKind, type ImageMeta, StoredImageEntity } from './stored-image.entity.js';
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

/** That and why a picture was erased. */
export interface PictureErasure {
  readonly at: Date;
  readonly ground: ErasureGround;
  readonly rule: string | null;
  readonly erasureId: string | null;
}

/**
 * ERASED: on request or without consent any more. PURGED: its time was over. MISSING: the record is here, the file or its
 * key is not, and no erasure is on record. UNKNOWN: no such record.
 */
export type ImageLookup =
  | { readonly state: 'PRESENT'; readonly image: KeptImage }
  | { readonly state: 'ERASED' | 'PURGED'; readonly image: null; readonly erasure: PictureErasure }
  | { readonly state: 'MISSING' | 'DAMAGED' | 'UNKNOWN'; readonly image: null };

/** Which pictures of a trainee are to be erased, and on what record. */
export interface Shredding {
  readonly traineeId: string;
  readonly kinds?: readonly ImageKind[];
  /** Only these. */
  readonly imageIds?: readonly string[];
  /** Pictures of these sessions stay. */
  readonly exceptSessions?: readonly string[];
  readonly erasure: PictureErasure & { readonly erasureId: string };
}

/**
 * Pictures at rest. Each is encrypted by a key of its own, which is sealed by the trainee's key, which is sealed by
 * the server's: forgetting its key makes a picture unreadable wherever its file was copied to, forgetting the trainee's
 * all of them at once.
 */
@Injectable()
export class ImageVault {
  private readonly logger = new Logger(ImageVault.name);
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
      erasedAt: null,
      erasedGround: null,
      erasedRule: null,
      erasureId: null,
      fileRemovedAt: null,
    });
    return { imageId: id };
  }

  /** The picture, or what became of it. */
  async lookUp(imageId: string): Promise<ImageLookup> {
    const row = await this.dataSource.getRepository(StoredImageEntity).findOneBy({ id: imageId });
    if (row === null) return { state: 'UNKNOWN', image: null };
    const { erasedAt: at, erasedGround: ground, erasedRule: rule, erasureId, keySealed } = row;
    if (at !== null && ground !== null) return { state: ground === 'RETENTION' ? 'PURGED' : 'ERASED', image: null, erasure: { at, ground, rule, erasureId } };
    const traineeKey = await this.keys.find(row.traineeKeyId);
    if (traineeKey === null || keySealed === null || !(await this.files.fileExists(row.path))) return { state: 'MISSING', image: null };
    const file = await this.files.readToBuffer(row.path);
    try {
      const imageKey = unseal(traineeKey, keySealed, keyContext(row.id));
      const bytes = unseal(imageKey, file, fileContext(row.id));
      const { contentType, meta, digest, digestKeySealed } = row;
      const digestKey = digestKeySealed === null ? null : unseal(traineeKey, digestKeySealed, digestContext(row.id));
      return { state: 'PRESENT', image: { bytes, contentType, meta, digest: digest === null || digestKey === null ? null : { value: digest, key: digestKey } } };
    } catch {
      // Authenticated encryption: whatever does not open was altered or exchanged.
      return { state: 'DAMAGED', image: null };
    }
  }

  /**
   * Makes pictures unreadable for good, within the caller's transaction; the files go afterwards (`removeFiles`). The rows
   * stay, for the record. Gives how many of each kind there were.
   */
  async shred(manager: EntityManager, { traineeId, kinds, imageIds, exceptSessions = [], erasure }: Shredding): Promise<Readonly<Partial<Record<ImageKind, number>>>> {
    const where = { traineeId, erasedAt: IsNull(), ...(kinds === undefined ? {} : { kind: In([...kinds]) }), ...(imageIds === undefined ? {} : { id: In([...imageIds]) }) };
    const found = await manager.find(StoredImageEntity, { where, select: { id: true, kind: true, sessionId: true }, lock: { mode: 'pessimistic_write' } });
    const rows = found.filter(({ sessionId }) => sessionId === null || !exceptSessions.includes(sessionId));
    const { at, ground, rule, erasureId } = erasure;
    // What somebody with a copy could recognise the picture by goes too.
    await manager.query(
      `update stored_image set key_sealed = null, digest_key_sealed = null, meta = meta - 'receivedSha256',
         erased_at = $2, erased_ground = $3, erased_rule = $4, erasure_id = $5 where id = any($1)`,
      [rows.map(({ id }) => id), at, ground, rule, erasureId],
    );
    return Object.fromEntries([...new Set(rows.map(({ kind }) => kind))].map((kind) => [kind, rows.filter((row) => row.kind === kind).length]));
  }

  /** Removes the files of an erasure. How many resisted: they are noise, and may be tried again. */
  async removeFiles(erasureId: string): Promise<{ readonly removed: number; readonly left: number }> {
    const images = this.dataSource.getRepository(StoredImageEntity);
    const rows = await images.find({ where: { erasureId, erasedAt: Not(IsNull()), fileRemovedAt: IsNull() }, select: { id: true, path: true } });
    let removed = 0;
    for (const { id, path } of rows) {
      try {
        await this.files.deleteFile(path);
      } catch (error) {
        this.logger.warn({ err: error, imageId: id }, 'the file of an erased picture resists its removal');
        continue;
      }
      await images.update({ id }, { fileRemovedAt: new Date() });
      removed += 1;
    }
    return { removed, left: rows.length - removed };
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
