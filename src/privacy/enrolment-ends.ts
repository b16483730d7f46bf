import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { PolicyVersionEntity } from '../policies/policy-version.entity.js';
import { completePolicy } from '../rules/policy-history.js';
import type { Policy } from '../rules/policy.js';
import { type CalendarDate, shanghaiDay } from '../rules/programme/calendar.js';
import type { Programme, Settlement } from '../training/programme.schemas.js';
import type { EnrolmentEnd } from './retention.js';

export interface EndedEnrolment {
  readonly id: string;
  readonly traineeId: string;
  readonly platformId: string;
  readonly policy: Policy;
  readonly end: EnrolmentEnd;
}

interface Row {
  readonly id: string;
  readonly trainee_id: string;
  readonly platform_id: string;
  readonly policy_id: string;
  readonly policy_version: number;
  readonly settlement: Settlement | null;
  readonly programme: Programme | null;
  readonly last_at: Date;
}

const ROWS = `
  select e.id, e.trainee_id, e.platform_id, e.policy_id, e.policy_version, e.settlement, e.programme,
         greatest(e.created_at, (select max(greatest(s.opened_at, s.closed_at)) from study_session s where s.enrolment_id = e.id)) as last_at
  from enrolment e where `;

/** What is known of the ends of enrolments, with the policy each ran under. */
@Injectable()
export class EnrolmentEnds {
  /** Versions never change. */
  private readonly policies = new Map<string, Policy>();

  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  async byId(ids: readonly string[]): Promise<ReadonlyMap<string, EndedEnrolment>> {
    const found = await this.read('e.id = any($1)', ids);
    return new Map(found.map((enrolment) => [enrolment.id, enrolment]));
  }

  ofTrainees(traineeIds: readonly string[]): Promise<readonly EndedEnrolment[]> {
    return this.read('e.trainee_id = any($1)', traineeIds);
  }

  /** The least and the most of one number of retention over every policy there ever was. */
  async range(parameter: 'snapshotMonths' | 'recordYears' | 'consentYears' | 'securityLogMonths'): Promise<readonly [number, number]> {
    const rows = await this.dataSource.manager.find(PolicyVersionEntity);
    const values = rows.map(({ body }) => completePolicy(body).retention[parameter]);
    return values.length === 0 ? [Infinity, Infinity] : [Math.min(...values), Math.max(...values)];
  }

  private async read(condition: string, ids: readonly string[]): Promise<readonly EndedEnrolment[]> {
    const rows: readonly Row[] = ids.length === 0 ? [] : await this.dataSource.query(ROWS + condition, [ids]);
    return Promise.all(rows.map(async (row) => ({ id: row.id, traineeId: row.trainee_id, platformId: row.platform_id, policy: await this.policyOf(row), end: endOf(row) })));
  }

  private async policyOf({ policy_id: policyId, policy_version: version }: Row): Promise<Policy> {
    const key = `${policyId}@${version}`;
    const policy = this.policies.get(key) ?? completePolicy((await this.dataSource.manager.findOneByOrFail(PolicyVersionEntity, { policyId, version })).body);
    this.policies.set(key, policy);
    return policy;
  }
}

const endOf = ({ settlement, programme, last_at }: Row): EnrolmentEnd => ({
  disbursedOn: (settlement?.disbursedOn ?? null) as CalendarDate | null,
  refusalFinalOn: (settlement?.refusalFinalOn ?? null) as CalendarDate | null,
  assessmentEndedOn: (programme?.assessmentEndedOn ?? null) as CalendarDate | null,
  isClosed: programme?.isClosed ?? false,
  lastActiveOn: shanghaiDay(last_at.getTime()),
});
