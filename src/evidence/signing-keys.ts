import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, IsNull } from 'typeorm';
import { KEY_BYTES, seal, unseal } from '../common/sealing.js';
import { CONFIG, type Config, deriveKey } from '../config/config.js';
import { type Signature, type SigningKey, signReport, signingKeyOf } from './signing.js';
import { type PublicJwk, SigningKeyEntity } from './signing-key.entity.js';

/** One key of the published set. `nbf`, `exp` (s): when it signed; without `exp` it still does. */
export type PublishedKey = PublicJwk & {
  readonly kid: string;
  readonly alg: 'EdDSA';
  readonly use: 'sig';
  readonly nbf: number;
  readonly exp?: number;
};

/** Any constant: of two rotations at once the second waits. */
const ROTATION_LOCK = 7_201_031;

/** The keys that sign reports, bundles and tree heads. They rotate; whatever one of them signed stays verifiable. */
@Injectable()
export class SigningKeys {
  private readonly sealingKey: Buffer;
  private readonly firstSeed: Buffer;

  constructor(
    @Inject(CONFIG) config: Pick<Config, 'secret'>,
    @InjectDataSource() private readonly dataSource: DataSource,
  ) {
    this.sealingKey = deriveKey(config, 'signing');
    this.firstSeed = deriveKey(config, 'report-signing');
  }

  /** The key that signs now. The first of an installation is derived from its secret. */
  async current(): Promise<SigningKey> {
    const active = await this.active();
    if (active !== null) return active;
    await this.dataSource.createQueryBuilder().insert().into(SigningKeyEntity).values(this.rowOf(this.firstSeed)).orIgnore().execute();
    const first = await this.active();
    if (first === null) throw new Error('no signing key is active');
    return first;
  }

  /** Signs a report with the present key. */
  async sign<T extends object>(report: T): Promise<T & { readonly signature: Signature }> {
    return signReport(report, await this.current());
  }

  /** Draws a new key, which signs from now on, and retires the present one. Gives the name of the new one. */
  async rotate(): Promise<string> {
    await this.current();
    const row = this.rowOf(randomBytes(KEY_BYTES));
    await this.dataSource.transaction(async (manager) => {
      await manager.query('select pg_advisory_xact_lock($1)', [ROTATION_LOCK]);
      await manager.update(SigningKeyEntity, { retiredAt: IsNull() }, { retiredAt: row.notBefore });
      await manager.insert(SigningKeyEntity, row);
    });
    return row.kid;
  }

  /** Every key that ever signed, the present one first. */
  async published(): Promise<readonly PublishedKey[]> {
    await this.current();
    const rows = await this.dataSource.manager.find(SigningKeyEntity, { order: { notBefore: 'DESC', kid: 'ASC' } });
    return rows.map(({ kid, publicJwk, notBefore, retiredAt }) => ({
      ...publicJwk, kid, alg: 'EdDSA', use: 'sig', nbf: secondsOf(notBefore), ...(retiredAt === null ? {} : { exp: secondsOf(retiredAt) }),
    }));
  }

  private async active(): Promise<SigningKey | null> {
    const row = await this.dataSource.manager.findOneBy(SigningKeyEntity, { retiredAt: IsNull() });
    return row === null ? null : signingKeyOf(unseal(this.sealingKey, row.keySealed, contextOf(row.kid)));
  }

  private rowOf(seed: Buffer): SigningKeyEntity {
    const { kid, publicJwk } = signingKeyOf(seed);
    return { kid, algorithm: 'EdDSA', publicJwk, keySealed: seal(this.sealingKey, seed, contextOf(kid)), notBefore: new Date(), retiredAt: null };
  }
}

const contextOf = (kid: string): string => `signing_key/${kid}`;
const secondsOf = (date: Date): number => Math.floor(date.getTime() / 1000);
