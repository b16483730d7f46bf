import { Injectable } from '@nestjs/common';
import { InjectDataSource, InjectRepository } from '@nestjs/typeorm';
import { DataSource, In, IsNull, Repository, type EntityManager } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { Problem } from '../common/problem.js';
import { PersonalData } from '../training/personal-data.js';
import { TraineesService } from '../training/trainees.service.js';
import { ConsentEntity, type ConsentPurpose } from './consent.entity.js';
import type { ConsentsAnswer, GiveConsents } from './consent.schemas.js';
import { CONSENT_TEXT_VERSION, CONSENT_TEXTS, type ConsentText } from './consent-texts.js';

/** What an online session cannot do without; of a minor the guardian's as well. */
export const SESSION_CONSENTS = ['FACE_VERIFICATION', 'SNAPSHOT_RETENTION'] as const satisfies readonly ConsentPurpose[];

type Given = GiveConsents['consents'][number];

/** Separate consents of trainees: given one by one, withdrawn one by one, remembered beyond their withdrawal. */
@Injectable()
export class ConsentService {
  constructor(
    @InjectRepository(ConsentEntity) private readonly consents: Repository<ConsentEntity>,
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly trainees: TraineesService,
    private readonly personalData: PersonalData,
  ) {}

  /** True while the trainee has agreed to the purpose and not withdrawn. */
  async hasActive(traineeId: string, purpose: ConsentPurpose): Promise<boolean> {
    return this.consents.existsBy({ traineeId, purpose, withdrawnAt: IsNull() });
  }

  /** The first of these purposes that is not agreed to, the guardian's consent for a minor included; or `null`. */
  async firstMissing(traineeId: string, purposes: readonly ConsentPurpose[], manager: EntityManager = this.dataSource.manager): Promise<ConsentPurpose | null> {
    const needed: readonly ConsentPurpose[] = [...purposes, ...((await this.trainees.isMinor(traineeId)) === true ? (['GUARDIAN'] as const) : [])];
    const active = await manager.find(ConsentEntity, { where: { traineeId, purpose: In([...needed]), withdrawnAt: IsNull() }, select: { id: true, purpose: true } });
    return needed.find((purpose) => !active.some((record) => record.purpose === purpose)) ?? null;
  }

  /**
   * Records consents within the caller's transaction, who holds the trainee's lock; the same consent to the same text a
   * second time changes nothing.
   * @throws Problem 409 `CONSENT_TEXT_UNKNOWN` for words that are not in force for the purpose
   */
  async give(manager: EntityManager, traineeId: string, request: GiveConsents): Promise<ConsentsAnswer> {
    const texts = request.consents.map(textOf);
    const at = new Date();
    const records: ConsentEntity[] = [];
    for (const [index, consent] of request.consents.entries()) records.push(await this.record(manager, traineeId, consent, texts[index] as ConsentText, at));
    return { consents: records.map(consentAnswerOf) };
  }

  /** Every consent of the trainee, withdrawn ones too, oldest first. */
  async list(platformId: string, traineeId: string): Promise<ConsentsAnswer> {
    await this.trainees.require(platformId, traineeId);
    const records = await this.consents.find({ where: { traineeId }, order: { at: 'ASC', id: 'ASC' } });
    return { consents: records.map(consentAnswerOf) };
  }

  /** Ends what is active of these purposes, within the caller's transaction; gives the purposes that were. */
  async withdraw(manager: EntityManager, traineeId: string, purposes: readonly ConsentPurpose[]): Promise<readonly ConsentPurpose[]> {
    const where = { traineeId, purpose: In([...purposes]), withdrawnAt: IsNull() };
    const active = await manager.find(ConsentEntity, { where, select: { id: true, purpose: true } });
    await manager.update(ConsentEntity, where, { withdrawnAt: new Date() });
    return [...new Set(active.map(({ purpose }) => purpose))];
  }

  /** Whether a purpose was agreed to before and is not now. */
  async wasWithdrawn(manager: EntityManager, traineeId: string, purpose: ConsentPurpose): Promise<boolean> {
    const records = await manager.find(ConsentEntity, { where: { traineeId, purpose }, select: { id: true, withdrawnAt: true } });
    return records.length > 0 && records.every(({ withdrawnAt }) => withdrawnAt !== null);
  }

  private async record(manager: EntityManager, traineeId: string, { purpose, textHash, channel, guardian }: Given, { version, locale }: ConsentText, at: Date): Promise<ConsentEntity> {
    const facts = { traineeId, purpose, textHash, channel, withdrawnAt: IsNull() };
    const existing = await manager.findOneBy(ConsentEntity, facts);
    if (existing !== null) return existing;
    const id = uuidv7();
    const guardianSealed = guardian === undefined ? null : this.personalData.encrypt(JSON.stringify(guardian), guardianContext(id));
    const record = manager.create(ConsentEntity, { id, traineeId, purpose, textHash, textVersion: version, locale, channel, at, withdrawnAt: null, guardianSealed });
    await manager.insert(ConsentEntity, record);
    return record;
  }
}

const guardianContext = (consentId: string): string => `consent/${consentId}/guardian`;

function textOf({ purpose, textHash }: Given): ConsentText {
  const text = CONSENT_TEXTS.find((candidate) => candidate.purpose === purpose && candidate.textHash === textHash);
  if (text?.version === CONSENT_TEXT_VERSION) return text;
  throw new Problem(409, 'CONSENT_TEXT_UNKNOWN', '同意书文本不是现行版本，请重新展示后由学员确认 / These are not the words in force: show the present ones and ask again', {
    purpose, versionInForce: CONSENT_TEXT_VERSION,
  });
}

function consentAnswerOf({ purpose, textHash, textVersion, locale, channel, at, withdrawnAt }: ConsentEntity): ConsentsAnswer['consents'][number] {
  return { purpose, textHash, textVersion, locale, channel, at: at.toISOString(), withdrawnAt: withdrawnAt?.toISOString() ?? null };
}
