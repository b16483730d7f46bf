import { Inject, Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, Repository } from 'typeorm';
import { seal, unseal } from '../common/sealing.js';
import { CONFIG, type Config, deriveKey } from '../config/config.js';
import type { SessionRowFacts } from './session-facts.js';
import { StudySessionEntity } from './session.entity.js';

/** Rows of sessions, and the sealed seeds in them. */
@Injectable()
export class SessionsRepository {
  private readonly seedKey: Buffer;

  constructor(
    @InjectRepository(StudySessionEntity) private readonly rows: Repository<StudySessionEntity>,
    @Inject(CONFIG) config: Config,
  ) {
    this.seedKey = deriveKey(config, 'schedule-seed');
  }

  find(id: string): Promise<StudySessionEntity | null> {
    return this.rows.findOneBy({ id });
  }

  findOf(platformId: string, id: string): Promise<StudySessionEntity | null> {
    return this.rows.findOneBy({ id, platformId });
  }

  /** Every attempt of a trainee at the lessons of one enrolment, newest first. */
  attemptsOf(enrolmentId: string): Promise<readonly StudySessionEntity[]> {
    return this.rows.find({ where: { enrolmentId }, order: { openedAt: 'DESC' } });
  }

  /** Every session of a person, on any platform, oldest first. */
  ofPerson(personKey: string): Promise<readonly StudySessionEntity[]> {
    return this.rows.find({ where: { personKey }, order: { openedAt: 'ASC', id: 'ASC' } });
  }

  async insert(row: Omit<StudySessionEntity, 'account'>): Promise<void> {
    await this.rows.insert(row);
  }

  /** A new opening of the same session: earlier tokens stop working. */
  async nextGeneration(id: string): Promise<number> {
    const updated = await this.rows.createQueryBuilder().update().set({ tokenGeneration: () => 'token_generation + 1' }).where({ id }).returning('token_generation').execute();
    const [row] = updated.raw as readonly { readonly token_generation: number }[];
    if (row === undefined) throw new Error(`session ${id} is gone`);
    return row.token_generation;
  }

  async follow(id: string, facts: SessionRowFacts): Promise<void> {
    await this.rows.update({ id }, facts);
  }

  /** Sessions whose journal is sealed while their row still says otherwise: a crash came between the two. */
  async sealedButOpen(): Promise<readonly StudySessionEntity[]> {
    const ids: readonly { readonly id: string }[] = await this.rows.query(
      `select s.id from study_session s
       where s.closed_at is null and exists (
         select 1 from journal_entry j where j.opened_day = s.opened_day and j.session_id = s.id and j.type = 'session.sealed')`,
    );
    return ids.length === 0 ? [] : this.rows.findBy({ id: In(ids.map(({ id }) => id)) });
  }

  sealSeed(sessionId: string, seed: Buffer): Buffer {
    return seal(this.seedKey, seed, seedContext(sessionId));
  }

  openSeed({ id, seedSealed }: Pick<StudySessionEntity, 'id' | 'seedSealed'>): Buffer {
    return unseal(this.seedKey, seedSealed, seedContext(id));
  }
}

const seedContext = (sessionId: string): string => `study_session.seed_sealed:${sessionId}`;
