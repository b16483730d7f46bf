import { Injectable } from '@nestjs/common';
import { InjectDataSource, InjectRepository } from '@nestjs/typeorm';
import { DataSource, IsNull, Repository, type EntityManager } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { TraineesService } from '../training/trainees.service.js';
import { ConsentEntity, type ConsentPurpose } from './consent.entity.js';
import type { ConsentsAnswer, GiveConsents } from './consent.schemas.js';

/** Separate consents of trainees: given one by one, withdrawn one by one, remembered for good. */
@Injectable()
export class ConsentService {
  constructor(
    @InjectRepository(ConsentEntity) private readonly consents: Repository<ConsentEntity>,
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly trainees: TraineesService,
  ) {}

  /** True while the trainee has agreed to the purpose and not withdrawn. */
  async hasActive(traineeId: string, purpose: ConsentPurpose): Promise<boolean> {
    return this.consents.existsBy({ traineeId, purpose, withdrawnAt: IsNull() });
  }

  /** Records consents; the same consent to the same text a second time changes nothing. */
  async give(platformId: string, traineeId: string, request: GiveConsents): Promise<ConsentsAnswer> {
    const given = await this.dataSource.transaction(async (manager) => {
      await this.trainees.lock(manager, platformId, traineeId);
      const at = new Date();
      const records: ConsentEntity[] = [];
      for (const consent of request.consents) records.push(await this.record(manager, traineeId, consent, at));
      return records;
    });
    return { consents: given.map(consentAnswerOf) };
  }

  /** Every consent of the trainee, withdrawn ones too, oldest first. */
  async list(platformId: string, traineeId: string): Promise<ConsentsAnswer> {
    await this.trainees.require(platformId, traineeId);
    const records = await this.consents.find({ where: { traineeId }, order: { at: 'ASC', id: 'ASC' } });
    return { consents: records.map(consentAnswerOf) };
  }

  /** Withdraws whatever consent to the purpose is active. Withdrawing twice changes nothing. */
  async withdraw(platformId: string, traineeId: string, purpose: ConsentPurpose): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      await this.trainees.lock(manager, platformId, traineeId);
      await manager.update(ConsentEntity, { traineeId, purpose, withdrawnAt: IsNull() }, { withdrawnAt: new Date() });
    });
  }

  private async record(
    manager: EntityManager,
    traineeId: string,
    consent: GiveConsents['consents'][number],
    at: Date,
  ): Promise<ConsentEntity> {
    const existing = await manager.findOneBy(ConsentEntity, { traineeId, ...consent, withdrawnAt: IsNull() });
    if (existing) return existing;
    const record = manager.create(ConsentEntity, { id: uuidv7(), traineeId, ...consent, at, withdrawnAt: null });
    await manager.insert(ConsentEntity, record);
    return record;
  }
}

function consentAnswerOf(record: ConsentEntity): ConsentsAnswer['consents'][number] {
  const { purpose, textHash, textVersion, locale, channel } = record;
  return {
    purpose,
    textHash,
    textVersion,
    locale,
    channel,
    at: record.at.toISOString(),
    withdrawnAt: record.withdrawnAt?.toISOString() ?? null,
  };
}
