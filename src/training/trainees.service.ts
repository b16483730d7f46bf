import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository, type EntityManager } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { Problem } from '../common/problem.js';
import { shanghaiDay } from '../rules/programme/calendar.js';
import { birthOf, isTooYoung, isUnderAge } from './age.js';
import { normaliseIdNumber } from './id-number.js';
import { maskIdNumber, maskName } from './masking.js';
import { PersonalData } from './personal-data.js';
import { TraineeEntity } from './trainee.entity.js';
import type { CreateTrainee, TraineeAnswer } from './training.schemas.js';

/** Trainees of a platform. Those of another platform do not exist for it. */
@Injectable()
export class TraineesService {
  constructor(
    @InjectRepository(TraineeEntity) private readonly trainees: Repository<TraineeEntity>,
    private readonly personalData: PersonalData,
  ) {}

  /**
   * Creates the trainee, or returns the one that the same request made before.
   * @throws Problem 409 `CONFLICT` when the reference stands for other data already, `detail.differing` names the fields;
   *   422 `MINOR_REFUSED` for a child under fourteen
   */
  async create(platformId: string, request: CreateTrainee): Promise<TraineeAnswer> {
    const { externalRef } = request;
    requireAge(request);
    await this.trainees.createQueryBuilder().insert().values(this.rowOf(platformId, request)).orIgnore().execute();
    const stored = await this.trainees
      .createQueryBuilder('trainee')
      .addSelect(['trainee.nameSealed', 'trainee.idNumberSealed'])
      .where({ platformId, externalRef })
      .getOneOrFail();
    const differing = this.differingFields(stored, request);
    if (differing.length > 0) {
      throw new Problem(
        409,
        'CONFLICT',
        '此 externalRef 已登记为其他信息的学员 / This externalRef already stands for a trainee with other data',
        { differing },
      );
    }
    return this.answerOf(stored);
  }

  async get(platformId: string, traineeId: string): Promise<TraineeAnswer> {
    return this.answerOf(found(await this.withIdentity({ id: traineeId, platformId })));
  }

  /** Whether the trainee is between fourteen and eighteen today, from the number of the document; `null`: it does not tell. */
  async isMinor(traineeId: string): Promise<boolean | null> {
    return this.isMinorNow(found(await this.withIdentity({ id: traineeId })));
  }

  /** Name and number in the clear: for the person alone. */
  async identityOf(platformId: string, traineeId: string): Promise<{ readonly name: string; readonly idNumber: string }> {
    const { id, nameSealed, idNumberSealed } = found(await this.withIdentity({ id: traineeId, platformId }));
    if (nameSealed.length === 0) return { name: '', idNumber: '' };
    return { name: this.personalData.decrypt(nameSealed, nameContext(id)), idNumber: this.personalData.decrypt(idNumberSealed, idNumberContext(id)) };
  }

  /** @throws Problem 404 `NOT_FOUND` */
  async require(platformId: string, traineeId: string): Promise<TraineeEntity> {
    return found(await this.trainees.findOneBy({ id: traineeId, platformId }));
  }

  /** As `require`, and nobody else changes what belongs to the trainee until the transaction ends. */
  async lock(manager: EntityManager, platformId: string, traineeId: string): Promise<TraineeEntity> {
    const where = { id: traineeId, platformId };
    return found(await manager.findOne(TraineeEntity, { where, lock: { mode: 'pessimistic_write' } }));
  }

  private withIdentity(where: { readonly id: string; readonly platformId?: string }): Promise<TraineeEntity | null> {
    return this.trainees.createQueryBuilder('trainee').addSelect(['trainee.nameSealed', 'trainee.idNumberSealed']).where(where).getOne();
  }

  /** The number is read at use: no day of birth is stored. */
  private isMinorNow({ id, idType, idNumberSealed }: TraineeEntity): boolean | null {
    const birth = idNumberSealed.length === 0 ? null : birthOf(idType, this.personalData.decrypt(idNumberSealed, idNumberContext(id)));
    return birth === null ? null : isUnderAge(birth, shanghaiDay(Date.now()));
  }

  private answerOf(trainee: TraineeEntity): TraineeAnswer {
    const { id, externalRef, idType, nameMasked, idNumberMasked, isAccessible, createdAt } = trainee;
    return { traineeId: id, externalRef, idType, nameMasked, idNumberMasked, isAccessible, isMinor: this.isMinorNow(trainee), createdAt: createdAt.toISOString() };
  }

  private rowOf(platformId: string, request: CreateTrainee): TraineeEntity {
    const id = uuidv7();
    const idNumber = normaliseIdNumber(request.idNumber);
    return {
      id,
      platformId,
      externalRef: request.externalRef,
      personKey: this.personalData.personKeyOf(idNumber),
      idType: request.idType,
      nameSealed: this.personalData.encrypt(request.name, nameContext(id)),
      idNumberSealed: this.personalData.encrypt(idNumber, idNumberContext(id)),
      nameMasked: maskName(request.name),
      idNumberMasked: maskIdNumber(idNumber),
      isAccessible: request.isAccessible,
      createdAt: new Date(),
    };
  }

  private differingFields(stored: TraineeEntity, request: CreateTrainee): readonly string[] {
    const isSame: Readonly<Record<string, boolean>> = {
      name: stored.nameSealed.length > 0 && this.personalData.decrypt(stored.nameSealed, nameContext(stored.id)) === request.name,
      idNumber: stored.personKey === this.personalData.personKeyOf(normaliseIdNumber(request.idNumber)),
      idType: stored.idType === request.idType,
      isAccessible: stored.isAccessible === request.isAccessible,
    };
    return Object.keys(isSame).filter((field) => !isSame[field]);
  }
}

const nameContext = (traineeId: string): string => `trainee/${traineeId}/name`;
const idNumberContext = (traineeId: string): string => `trainee/${traineeId}/id-number`;

function found(trainee: TraineeEntity | null): TraineeEntity {
  if (!trainee) throw new Problem(404, 'NOT_FOUND', '没有这个学员 / There is no such trainee');
  return trainee;
}

function requireAge({ idType, idNumber }: CreateTrainee): void {
  const birth = birthOf(idType, normaliseIdNumber(idNumber));
  if (birth === null || !isTooYoung(birth, shanghaiDay(Date.now()))) return;
  throw new Problem(422, 'MINOR_REFUSED', '学员未满十四周岁，不能登记 / Children under fourteen cannot be registered');
}
