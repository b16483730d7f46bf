import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, In, IsNull, Not, type EntityManager } from 'typeorm';
import { ReviewCases } from '../review/review-cases.js';
import { TraineeEntity } from '../training/trainee.entity.js';
import { descriptorDistance, descriptorSpaceOf, meanDescriptor } from './face-engine.js';
import { SAME_PERSON_ON_RECORD } from './operating-point.js';
import { ReferenceFaceEntity, type ReferenceFaceAcceptance, type ReferenceFaceQuality, type ReferenceFaceRefusal } from './reference-face.entity.js';
import { ReferenceFaceService } from './reference-face.service.js';

/** Photos of a template at the most; more add little. */
export const MAX_PHOTOS = 3;
/** A change of face is decided before the trainee loses days of study. */
const DECIDE_WITHIN_MS = 24 * 3_600_000;
const VOUCHED: readonly ReferenceFaceAcceptance[] = ['FIRST', 'APPROVED'];

/** What judging a photo came to. */
export type ReferenceFaceJudgement =
  | { readonly refusal: ReferenceFaceRefusal }
  | {
      readonly refusal: null;
      readonly quality: ReferenceFaceQuality;
      readonly descriptor: Float32Array;
      readonly engine: string;
      /** Keeps the photo; called once it is not refused. */
      readonly keep: () => Promise<{ readonly imageId: string }>;
    };

type Accepted = Extract<ReferenceFaceJudgement, { refusal: null }>;

/** What a photo means for the template in force. */
type Change =
  | { readonly status: 'REFUSED'; readonly refusal: ReferenceFaceRefusal }
  | { readonly status: 'SUPERSEDED' }
  | { readonly status: 'PENDING_REVIEW'; readonly reason: 'FACES_DIFFER' | 'TEMPLATE_ERASED' | 'ENGINE_CHANGED' }
  | { readonly status: 'ACTIVE'; readonly acceptance: ReferenceFaceAcceptance; readonly template: readonly Float32Array[] };

/** Brings reference faces into force: at once when they show the person on record, otherwise once a reviewer says so. */
@Injectable()
export class ReferenceFaceChanges {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly references: ReferenceFaceService,
    private readonly cases: ReviewCases,
  ) {}

  /** Writes a judgement down and forgets the upload. `false` when another worker was first. */
  async settle(id: string, judgement: ReferenceFaceJudgement): Promise<boolean> {
    return this.dataSource.transaction(async (manager) => {
      const row = await this.lock(manager, id);
      if (row?.status !== 'UPLOADED') return false;
      const judged = { uploadSealed: null, judgedAt: new Date() };
      if (judgement.refusal !== null) {
        await manager.update(ReferenceFaceEntity, { id }, { ...judged, status: 'REFUSED', refusal: judgement.refusal });
        return true;
      }
      const before = await this.versionsInForce(manager, row.traineeId);
      const compared = this.compare(judgement, before);
      const change = this.changeOf(row, judgement, before, compared.distance);
      await manager.update(ReferenceFaceEntity, { id }, { ...judged, ...compared, quality: judgement.quality, engine: judgement.engine });
      await this.carryOut(manager, row, judgement, change);
      return true;
    });
  }

  /** A reviewer has decided about a version that waits, within the reviewer's transaction. */
  async decide(manager: EntityManager, id: string, isApproved: boolean): Promise<void> {
    const row = await this.lock(manager, id);
    if (row?.status !== 'PENDING_REVIEW') return;
    const template = isApproved ? this.references.templateOf(row) : null;
    if (template === null) await manager.update(ReferenceFaceEntity, { id }, { status: 'REFUSED', refusal: 'REVIEW_REFUSED', descriptorSealed: null });
    else await this.bringIntoForce(manager, row, 'APPROVED', template);
  }

  /** One after another for each trainee; not by the trainee's row, to which the picture about to be kept refers. */
  private async lock(manager: EntityManager, id: string): Promise<ReferenceFaceEntity | null> {
    const found = await manager.findOneBy(ReferenceFaceEntity, { id });
    if (found === null) return null;
    await manager.query(`select pg_advisory_xact_lock(hashtextextended($1, 0))`, [`reference_face/${found.traineeId}`]);
    return manager.createQueryBuilder(ReferenceFaceEntity, 'face').addSelect('face.descriptorSealed').where({ id }).getOne();
  }

  private versionsInForce(manager: EntityManager, traineeId: string): Promise<readonly ReferenceFaceEntity[]> {
    const where = [{ traineeId, acceptance: Not(IsNull()) }, { traineeId, status: 'PENDING_REVIEW' as const }];
    return manager.createQueryBuilder(ReferenceFaceEntity, 'face').addSelect('face.descriptorSealed').where(where).orderBy('face.version', 'DESC').getMany();
  }

  /** Largest distance to the template in force and to the one last vouched for; null where there is nothing to compare. */
  private compare({ descriptor, engine }: Accepted, before: readonly ReferenceFaceEntity[]): Pick<ReferenceFaceEntity, 'distance' | 'comparedWith'> {
    const active = before.find(({ status }) => status === 'ACTIVE');
    const vouched = before.find(({ acceptance }) => acceptance !== null && VOUCHED.includes(acceptance));
    const distances = [active, vouched].flatMap((other) => {
      const template = other === undefined || !isComparable(other, engine) ? null : this.references.templateOf(other);
      return template === null ? [] : [descriptorDistance(meanDescriptor(template), descriptor)];
    });
    const distance = distances.length === 0 ? null : Math.round(Math.max(...distances) * 1e4) / 1e4;
    return { distance, comparedWith: active?.version ?? null };
  }

  private changeOf(row: ReferenceFaceEntity, { descriptor, engine }: Accepted, before: readonly ReferenceFaceEntity[], distance: number | null): Change {
    if (before.some(({ status, version }) => (status === 'ACTIVE' || status === 'PENDING_REVIEW') && version > row.version)) return { status: 'SUPERSEDED' };
    const active = before.find(({ status }) => status === 'ACTIVE');
    const template = active === undefined ? null : this.references.templateOf(active);
    if (active === undefined || template === null) {
      // Whoever had the old template erased does not choose a new face alone.
      return before.length === 0 ? { status: 'ACTIVE', acceptance: 'FIRST', template: [descriptor] } : { status: 'PENDING_REVIEW', reason: 'TEMPLATE_ERASED' };
    }
    if (!isComparable(active, engine)) return { status: 'PENDING_REVIEW', reason: 'ENGINE_CHANGED' };
    const isSame = distance !== null && distance <= SAME_PERSON_ON_RECORD.maxDistance;
    if (row.intent === 'REPLACE') return isSame ? { status: 'ACTIVE', acceptance: 'MATCHED', template: [descriptor] } : { status: 'PENDING_REVIEW', reason: 'FACES_DIFFER' };
    if (template.length >= MAX_PHOTOS) return { status: 'REFUSED', refusal: 'TEMPLATE_FULL' };
    const isLikeEach = template.every((other) => descriptorDistance(other, descriptor) <= SAME_PERSON_ON_RECORD.maxDistance);
    return isSame && isLikeEach ? { status: 'ACTIVE', acceptance: 'ADDED', template: [...template, descriptor] } : { status: 'REFUSED', refusal: 'FACES_DIFFER' };
  }

  private async carryOut(manager: EntityManager, row: ReferenceFaceEntity, { descriptor, keep }: Accepted, change: Change): Promise<void> {
    if (change.status === 'REFUSED' || change.status === 'SUPERSEDED') {
      await manager.update(ReferenceFaceEntity, { id: row.id }, change);
      return;
    }
    const { imageId } = await keep();
    await manager.update(ReferenceFaceEntity, { id: row.id }, { imageId });
    await this.withdrawPending(manager, row);
    if (change.status === 'ACTIVE') {
      await this.bringIntoForce(manager, row, change.acceptance, change.template);
      return;
    }
    await manager.update(ReferenceFaceEntity, { id: row.id }, { status: 'PENDING_REVIEW', descriptorSealed: this.references.sealTemplate(row.id, [descriptor]) });
    const { platformId } = await manager.findOneByOrFail(TraineeEntity, { id: row.traineeId });
    const openedAt = new Date();
    await this.cases.open(manager, {
      platformId, kind: 'REFERENCE_FACE', subjectId: row.id, traineeId: row.traineeId, reasons: [change.reason], ways: [],
      openedAt, dueAt: new Date(openedAt.getTime() + DECIDE_WITHIN_MS),
    });
  }

  /** A newer photo takes the place of one that waits. */
  private async withdrawPending(manager: EntityManager, { id, traineeId }: ReferenceFaceEntity): Promise<void> {
    const waiting = await manager.findBy(ReferenceFaceEntity, { traineeId, status: 'PENDING_REVIEW', id: Not(id) });
    for (const other of waiting) {
      await manager.update(ReferenceFaceEntity, { id: other.id }, { status: 'SUPERSEDED', descriptorSealed: null });
      await this.cases.mootOf(manager, 'REFERENCE_FACE', other.id);
    }
  }

  private async bringIntoForce(manager: EntityManager, row: ReferenceFaceEntity, acceptance: ReferenceFaceAcceptance, template: readonly Float32Array[]): Promise<void> {
    const { id, traineeId } = row;
    const now = new Date();
    await manager.update(ReferenceFaceEntity, { traineeId, status: 'ACTIVE' }, { status: 'SUPERSEDED', inForceUntil: now });
    await manager.update(ReferenceFaceEntity, { id }, {
      status: 'ACTIVE', acceptance, photos: template.length, inForceFrom: now, descriptorSealed: this.references.sealTemplate(id, template),
    });
    const out = await manager.find(ReferenceFaceEntity, { where: { traineeId, status: 'SUPERSEDED' }, order: { version: 'DESC' } });
    const isVouched = VOUCHED.includes(acceptance);
    const kept = isVouched ? undefined : out.find((other) => other.acceptance !== null && VOUCHED.includes(other.acceptance));
    const forgotten = out.filter((other) => other !== kept).map((other) => other.id);
    if (forgotten.length > 0) await manager.update(ReferenceFaceEntity, { id: In(forgotten) }, { descriptorSealed: null });
  }
}

const isComparable = (other: ReferenceFaceEntity, engine: string): boolean => other.engine !== null && descriptorSpaceOf(other.engine) === descriptorSpaceOf(engine);
