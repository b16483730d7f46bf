import { Injectable, Logger } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { ENGINE_VERSION } from '../../common/engine-version.js';
import { type HandlesJob, JobHandler } from '../../queues/job-handler.js';
import type { JobOutcome } from '../../queues/jobs.js';
import type { EvidenceMissing } from '../../rules/outside-event.js';
import { replay } from '../../rules/step.js';
import { ClosedSessions } from '../../sessions/closed-sessions.js';
import { Journal, type JournalEntry, type JournalKey } from '../../sessions/journal.js';
import { rowFactsOf } from '../../sessions/session-facts.js';
import { StudySessionEntity } from '../../sessions/session.entity.js';
import { SessionsRepository } from '../../sessions/sessions.repository.js';
import type { BundleImage } from '../proof/format.js';
import { picturesOf, SessionPictures } from '../session-pictures.js';
import { SigningKeys } from '../signing-keys.js';
import { StoredImageEntity } from '../stored-image.entity.js';
import { bundlePath, BundleStore } from './bundle-store.js';
import { bundleOf } from './bundle-text.js';
import { EvidenceBundleEntity } from './evidence-bundle.entity.js';
import { Bundles } from './bundles.js';

/**
 * Makes the evidence bundle of a closed session and takes its journal out of the hot table. A crash between any two
 * steps leaves the journal where it was, and doing it all again does no harm.
 */
@Injectable()
@JobHandler('session.finalise')
export class SessionFinaliseHandler implements HandlesJob<'session.finalise'> {
  private readonly logger = new Logger(SessionFinaliseHandler.name);

  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly sessions: SessionsRepository,
    private readonly journal: Journal,
    private readonly closed: ClosedSessions,
    private readonly pictures: SessionPictures,
    private readonly keys: SigningKeys,
    private readonly bundles: Bundles,
    private readonly store: BundleStore,
  ) {}

  async handle({ sessionId }: { readonly sessionId: string }): Promise<JobOutcome> {
    const row = await this.sessions.find(sessionId);
    if (row === null) return 'skipped';
    const key = { sessionId, openedDay: row.openedDay };
    const missing = await this.missingPictures(await this.journal.load(key));
    if (missing.length > 0) {
      this.logger.error({ sessionId, images: missing.map(({ imageId }) => imageId) }, 'evidence is missing');
      await this.closed.append(sessionId, missing);
    }
    return this.dataSource.transaction((manager) => this.bundle(manager, key, row.platformId));
  }

  private async bundle(manager: EntityManager, key: JournalKey, platformId: string): Promise<JobOutcome> {
    const { sessionId, openedDay } = key;
    // Its row is locked: whoever adds to this session, or bundles it too, comes before or after.
    await manager.findOneOrFail(StudySessionEntity, { where: { id: sessionId }, lock: { mode: 'pessimistic_write' } });
    const entries = await this.journal.load(key, manager);
    const state = replay(entries.map(({ event }) => event));
    if (state.status !== 'closed' || !entries.some(({ event }) => event.type === 'session.sealed')) return 'skipped';
    const known = await this.bundles.latest(sessionId, manager);
    const isNew = known === null || known.entries < entries.length;
    if (isNew) await this.record(manager, key, platformId, entries);
    await this.journal.release(manager, key, entries.length);
    // Also the list row, in case a crash kept it from following the journal.
    await manager.update(StudySessionEntity, { id: sessionId }, rowFactsOf(state));
    await manager.query('update study_session set bundled_at = now() where id = $1', [sessionId]);
    this.logger.debug({ sessionId, openedDay, entries: entries.length }, 'bundled');
    return isNew ? 'done' : 'skipped';
  }

  private async record(manager: EntityManager, { sessionId, openedDay }: JournalKey, platformId: string, entries: readonly JournalEntry[]): Promise<void> {
    const facts = { platformId, engineVersion: ENGINE_VERSION, images: await this.imagesOf(manager, entries) };
    const { text, manifestHash, verdict, closedAt } = await bundleOf(entries, facts, await this.keys.current());
    const path = bundlePath(openedDay, sessionId, entries.length);
    const bytes = await this.store.write(path, text);
    await manager.insert(EvidenceBundleEntity, { sessionId, entries: entries.length, manifestHash, path, bytes, verdict, closedAt, leafIndex: null, createdAt: new Date() });
  }

  /** Pictures that count for the verdict and cannot be shown any more, except those with an erasure on record. */
  private async missingPictures(entries: readonly JournalEntry[]): Promise<readonly EvidenceMissing[]> {
    const state = replay(entries.map(({ event }) => event));
    if (state.status !== 'closed') return [];
    const counted = new Set(state.slices.R6.qualifying.map(({ snapshotId }) => snapshotId));
    const known = new Set(entries.flatMap(({ event }) => (event.type === 'evidence.missing' ? [event.imageId] : [])));
    const missing: EvidenceMissing[] = [];
    for (const picture of picturesOf(entries)) {
      if (!counted.has(picture.checkId) || known.has(picture.imageId)) continue;
      const { state: found } = await this.pictures.lookUp(picture);
      if (found === 'PRESENT' || found === 'ERASED' || found === 'PURGED') continue;
      missing.push({ type: 'evidence.missing', at: Date.now(), snapshotId: picture.checkId, imageId: picture.imageId, hasReceipt: picture.digest !== null });
    }
    return missing;
  }

  /** Every picture on record, with the digest it is named by. */
  private async imagesOf(manager: EntityManager, entries: readonly JournalEntry[]): Promise<readonly BundleImage[]> {
    const images: BundleImage[] = [];
    for (const { imageId, kind, checkId, digest, receivedAt, index } of picturesOf(entries)) {
      const row = await manager.findOneBy(StoredImageEntity, { id: imageId });
      const named = digest ?? row?.digest ?? null;
      if (row !== null && named !== null) images.push({ imageId, kind, checkId, digest: named, bytes: row.bytes, receivedAt: receivedAt === null ? null : new Date(receivedAt).toISOString(), index });
    }
    return images;
  }
}
