import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { seal, unseal } from '../common/sealing.js';
import { CONFIG, type Config, deriveKey } from '../config/config.js';
import { descriptorSpaceOf, meanDescriptor } from './face-engine.js';
import { ReferenceFaceEntity, type ReferenceFaceIntent } from './reference-face.entity.js';

/** The reference face in force. */
export interface ActiveReferenceFace {
  readonly id: string;
  readonly version: number;
  /** Photos behind the descriptor, which is their mean. */
  readonly photos: number;
  readonly descriptor: Float32Array;
  /** Space of the descriptor; `null` when the engine is not known. */
  readonly descriptorSpace: string | null;
  readonly imageId: string | null;
}

/** Reference faces and their versions; the only place that opens their descriptors. For both processes. */
@Injectable()
export class ReferenceFaceService {
  private readonly key: Buffer;

  constructor(
    @Inject(CONFIG) config: Config,
    @InjectDataSource() private readonly dataSource: DataSource,
  ) {
    this.key = deriveKey(config, 'templates');
  }

  /** The reference face with which the trainee is compared now, or `null`. */
  async activeFor(traineeId: string): Promise<ActiveReferenceFace | null> {
    const row = await this.dataSource
      .getRepository(ReferenceFaceEntity)
      .createQueryBuilder('face')
      .addSelect('face.descriptorSealed')
      .where({ traineeId, status: 'ACTIVE' })
      .getOne();
    const template = row === null ? null : this.templateOf(row);
    if (row === null || template === null) return null;
    const descriptorSpace = row.engine === null ? null : descriptorSpaceOf(row.engine);
    return { id: row.id, version: row.version, photos: template.length, descriptor: meanDescriptor(template), descriptorSpace, imageId: row.imageId };
  }

  /** Keeps a photo until a worker has judged it. The caller holds the trainee's lock. */
  async keepUpload(manager: EntityManager, traineeId: string, photo: Buffer, intent: ReferenceFaceIntent): Promise<string> {
    const last = await manager.maximum(ReferenceFaceEntity, 'version', { traineeId });
    const id = uuidv7();
    await manager.insert(ReferenceFaceEntity, {
      id,
      traineeId,
      version: (last ?? 0) + 1,
      status: 'UPLOADED',
      refusal: null,
      intent,
      acceptance: null,
      distance: null,
      comparedWith: null,
      photos: 1,
      inForceFrom: null,
      inForceUntil: null,
      uploadSha256: createHash('sha256').update(photo).digest('hex'),
      uploadSealed: seal(this.key, photo, uploadContext(id)),
      descriptorSealed: null,
      quality: null,
      engine: null,
      imageId: null,
      createdAt: new Date(),
      judgedAt: null,
    });
    return id;
  }

  /** A photo that waits for its judgement, or `null` when it has been judged. */
  async uploadOf(id: string): Promise<{ readonly traineeId: string; readonly version: number; readonly photo: Buffer; readonly sha256: string } | null> {
    const row = await this.dataSource
      .getRepository(ReferenceFaceEntity)
      .createQueryBuilder('face')
      .addSelect('face.uploadSealed')
      .where({ id, status: 'UPLOADED' })
      .getOne();
    if (row?.uploadSealed == null) return null;
    return { traineeId: row.traineeId, version: row.version, photo: unseal(this.key, row.uploadSealed, uploadContext(id)), sha256: row.uploadSha256 };
  }

  /** The descriptors behind a version, one for each photo; `null` when they are forgotten. The row needs `descriptorSealed`. */
  templateOf({ id, photos, descriptorSealed }: Pick<ReferenceFaceEntity, 'id' | 'photos' | 'descriptorSealed'>): readonly Float32Array[] | null {
    if (descriptorSealed === null) return null;
    const bytes = unseal(this.key, descriptorSealed, descriptorContext(id));
    const numbers = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
    const length = numbers.length / photos;
    return Array.from({ length: photos }, (_, index) => numbers.slice(index * length, (index + 1) * length));
  }

  sealTemplate(id: string, descriptors: readonly Float32Array[]): Buffer {
    const plain = Buffer.concat(descriptors.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength)));
    return seal(this.key, plain, descriptorContext(id));
  }
}

const descriptorContext = (id: string): string => `reference_face/${id}/descriptor`;
const uploadContext = (id: string): string => `reference_face/${id}/upload`;
