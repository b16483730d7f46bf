import { Injectable, Logger } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager, IsNull } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { CheckErasure } from '../checks/check-erasure.js';
import { ImageVault } from '../evidence/image-vault.js';
import { canonicalJson } from '../evidence/proof/canonical.js';
import { JWS_TYPES } from '../evidence/proof/format.js';
import { signText } from '../evidence/signing.js';
import { SigningKeys } from '../evidence/signing-keys.js';
import type { ErasureGround, ImageKind } from '../evidence/stored-image.entity.js';
import { TraineeKeys } from '../evidence/trainee-keys.js';
import { ReferenceFaceErasure } from '../faces/reference-face-erasure.js';
import { QueueService } from '../queues/queue.service.js';
import { ErasureEntity, type ErasureScope } from './erasure.entity.js';
import { type ErasureCounts, receiptOf } from './erasure-receipt.js';
import { LegalHolds } from './legal-holds.service.js';

export interface ErasureOrder {
  readonly platformId: string;
  readonly traineeId: string;
  readonly scope: ErasureScope;
  readonly ground: ErasureGround;
  readonly orderedBy: string;
  readonly rule?: string;
  /** For EXPIRED: the pictures whose time is over, and whether that of the template is. */
  readonly imageIds?: readonly string[];
  readonly withTemplate?: boolean;
}

const KINDS: Readonly<Record<Exclude<ErasureScope, 'EXPIRED'>, readonly ImageKind[]>> = {
  FACE: ['reference', 'liveness', 'disputed'],
  PICTURES: ['snapshot', 'liveness', 'disputed'],
  ALL: ['reference', 'liveness', 'disputed', 'snapshot'],
};
const NOTHING: ErasureCounts = { templates: 0, waiting: 0, pictures: { snapshot: 0, liveness: 0, reference: 0, disputed: 0 }, traineeKeyId: null };

/** Erasures of face data: the data becomes unreadable with the commit that orders it, files and receipts follow. */
@Injectable()
export class Erasures {
  private readonly logger = new Logger(Erasures.name);

  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly vault: ImageVault,
    private readonly traineeKeys: TraineeKeys,
    private readonly references: ReferenceFaceErasure,
    private readonly checks: CheckErasure,
    private readonly holds: LegalHolds,
    private readonly keys: SigningKeys,
    private readonly queue: QueueService,
  ) {}

  /**
   * Orders an erasure within the caller's transaction, who holds the trainee's lock, and carries it out but for the files.
   * What a legal hold covers waits for its end. Call `announce` after the commit.
   */
  async order(manager: EntityManager, order: ErasureOrder): Promise<ErasureEntity> {
    const { platformId, traineeId, scope, ground, orderedBy, rule } = order;
    const erasure: ErasureEntity = {
      id: uuidv7(), platformId, traineeId, scope, ground, orderedBy, rule: rule ?? null,
      orderedAt: new Date(), shreddedAt: null, finishedAt: null, counts: null, receipts: [],
    };
    await manager.insert(ErasureEntity, erasure);
    return this.shred(manager, erasure, order);
  }

  /** Asks for the rest of an erasure. A queue that is away is made up for by the purge. */
  async announce(erasureId: string): Promise<void> {
    await this.queue.add('privacy.erase', { erasureId }).catch((error: unknown) => this.logger.warn({ err: error, erasureId }, 'not queued; the purge will do it'));
  }

  /** Does what is left of an erasure: what a hold kept, what came in meanwhile, the files, the receipts. */
  async carryOn(erasureId: string): Promise<'DONE' | 'FILES_LEFT' | 'HELD' | 'NOTHING_TO_DO'> {
    const rest = await this.dataSource.transaction((manager) => this.shredRest(manager, erasureId));
    if (rest === null) return 'NOTHING_TO_DO';
    const { found, isHeld } = rest;
    const { removed, left } = await this.vault.removeFiles(erasureId);
    const isDone = left === 0 && !isHeld;
    const finishedAt = isDone ? new Date() : null;
    // The same news is told once.
    if (removed > 0 || isDone || found.receipts.length === 0) {
      const receipt = await this.receipt(found, left, isHeld);
      // Of two that got here together the second finds it finished, or adds its own receipt.
      await this.dataSource.query('update erasure set receipts = receipts || $2::jsonb, finished_at = $3 where id = $1 and finished_at is null', [erasureId, JSON.stringify([receipt]), finishedAt]);
    }
    if (left > 0) return 'FILES_LEFT';
    return isHeld ? 'HELD' : 'DONE';
  }

  /** Erasures that are not done, oldest first. */
  async unfinished(limit: number): Promise<readonly string[]> {
    const rows = await this.dataSource.manager.find(ErasureEntity, { where: { finishedAt: IsNull() }, select: { id: true }, order: { orderedAt: 'ASC' }, take: limit });
    return rows.map(({ id }) => id);
  }

  /** Every erasure of a trainee, oldest first. */
  listOf(traineeId: string): Promise<readonly ErasureEntity[]> {
    return this.dataSource.manager.find(ErasureEntity, { where: { traineeId }, order: { orderedAt: 'ASC', id: 'ASC' } });
  }

  private async shredRest(manager: EntityManager, id: string): Promise<{ readonly found: ErasureEntity; readonly isHeld: boolean } | null> {
    const erasure = await manager.findOne(ErasureEntity, { where: { id }, lock: { mode: 'pessimistic_write' } });
    if (erasure === null || erasure.finishedAt !== null) return null;
    if (erasure.scope === 'EXPIRED') return { found: erasure, isHeld: false };
    const found = await this.shred(manager, erasure);
    if (found.shreddedAt === null) return null;
    return { found, isHeld: (await this.holds.ofPerson(manager, erasure.traineeId)).length > 0 };
  }

  /** All but what is held: nothing of a held person, not the pictures of a held session. */
  private async shred(manager: EntityManager, erasure: ErasureEntity, { imageIds, withTemplate }: Pick<ErasureOrder, 'imageIds' | 'withTemplate'> = {}): Promise<ErasureEntity> {
    const { id, traineeId, scope, ground, rule } = erasure;
    const holds = scope === 'EXPIRED' ? [] : await this.holds.ofPerson(manager, traineeId);
    if (holds.some(({ sessionId }) => sessionId === null)) return erasure;
    const isFace = scope === 'FACE' || scope === 'ALL' || withTemplate === true;
    const read = isFace ? await this.references.erase(manager, traineeId) : { templates: 0, waiting: 0 };
    const waiting = scope === 'EXPIRED' ? 0 : await this.checks.erase(manager, traineeId);
    const at = new Date();
    const only = scope === 'EXPIRED' ? { imageIds: imageIds ?? [] } : { kinds: KINDS[scope] };
    const exceptSessions = holds.flatMap(({ sessionId }) => sessionId ?? []);
    const pictures = await this.vault.shred(manager, { traineeId, ...only, exceptSessions, erasure: { at, ground, rule, erasureId: id } });
    const traineeKeyId = scope === 'ALL' && holds.length === 0 ? await this.traineeKeys.erase(manager, traineeId) : null;
    const counts = added(erasure.counts ?? NOTHING, { templates: read.templates, waiting: read.waiting + waiting, pictures: { ...NOTHING.pictures, ...pictures }, traineeKeyId });
    const shreddedAt = erasure.shreddedAt ?? at;
    await manager.update(ErasureEntity, { id }, { counts, shreddedAt });
    return { ...erasure, counts, shreddedAt };
  }

  private async receipt(erasure: ErasureEntity, filesLeft: number, isHeld: boolean): Promise<string> {
    const { counts, shreddedAt } = erasure;
    if (counts === null || shreddedAt === null) throw new Error(`erasure ${erasure.id} was not carried out`);
    return signText(await this.keys.current(), JWS_TYPES.erasure, canonicalJson(receiptOf({ erasure, counts, shreddedAt, filesLeft, isHeld, issuedAt: new Date() })));
  }
}

const added = (before: ErasureCounts, more: ErasureCounts): ErasureCounts => ({
  templates: before.templates + more.templates,
  waiting: before.waiting + more.waiting,
  pictures: {
    snapshot: before.pictures.snapshot + more.pictures.snapshot,
    liveness: before.pictures.liveness + more.pictures.liveness,
    reference: before.pictures.reference + more.pictures.reference,
    disputed: before.pictures.disputed + more.pictures.disputed,
  },
  traineeKeyId: before.traineeKeyId ?? more.traineeKeyId,
});
