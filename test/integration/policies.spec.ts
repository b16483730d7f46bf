import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { OpenAPIObject } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import type { PolicyList } from '../../src/policies/policies.schemas.js';
import { PoliciesService } from '../../src/policies/policies.service.js';
import { PolicyVersionEntity } from '../../src/policies/policy-version.entity.js';
import { readProfiles, withHashes } from '../../src/policies/profiles.js';
import { startTrainingApi, type Call, type Fields, type TrainingApi } from '../support/training-api.js';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
/** A request or an answer in the document. */
interface Described {
  readonly content?: Readonly<Record<string, { readonly schema: Fields }>>;
}

let api: TrainingApi;
let one: Call;

beforeAll(async () => {
  api = await startTrainingApi();
  one = await api.callerOf('平台一');
}, 60_000);
afterAll(() => api?.close());

describe('policies', () => {
  it('are listed and shown whole', async () => {
    const profiles = await readProfiles();
    const list = (await one<PolicyList>('GET', '/v1/policies')).body.policies;
    expect(list.map((policy) => policy.id)).toEqual([...profiles.keys()]);
    const nanyang = await one('GET', `/v1/policies/cn-henan-nanyang-2022?version=${profiles.get('cn-henan-nanyang-2022')!.policy.version}`);
    expect(nanyang.body).toEqual(profiles.get('cn-henan-nanyang-2022'));
    expect(await one('GET', '/v1/policies/nowhere')).toMatchObject({ status: 404 });
    expect(await one('GET', '/v1/policies/demo?version=12')).toMatchObject({ status: 404 });
    expect(await one('GET', '/v1/policies/%00?version=1')).toMatchObject({ status: 400 });
    expect(await one('GET', '/v1/policies/demo?version=x')).toMatchObject({ status: 400 });
    expect(await one('GET', '/v1/policies/demo?versoin=1')).toMatchObject({ status: 400 });
  });

  it('refuse the boot when one changed and its version did not', async () => {
    const repository = api.app.get(DataSource).getRepository(PolicyVersionEntity);
    const { policy } = (await readProfiles()).get('demo')!;
    const changed = withHashes({ ...policy, popup: { ...policy.popup, maxMissed: 9 } });
    await expect(PoliciesService.start(repository, new Map([['demo', changed]]))).rejects.toThrow(/content of policy demo has changed.*raise "version"/s);
  });

  it('cannot be changed or deleted in the database either', async () => {
    await expect(api.rows(`update policy_version set body = '{}' where policy_id = 'demo'`)).rejects.toThrow(/immutable/);
    await expect(api.rows(`delete from policy_version where policy_id = 'demo'`)).rejects.toThrow(/immutable/);
  });
});

/** For trainees to read before anybody signs them in. */
const PUBLIC: readonly string[] = ['get /v1/consent-texts'];

describe('the OpenAPI document', () => {
  const operations = () =>
    Object.entries(api.document.paths).flatMap(([path, item]) =>
      Object.entries(item as Readonly<Record<string, Operation>>).map(([method, operation]) => ({ path, method, operation })),
    );
  const schemaOf = (part: unknown, type: string) => (part as Described | undefined)?.content?.[type]?.schema;

  it('gives every route its request, its answer and its refusals', () => {
    for (const { path, method, operation } of operations()) {
      const { responses, requestBody } = operation;
      const success = Object.entries(responses).find(([status]) => status.startsWith('2'))?.[1];
      const described = {
        route: `${method} ${path}`,
        request: method !== 'post' || schemaOf(requestBody, 'application/json') !== undefined,
        answer: method === 'delete' || schemaOf(success, 'application/json') !== undefined,
        refusals: PUBLIC.includes(`${method} ${path}`) || [401, 403].every((status) => schemaOf(responses[status], 'application/problem+json') !== undefined),
      };
      expect(described).toEqual({ route: described.route, request: true, answer: true, refusals: true });
    }
  });

  it('takes the limits of a request from the schema that checks it', () => {
    const schema = schemaOf(api.document.paths['/v1/trainees']!.post!.requestBody, 'application/json');
    expect(schema).toMatchObject({
      additionalProperties: false,
      required: ['externalRef', 'name', 'idNumber'],
      properties: { name: { minLength: 1, maxLength: 100 } },
    });
  });
});
