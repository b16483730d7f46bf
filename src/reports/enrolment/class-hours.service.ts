import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { ENGINE_VERSION } from '../../common/engine-version.js';
import { SigningKeys } from '../../evidence/signing-keys.js';
import type { Platform } from '../../identity/platforms.service.js';
import { PoliciesService } from '../../policies/policies.service.js';
import type { SessionAccount } from '../../rules/account.js';
import type { StudySessionEntity } from '../../sessions/session.entity.js';
import { SessionsRepository } from '../../sessions/sessions.repository.js';
import { SessionsService } from '../../sessions/sessions.service.js';
import { TrainingService } from '../../training/training.service.js';
import { buildClassHours } from './class-hours-report.js';
import type { ClassHours } from './class-hours.schema.js';

/** Gathers what the class-hour ledger of an enrolment is made of. */
@Injectable()
export class ClassHoursService {
  constructor(
    private readonly sessions: SessionsService,
    private readonly rows: SessionsRepository,
    private readonly training: TrainingService,
    private readonly policies: PoliciesService,
    private readonly keys: SigningKeys,
  ) {}

  /** @throws Problem 404 */
  async classHours(platform: Platform, enrolmentId: string): Promise<ClassHours> {
    const training = await this.training.enrolmentFor(platform.id, enrolmentId);
    const { policyId, policyVersion } = training.enrolment;
    const [rows, loaded] = await Promise.all([this.rows.ofPerson(training.trainee.personKey), this.policies.get(policyId, policyVersion)]);
    const accounts: SessionAccount[] = [];
    // One after another: what is still open, or older than its row's account, is replayed from its journal.
    for (const row of rows) accounts.push(shownTo(platform, row, await this.sessions.accountOf(row)));
    const report = buildClassHours({ reportId: uuidv7(), generatedAt: Date.now(), engineVersion: ENGINE_VERSION, platform: { id: platform.id, name: platform.name }, training, loaded, accounts });
    return this.keys.sign(report);
  }
}

/** Stands for every session of another platform: their credit is told apart by time alone. */
const OTHER_PLATFORM = 'other-platform';

/** Credit of one person counts once over all platforms; which session of another platform it overlaps stays between them. */
function shownTo(platform: Platform, { platformId }: StudySessionEntity, account: SessionAccount): SessionAccount {
  return platformId === platform.id ? account : { ...account, sessionId: OTHER_PLATFORM };
}
