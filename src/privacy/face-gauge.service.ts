import { Injectable, Logger } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { FaceGaugeEntity } from './face-gauge.entity.js';
import type { Gauge } from './privacy.schemas.js';

/** Stored faces of so many people have to be filed (人脸识别技术应用安全管理办法 art. 15); what counts is the stock. */
export const FILING_THRESHOLD = 100_000;
const NEAR_SHARE = 0.8;
const ONLY_ROW = 1;

const DUTY = {
  zh: '存储的人脸信息达到 10 万人：个人信息处理者应在 30 个工作日内向所在地省级以上网信部门备案；内容变更的 30 个工作日内变更，终止应用的办理注销。',
  en: 'Faces of 100,000 people are stored: the handler of the data has to file with the cyberspace administration of its province, or above, within 30 working days; changes within 30 working days; and cancel when it ends.',
};

const COUNT = `
  select count(distinct t.person_key)::int as subjects from trainee t
  where exists (select 1 from reference_face f where f.trainee_id = t.id and (f.descriptor_sealed is not null or f.upload_sealed is not null))
     or exists (select 1 from stored_image i where i.trainee_id = t.id and i.erased_at is null)`;

/** How many people's face data the installation stores; counted by a job, so that asking costs one row. */
@Injectable()
export class FaceGauge {
  private readonly logger = new Logger(FaceGauge.name);

  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /** Counts anew and raises the alarm on the way up. One human on several platforms is one. */
  async measure(): Promise<Gauge> {
    const [counted]: readonly { readonly subjects: number }[] = await this.dataSource.query(COUNT);
    return this.record(counted?.subjects ?? 0, new Date());
  }

  /** As last counted; counted now when it never was. */
  async read(): Promise<Gauge> {
    const row = await this.dataSource.manager.findOneBy(FaceGaugeEntity, { id: ONLY_ROW });
    return row === null ? this.measure() : gaugeOf(row);
  }

  async record(subjects: number, measuredAt: Date): Promise<Gauge> {
    const before = await this.dataSource.manager.findOneBy(FaceGaugeEntity, { id: ONLY_ROW });
    const reachedAt = subjects < FILING_THRESHOLD ? null : (before?.reachedAt ?? measuredAt);
    const row: FaceGaugeEntity = { id: ONLY_ROW, subjects, measuredAt, reachedAt };
    await this.dataSource.manager.upsert(FaceGaugeEntity, row, ['id']);
    const gauge = gaugeOf(row);
    const was = before === null ? 'NORMAL' : levelOf(before.subjects);
    if (gauge.level !== was && gauge.level !== 'NORMAL' && was !== 'REACHED') this.logger.warn({ subjects, level: gauge.level, threshold: FILING_THRESHOLD }, DUTY.zh);
    return gauge;
  }
}

const levelOf = (subjects: number): Gauge['level'] => (subjects >= FILING_THRESHOLD ? 'REACHED' : subjects >= FILING_THRESHOLD * NEAR_SHARE ? 'NEAR' : 'NORMAL');

function gaugeOf({ subjects, measuredAt, reachedAt }: FaceGaugeEntity): Gauge {
  const level = levelOf(subjects);
  return {
    storedFaceSubjects: subjects, measuredAt: measuredAt.toISOString(), filingThreshold: FILING_THRESHOLD, level,
    reachedAt: reachedAt?.toISOString() ?? null, duty: level === 'NORMAL' ? null : DUTY,
  };
}
