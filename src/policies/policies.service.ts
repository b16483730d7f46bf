import type { Repository } from 'typeorm';
import { Problem } from '../common/problem.js';
import { completePolicy } from '../rules/policy-history.js';
import { PolicyVersionEntity } from './policy-version.entity.js';
import { ProfileError, withHashes, type LoadedPolicy } from './profiles.js';

/** The policies in force (one version of each profile of this build) and every version that ever was. */
export class PoliciesService {
  private readonly olderVersions = new Map<string, LoadedPolicy>();

  private constructor(
    private readonly versions: Repository<PolicyVersionEntity>,
    private readonly inForce: ReadonlyMap<string, LoadedPolicy>,
  ) {}

  /**
   * Stores the profiles of this build as versions.
   * @throws ProfileError when one of them differs from what is stored under the same id and version.
   */
  static async start(
    versions: Repository<PolicyVersionEntity>,
    profiles: ReadonlyMap<string, LoadedPolicy>,
  ): Promise<PoliciesService> {
    for (const profile of profiles.values()) await store(versions, profile);
    return new PoliciesService(versions, profiles);
  }

  /**
   * A policy by id, in the version in force or in a given one.
   * @throws Problem 404 `NOT_FOUND`
   */
  async get(id: string, version?: number): Promise<LoadedPolicy> {
    const current = this.inForce.get(id);
    if (current && (version === undefined || version === current.policy.version)) return current;
    const older = version === undefined ? null : await this.readOlder(id, version);
    if (!older) throw new Problem(404, 'NOT_FOUND', '没有这个监管策略 / There is no such policy');
    return older;
  }

  /** The policies in force, by id. */
  list(): readonly LoadedPolicy[] {
    return [...this.inForce.values()];
  }

  private async readOlder(id: string, version: number): Promise<LoadedPolicy | null> {
    const key = `${id}@${version}`;
    const known = this.olderVersions.get(key);
    if (known) return known;
    const row = await this.versions.findOneBy({ policyId: id, version });
    if (!row) return null;
    const loaded = withHashes(completePolicy(row.body));
    this.olderVersions.set(key, loaded);
    return loaded;
  }
}

async function store(versions: Repository<PolicyVersionEntity>, { policy, hash }: LoadedPolicy): Promise<void> {
  const { id, version } = policy;
  await versions
    .createQueryBuilder()
    .insert()
    .values({ policyId: id, version, hash, body: policy, createdAt: new Date() })
    .orIgnore()
    .execute();
  const stored = await versions.findOneByOrFail({ policyId: id, version });
  if (stored.hash !== hash) {
    throw new ProfileError(
      `监管策略 ${id} 的内容已改变,但版本号仍为 ${version}:请在其配置文件(或它所继承的配置文件)中提高 version。 / ` +
        `The content of policy ${id} has changed but its version is still ${version}: raise "version" in ${id}.json ` +
        `(stored hash ${stored.hash.slice(0, 12)}…, this build ${hash.slice(0, 12)}…).`,
    );
  }
}
