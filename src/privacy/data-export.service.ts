import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { Problem } from '../common/problem.js';
import { ImageVault } from '../evidence/image-vault.js';
import { StoredImageEntity } from '../evidence/stored-image.entity.js';
import { ReferenceFaceEntity } from '../faces/reference-face.entity.js';
import { ReferenceFaceService } from '../faces/reference-face.service.js';
import { ConsentService } from '../identity/consent.service.js';
import { Journal } from '../sessions/journal.js';
import { StudySessionEntity } from '../sessions/session.entity.js';
import { EnrolmentEntity } from '../training/enrolment.entity.js';
import { TraineesService } from '../training/trainees.service.js';
import { Archive } from './archive.js';
import { Erasures } from './erasures.service.js';
import { ImageAccess, type Looker } from './image-access.service.js';
import { erasureAnswerOf } from './person-data.service.js';

const FORMAT = 'xuejian.data-export/1';
const EXTENSIONS: Readonly<Record<string, string>> = { 'image/jpeg': 'jpg', 'image/png': 'png', 'image/webp': 'webp' };

/** Everything that is stored about one person, for that person (个人信息保护法 art. 45). */
@Injectable()
export class DataExport {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly trainees: TraineesService,
    private readonly consents: ConsentService,
    private readonly references: ReferenceFaceService,
    private readonly erasures: Erasures,
    private readonly access: ImageAccess,
    private readonly vault: ImageVault,
    private readonly journal: Journal,
  ) {}

  /**
   * A ZIP, made while it is read; every picture in it is on record as looked at.
   * @throws Problem 404; 422 `REASON_REQUIRED` for a minor without a reason in words
   */
  async of(platformId: string, traineeId: string, looker: Omit<Looker, 'platformId' | 'purpose'>): Promise<Readable> {
    const trainee = await this.trainees.get(platformId, traineeId);
    if (!(await this.access.mayShow(traineeId, looker.reason))) throw new Problem(422, 'REASON_REQUIRED', '导出未成年人资料须写明理由 / Exporting a minor’s data needs a written reason');
    const manager = this.dataSource.manager;
    const [identity, { consents }, faces, template, enrolments, sessions, images, accesses, erasures] = await Promise.all([
      this.trainees.identityOf(platformId, traineeId),
      this.consents.list(platformId, traineeId),
      manager.find(ReferenceFaceEntity, { where: { traineeId }, order: { version: 'ASC' } }),
      this.templateOf(traineeId),
      manager.find(EnrolmentEntity, { where: { traineeId }, order: { createdAt: 'ASC' } }),
      this.sessionsOf(traineeId),
      manager.find(StoredImageEntity, { where: { traineeId }, order: { createdAt: 'ASC', id: 'ASC' } }),
      this.access.listOf(platformId, traineeId),
      this.erasures.listOf(traineeId),
    ]);
    const archive = new Archive();
    archive.addJson('person.json', { ...trainee, ...identity });
    archive.addJson('consents.json', consents);
    archive.addJson('reference-faces.json', {
      versions: faces.map(({ version, status, quality, engine, imageId, createdAt, judgedAt }) => ({ version, status, quality, engine, imageId, createdAt, judgedAt })),
      template,
    });
    archive.addJson('enrolments.json', enrolments);
    archive.addJson('sessions.json', sessions.map(({ seedSealed: _seed, tokenGeneration: _generation, ...session }) => session));
    archive.addJson('image-accesses.json', accesses.accesses);
    archive.addJson('erasures.json', erasures.map(erasureAnswerOf));
    archive.addJson('images.json', images.map(({ id, sessionId, kind, createdAt, meta, erasedAt, erasedGround, erasedRule }) => ({ imageId: id, sessionId, kind, createdAt, meta, erasedAt, erasedGround, erasedRule })));
    for (const session of sessions) if (session.closedAt !== null) archive.add(`journals/${session.id}.ndjson`, () => this.journalOf(session));
    for (const image of images.filter(({ erasedAt }) => erasedAt === null)) {
      archive.add(`images/${image.kind}-${image.id}.${EXTENSIONS[image.contentType] ?? 'bin'}`, () => this.pictureOf(image, { ...looker, platformId, purpose: 'DATA_SUBJECT' }));
    }
    return archive.finish({ format: FORMAT, platformId, traineeId, exportedAt: new Date().toISOString(), exportedFor: looker.viewer });
  }

  /** The numbers by which the face is recognised, for whose they are. */
  private async templateOf(traineeId: string): Promise<readonly number[] | null> {
    const active = await this.references.activeFor(traineeId);
    return active === null ? null : [...active.descriptor];
  }

  private async sessionsOf(traineeId: string): Promise<readonly StudySessionEntity[]> {
    const [first] = await this.dataSource.manager.query<{ person_key: string }[]>('select person_key from trainee where id = $1', [traineeId]);
    return this.dataSource.manager.find(StudySessionEntity, { where: { personKey: first?.person_key ?? '', traineeId }, order: { openedAt: 'ASC', id: 'ASC' } });
  }

  private async journalOf({ id, openedDay }: StudySessionEntity): Promise<Buffer> {
    const entries = await this.journal.load({ sessionId: id, openedDay });
    return Buffer.from(entries.map(({ seq, hash, body }) => `${JSON.stringify({ seq, hash, body })}\n`).join(''), 'utf8');
  }

  /** As it is kept: to oneself a watermark would only spoil it. */
  private async pictureOf(row: StoredImageEntity, looker: Looker): Promise<Buffer | null> {
    const { image } = await this.vault.lookUp(row.id);
    if (image === null) return null;
    await this.access.record(row, looker, new Date());
    return image.bytes;
  }
}
