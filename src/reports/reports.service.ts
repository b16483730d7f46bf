import { Inject, Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { ENGINE_VERSION } from '../common/engine-version.js';
import { Problem } from '../common/problem.js';
import { CONFIG, type Config } from '../config/config.js';
import { Bundles } from '../evidence/bundle/bundles.js';
import type { ImageLookup } from '../evidence/image-vault.js';
import { SessionLog } from '../evidence/log/session-log.js';
import { picturesOf, SessionPictures } from '../evidence/session-pictures.js';
import { SigningKeys } from '../evidence/signing-keys.js';
import { ConsentService } from '../identity/consent.service.js';
import type { Platform } from '../identity/platforms.service.js';
import { erasureOf, ImageAccess } from '../privacy/image-access.service.js';
import { ReviewCases } from '../review/review-cases.js';
import { Journal, type JournalEntry } from '../sessions/journal.js';
import type { StudySessionEntity } from '../sessions/session.entity.js';
import { SessionsRepository } from '../sessions/sessions.repository.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { TrainingService } from '../training/training.service.js';
import { sealOf } from './evidence-check.js';
import { renderReportPage } from './page/report-page.js';
import { buildReport } from './report-builder.js';
import type { SessionReport } from './report.schema.js';

type Pictures = ReadonlyMap<string, ImageLookup>;

/** Who looks at a page, why, and from where. */
export interface PageViewer {
  readonly viewer: string;
  readonly reason: string | null;
  readonly origin: string;
}

/** Gathers what a report is made of. */
@Injectable()
export class ReportsService {
  constructor(
    private readonly sessions: SessionsService,
    private readonly rows: SessionsRepository,
    private readonly journal: Journal,
    private readonly training: TrainingService,
    private readonly consents: ConsentService,
    private readonly pictures: SessionPictures,
    private readonly access: ImageAccess,
    private readonly keys: SigningKeys,
    private readonly bundles: Bundles,
    private readonly log: SessionLog,
    private readonly cases: ReviewCases,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** @throws Problem 404 */
  async report(platform: Platform, sessionId: string): Promise<SessionReport> {
    return (await this.gather(platform, sessionId)).report;
  }

  /** The report as a page; its pictures carry a watermark, and each is on record as shown. @throws Problem 404 */
  async page(platform: Platform, sessionId: string, { viewer, reason, origin }: PageViewer): Promise<string> {
    const { report, pictures, traineeId } = await this.gather(platform, sessionId);
    const shown = new Map<string, string>();
    if (await this.access.mayShow(traineeId, reason)) {
      for (const [id, { image }] of pictures) {
        if (image === null) continue;
        const copy = await this.access.show(image, { id, sessionId, traineeId }, { platformId: platform.id, viewer, purpose: 'REPORT', reason, origin });
        if (copy !== null) shown.set(id, `data:${copy.contentType};base64,${copy.bytes.toString('base64')}`);
      }
    }
    return renderReportPage(report, shown, this.config.publicUrl);
  }

  /**
   * The journal, one JSON object a line. `body` is a string: the very bytes the hash is over.
   * @throws Problem 404; 409 while the session is open: its journal holds answers and a schedule still to come
   */
  async journalLines(platform: Platform, sessionId: string): Promise<string> {
    const entries = await this.entriesOf(await this.sessions.require(platform.id, sessionId));
    if (sealOf(entries) === null) {
      throw new Problem(409, 'CONFLICT', '学习尚未结束，日志待结束后公开 / The session is not closed yet: its journal is published afterwards');
    }
    return entries.map(({ seq, hash, body }) => `${JSON.stringify({ seq, hash, body })}\n`).join('');
  }

  private async gather(platform: Platform, sessionId: string): Promise<{ readonly report: SessionReport; readonly pictures: Pictures; readonly traineeId: string }> {
    const row = await this.sessions.require(platform.id, sessionId);
    const [entries, training, { consents }, attempts] = await Promise.all([
      this.entriesOf(row),
      this.training.factsFor(platform.id, row.enrolmentId, row.lessonId),
      this.consents.list(platform.id, row.traineeId),
      this.rows.attemptsOf(row.enrolmentId),
    ]);
    const pictures = await this.lookUpAll(entries);
    const latest = await this.bundles.latest(sessionId);
    // A bundle of fewer entries is about an earlier state of affairs.
    const bundle = latest?.entries === entries.length ? latest : null;
    const report = buildReport(entries, {
      reportId: uuidv7(),
      generatedAt: Date.now(),
      engineVersion: ENGINE_VERSION,
      platform: { id: platform.id, name: platform.name },
      trainee: training.trainee,
      cohort: training.enrolment.cohort,
      courseTitle: training.course.title,
      attempts: attempts.filter(({ lessonId }) => lessonId === row.lessonId),
      consents,
      reviews: await this.cases.of([sessionId]),
      bundle,
      log: bundle === null ? null : await this.log.proofOfBundle(bundle),
      pictures: new Map([...pictures].map(([id, { state }]) => [id, state === 'UNKNOWN' ? 'MISSING' : state])),
      erasures: new Map([...pictures].flatMap(([id, found]) => { const erasure = erasureOf(found); return erasure === null ? [] : [[id, erasure] as const]; })),
    });
    return { report: await this.keys.sign(report), pictures, traineeId: row.traineeId };
  }

  /** One after another: a report is no reason to hold every picture's file open at once. */
  private async lookUpAll(entries: readonly JournalEntry[]): Promise<Pictures> {
    const found = new Map<string, ImageLookup>();
    for (const picture of picturesOf(entries)) found.set(picture.imageId, await this.pictures.lookUp(picture));
    return found;
  }

  private entriesOf({ id, openedDay }: StudySessionEntity): Promise<readonly JournalEntry[]> {
    return this.journal.load({ sessionId: id, openedDay });
  }
}
