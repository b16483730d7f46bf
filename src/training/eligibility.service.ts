import { Injectable } from '@nestjs/common';
import { PoliciesService } from '../policies/policies.service.js';
import { shanghaiDay } from '../rules/programme/calendar.js';
import { checkOpening, type OpeningCheck } from '../rules/programme/eligibility.js';
import type { OpeningAnswer, OpeningRequest } from './programme.schemas.js';

/** Asks the rules about a class before it opens. */
@Injectable()
export class EligibilityService {
  constructor(private readonly policies: PoliciesService) {}

  /** @throws Problem 404 for a policy that does not exist */
  async check({ policyId, startsAt, videos, ...facts }: OpeningRequest): Promise<OpeningAnswer> {
    const { policy, hash } = await this.policies.get(policyId);
    const at = Date.parse(startsAt);
    const checks = checkOpening({ ...facts, startsAt: at, videos: videos?.map(videoOf) }, policy);
    return {
      policy: { id: policy.id, version: policy.version, hash },
      openOn: shanghaiDay(at),
      outcome: outcomeOf(checks),
      checks: checks.map(({ clause, outcome, findings }) => ({ clause, outcome, findings: findings.map((finding) => ({ ...finding })) })),
    };
  }
}

const videoOf = ({ approval, ...video }: NonNullable<OpeningRequest['videos']>[number]) => ({
  ...video,
  approval: approval === null ? null : { ...approval, approvedAt: Date.parse(approval.approvedAt) },
});

function outcomeOf(checks: readonly OpeningCheck[]): OpeningAnswer['outcome'] {
  if (checks.some(({ outcome }) => outcome === 'FAILED')) return 'FAILED';
  return checks.some(({ outcome }) => outcome === 'NOT_CHECKED') ? 'INCOMPLETE' : 'PASSED';
}
