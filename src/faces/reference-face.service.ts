import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { seal, unseal } from '../common/sealing.js';
import { CONFIG, type Config, deriveKey } from '../config/config.js';
import { ReferenceFaceEntity, type ReferenceFaceQuality, type ReferenceFaceRefusal } from './reference-face.entity.js';

/** The reference face in force. */
export interface ActiveReferenceFace {
  readonly id: string;
  readonly version: number;
  readonly descriptor: Float32Array;
  readonly imageId: string | null;
}

/** What judging a photo came to. */
export type ReferenceFaceJudgement =
  | { readonly refusal: ReferenceFaceRefusal }
  | {
      readonly refusal: null;
      readonly quality: ReferenceFaceQuality;
      readonly descriptor: Float32Array;
      readonly engine: string;
      readonly imageId: string;
    };

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
    if (row?.descriptorSealed == null) return null;
    const bytes = unseal(this.key, row.descriptorSealed, descriptorContext(row.id));
    const descriptor = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
    return { id: row.id, version: row.version, descriptor, imageId: row.imageId };
  }

  /** Keeps a photo until a worker has judged it. The caller holds the trainee's lock. */
  async keepUpload(manager: EntityManager, traineeId: string, photo: Buffer): Promise<string> {
    const last = await manager.maximum(ReferenceFaceEntity, 'version', { traineeId });
    const id = uuidv7();
    await manager.insert(ReferenceFaceEntity, {
      id,
      traineeId,
      version: (last ?? 0) + 1,
      status: 'UPLOADED',
      refusal: null,
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

  /** Writes the judgement down and forgets the upload. `false` when another worker was first. */
  async settle(id: string, judgement: ReferenceFaceJudgement): Promise<boolean> {
    return this.dataSource.transaction(async (manager) => {
      const row = await manager.findOne(ReferenceFaceEntity, { where: { id, status: 'UPLOADED' }, lock: { mode: 'pessimistic_write' } });
      if (row === null) return false;
      const judged = { uploadSealed: null, judgedAt: new Date() };
      if (judgement.refusal !== null) {
        await manager.update(ReferenceFaceEntity, { id }, { ...judged, status: 'REFUSED', refusal: judgement.refusal });
        return true;
      }
      const { quality, descriptor, engine, imageId } = judgement;
      const isOvertaken = await this.makeRoom(manager, row);
      const plain = Buffer.from(descriptor.buffer, descriptor.byteOffset, descriptor.byteLength);
      await manager.update(ReferenceFaceEntity, { id }, {
        ...judged,
        status: isOvertaken ? 'SUPERSEDED' : 'ACTIVE',
        quality,
        engine,
        imageId,
        descriptorSealed: isOvertaken ? null : seal(this.key, plain, descriptorContext(id)),
      });
      return true;
    });
  }

  /** Takes an earlier version out of force; `true` when a later one is in force already. */
  private async makeRoom(manager: EntityManager, row: ReferenceFaceEntity): Promise<boolean> {
    const active = await manager.findOne(ReferenceFaceEntity, {
      where: { traineeId: row.traineeId, status: 'ACTIVE' },
      lock: { mode: 'pessimistic_write' },
    });
    if (active === null) return false;
    if (active.version > row.version) return true;
    await manager.update(ReferenceFaceEntity, { id: active.id }, { status: 'SUPERSEDED', descriptorSealed: null });
    return false;
  }
}

const descriptorContext = (id: string): string => `reference_face/${id}/descriptor`;
const uploadContext = (id: string): string => `reference_face/${id}/upload`;
