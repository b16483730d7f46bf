import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { Problem } from '../common/problem.js';
import { CONFIG, type Config, deriveKey } from '../config/config.js';
import { type ImageLookup, ImageVault, type KeptImage } from '../evidence/image-vault.js';
import { StoredImageEntity } from '../evidence/stored-image.entity.js';
import { TraineeEntity } from '../training/trainee.entity.js';
import { TraineesService } from '../training/trainees.service.js';
import { type AccessPurpose, ImageAccessEntity } from './image-access.entity.js';
import { type ImageLink, linkTextOf, readLink } from './image-links.js';
import type { CreateLink, ImageAccesses, LinkAnswer } from './privacy.schemas.js';
import { withWatermark } from './watermark.js';

/** A picture as it may be handed out: a copy with a watermark, or for a verification the bytes themselves. */
export interface ShownImage {
  readonly bytes: Buffer;
  readonly contentType: string;
  readonly digest: KeptImage['digest'];
}

export interface Looker {
  readonly platformId: string;
  readonly viewer: string;
  readonly purpose: AccessPurpose;
  readonly reason: string | null;
  /** Address of the request. */
  readonly origin: string;
}

type PictureOf = Pick<StoredImageEntity, 'id' | 'sessionId' | 'traineeId'>;

const MAX_LISTED = 1_000;

/** The one way to a picture: a short-lived link, every use of it on record, a watermark on what is shown. */
@Injectable()
export class ImageAccess {
  private readonly linkKey: Buffer;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly vault: ImageVault,
    private readonly trainees: TraineesService,
  ) {
    this.linkKey = deriveKey(config, 'image-link');
  }

  /**
   * A link to one picture of the platform's.
   * @throws Problem 404; 422 `REASON_REQUIRED` for a minor's picture without a reason in words
   */
  async link(platformId: string, imageId: string, { viewer, purpose, reason, ttlSeconds }: CreateLink): Promise<LinkAnswer> {
    const { traineeId } = await this.require(platformId, imageId);
    if (!(await this.mayShow(traineeId, reason ?? null))) throw new Problem(422, 'REASON_REQUIRED', '查看未成年人影像须写明理由 / Looking at a minor’s picture needs a written reason');
    const expiresAt = Date.now() + ttlSeconds * 1000;
    const link = linkTextOf({ platformId, imageId, viewer, purpose, reason: reason ?? null, expiresAt }, this.linkKey);
    return { url: `${this.config.publicUrl}/v1/images/${imageId}?link=${link}`, expiresAt: new Date(expiresAt).toISOString() };
  }

  /** Opens a link. @throws Problem 403 `LINK_INVALID`; 404 when the picture is there no more */
  async open(imageId: string, text: string, origin: string): Promise<ShownImage> {
    const link = this.read(imageId, text);
    const row = await this.require(link.platformId, imageId);
    const { image } = await this.vault.lookUp(imageId);
    if (image === null) throw missing();
    const shown = await this.show(image, row, { ...link, origin });
    if (shown === null) throw missing();
    return shown;
  }

  /** Shows a picture within a page, or `null` when it is no picture that can be drawn. It is on record first. */
  async show(image: KeptImage, whose: PictureOf, looker: Looker): Promise<ShownImage | null> {
    const at = new Date();
    await this.record(whose, looker, at);
    if (looker.purpose === 'VERIFICATION') return image;
    const copy = await withWatermark(image.bytes, { viewer: looker.viewer, at, sessionId: whose.sessionId });
    return copy === null ? null : { bytes: copy, contentType: 'image/jpeg', digest: null };
  }

  /** Writes down that somebody is given a picture. */
  async record({ id, sessionId, traineeId }: PictureOf, { platformId, viewer, purpose, reason, origin }: Looker, at: Date): Promise<void> {
    await this.dataSource.manager.insert(ImageAccessEntity, { id: uuidv7(), platformId, traineeId, sessionId, imageId: id, viewer, purpose, reason, origin, at });
  }

  /** A minor's pictures are shown for a reason in words only. */
  async mayShow(traineeId: string, reason: string | null): Promise<boolean> {
    return reason !== null || (await this.trainees.isMinor(traineeId)) !== true;
  }

  /** Who looked at pictures of a trainee, newest first. */
  async listOf(platformId: string, traineeId: string): Promise<ImageAccesses> {
    await this.trainees.require(platformId, traineeId);
    const rows = await this.dataSource.manager.find(ImageAccessEntity, { where: { traineeId }, order: { at: 'DESC', id: 'DESC' }, take: MAX_LISTED });
    return { accesses: rows.map(({ imageId, sessionId, viewer, purpose, reason, origin, at }) => ({ imageId, sessionId, viewer, purpose, reason, origin, at: at.toISOString() })) };
  }

  private read(imageId: string, text: string): ImageLink {
    const link = readLink(text, imageId, this.linkKey, Date.now());
    if (link === null) throw new Problem(403, 'LINK_INVALID', '链接无效或已过期，请重新获取 / The link is not valid, or its time is over: ask for a new one');
    return link;
  }

  private async require(platformId: string, imageId: string): Promise<StoredImageEntity> {
    const row = await this.dataSource.manager
      .createQueryBuilder(StoredImageEntity, 'image')
      .innerJoin(TraineeEntity, 'trainee', 'trainee.id = image.traineeId and trainee.platformId = :platformId', { platformId })
      .where('image.id = :imageId', { imageId })
      .getOne();
    if (row === null) throw missing();
    return row;
  }
}

const missing = (): Problem => new Problem(404, 'NOT_FOUND', '没有这张照片，或已删除 / There is no such picture, or it was deleted');

/** Of a looked-up picture: what became of it, for reports. */
export const erasureOf = (found: ImageLookup) => (found.state === 'ERASED' || found.state === 'PURGED' ? found.erasure : null);
