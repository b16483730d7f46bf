import { createHmac } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, LessThanOrEqual, Not } from 'typeorm';
import { seal, unseal } from '../../common/sealing.js';
import { CONFIG, type Config, deriveKey } from '../../config/config.js';
import { ImageVault } from '../../evidence/image-vault.js';
import { StoredImageEntity } from '../../evidence/stored-image.entity.js';
import { type TraineeKey, TraineeKeys } from '../../evidence/trainee-keys.js';
import type { ReplayMeasurement, ReplayScope } from '../../rules/replay.js';
import { TraineeEntity } from '../../training/trainee.entity.js';
import { decodeImage } from '../image-decoder.js';
import { PictureLikenessEntity, PicturePrintEntity } from './picture-print.entity.js';
import { differingBits, type ExactPrint, meanDifference, type PicturePrint, printOf } from './picture-print.js';

/** Pictures that came together in answer to one request. */
export interface Capture {
  /** The snapshot, face check or reference face. */
  readonly id: string;
  readonly sessionId: string | null;
  readonly traineeId: string;
  readonly takenAt: Date;
  readonly prints: readonly ExactPrint[];
  /** The print of the one picture that is kept, or that speaks for the others; null when there is none. */
  readonly best: PicturePrint | null;
}

/** Kept pictures of the trainee that a new one is compared with, and those of them that are looked at themselves. */
const NEWEST = 24;
const LOOKED_AT = 3;
/** Gradients further apart are another picture for certain, bits of 256. */
const SEARCH_BITS = 48;
/** Nearer in time two pictures of one camera are alike by nature. */
const APART_MS = 2_000;
/** Digests kept of one capture: of a burst those lowest in value, so that nobody can tell which frames are known. */
const DIGESTS_PER_CAPTURE = 12;

/** What was seen before: within a session, of a person, and, by exact digests alone, on a platform. */
@Injectable()
export class PictureHistory {
  private readonly key: Buffer;

  constructor(
    @Inject(CONFIG) config: Config,
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly keys: TraineeKeys,
    private readonly vault: ImageVault,
  ) {
    this.key = deriveKey(config, 'picture-print');
  }

  /** Looks a capture up. Answers to the same request are no history: a job that is run again finds nothing of itself. */
  async compare(capture: Capture): Promise<Pick<ReplayMeasurement, 'exact' | 'near'>> {
    const traineeKey = await this.keys.of(capture.traineeId);
    return { exact: await this.findExact(capture, traineeKey), near: await this.findNear(capture, traineeKey) };
  }

  /** Remembers a capture by its kept picture. A second time changes nothing. */
  async remember(capture: Capture, imageId: string): Promise<void> {
    const { id: captureId, sessionId, traineeId, takenAt, best } = capture;
    const { id: traineeKeyId, key } = await this.keys.of(traineeId);
    const digests = (await this.digestsOf(capture)).sort((one, other) => one.compare(other)).slice(0, DIGESTS_PER_CAPTURE);
    await this.dataSource.transaction(async (manager) => {
      const rows = digests.map((digest) => ({ digest, captureId, sessionId, imageId, traineeKeyId }));
      await manager.createQueryBuilder().insert().into(PicturePrintEntity).values(rows).orIgnore().execute();
      if (best === null) return;
      const likeness = { imageId, captureId, sessionId, traineeKeyId, gradientsSealed: seal(key, best.gradients, gradientsContext(imageId)), takenAt };
      await manager.createQueryBuilder().insert().into(PictureLikenessEntity).values(likeness).orIgnore().execute();
    });
  }

  /** Remembers a kept picture that did not come in answer to a request: nobody is in front of a camera as in their photo. */
  async rememberPicture(capture: Pick<Capture, 'id' | 'traineeId'>, bytes: Uint8Array, imageId: string): Promise<void> {
    const decoded = await decodeImage(bytes);
    if (!decoded.ok) return;
    const print = printOf(bytes, decoded.image);
    await this.remember({ ...capture, sessionId: null, takenAt: new Date(), prints: [print], best: print }, imageId);
  }

  /** The session's kept snapshot before this one, or null. */
  async snapshotBefore({ id, sessionId, takenAt }: Pick<Capture, 'id' | 'sessionId' | 'takenAt'>): Promise<Uint8Array | null> {
    if (sessionId === null) return null;
    const before = await this.dataSource.manager
      .createQueryBuilder(PictureLikenessEntity, 'likeness')
      .innerJoin(StoredImageEntity, 'image', 'image.id = likeness.imageId')
      .where({ sessionId, captureId: Not(id), takenAt: LessThanOrEqual(takenAt) })
      .andWhere(`image.session_id = :sessionId and image.kind = 'snapshot'`, { sessionId })
      .orderBy('likeness.takenAt', 'DESC')
      .getOne();
    return before === null ? null : ((await this.vault.lookUp(before.imageId)).image?.bytes ?? null);
  }

  private async findExact(capture: Capture, { id: traineeKeyId }: TraineeKey): Promise<ReplayScope | null> {
    const seen: readonly { readonly session_id: string | null; readonly trainee_key_id: string }[] = await this.dataSource.query(
      'select distinct session_id, trainee_key_id from picture_print where digest = any($1) and capture_id <> $2',
      [await this.digestsOf(capture), capture.id],
    );
    if (seen.length === 0) return null;
    if (seen.some((row) => row.session_id !== null && row.session_id === capture.sessionId)) return 'SESSION';
    return seen.some((row) => row.trainee_key_id === traineeKeyId) ? 'PERSON' : 'PLATFORM';
  }

  private async findNear({ id, sessionId, takenAt, best }: Capture, { id: traineeKeyId, key }: TraineeKey): Promise<ReplayMeasurement['near']> {
    if (best === null) return null;
    const rows = await this.dataSource.manager.find(PictureLikenessEntity, {
      where: { traineeKeyId, captureId: Not(id), takenAt: LessThanOrEqual(new Date(takenAt.getTime() - APART_MS)) },
      order: { takenAt: 'DESC' },
      take: NEWEST,
    });
    const alike = rows
      .map((row) => ({ row, bits: differingBits(unseal(key, row.gradientsSealed, gradientsContext(row.imageId)), best.gradients) }))
      .filter(({ bits }) => bits <= SEARCH_BITS)
      .sort((one, other) => one.bits - other.bits)
      .slice(0, LOOKED_AT);
    let nearest: ReplayMeasurement['near'] = null;
    for (const { row, bits } of alike) {
      const difference = await this.differenceTo(row.imageId, best);
      if (difference === null || difference >= (nearest?.difference ?? Infinity)) continue;
      nearest = { scope: row.sessionId !== null && row.sessionId === sessionId ? 'SESSION' : 'PERSON', bits, difference };
    }
    return nearest;
  }

  private async differenceTo(imageId: string, { grey }: PicturePrint): Promise<number | null> {
    const { image } = await this.vault.lookUp(imageId);
    const decoded = image === null ? null : await decodeImage(image.bytes);
    if (image === null || decoded?.ok !== true) return null;
    return Math.round(meanDifference(printOf(image.bytes, decoded.image).grey, grey) * 100) / 100;
  }

  private async digestsOf({ traineeId, prints }: Capture): Promise<Buffer[]> {
    const { platformId } = await this.dataSource.manager.findOneOrFail(TraineeEntity, { where: { id: traineeId }, select: { platformId: true } });
    const keyed = (kind: string, hash: Uint8Array): Buffer => createHmac('sha256', this.key).update(`${platformId}/${kind}/`).update(hash).digest();
    return prints.flatMap(({ bytes, pixels }) => [keyed('bytes', bytes), keyed('pixels', pixels)]);
  }
}

const gradientsContext = (imageId: string): string => `picture_likeness/${imageId}/gradients`;
