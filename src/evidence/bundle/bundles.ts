import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import type { SessionEvent } from '../../rules/event.js';
import type { ChainedEntry } from '../proof/chain.js';
import { BundleStore } from './bundle-store.js';
import { entriesOf } from './bundle-text.js';
import { EvidenceBundleEntity } from './evidence-bundle.entity.js';

/** The bundles on record. */
@Injectable()
export class Bundles {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly store: BundleStore,
  ) {}

  /** The longest bundle of a session, or `null` while it has none. */
  latest(sessionId: string, manager: EntityManager = this.dataSource.manager): Promise<EvidenceBundleEntity | null> {
    return manager.findOne(EvidenceBundleEntity, { where: { sessionId }, order: { entries: 'DESC' } });
  }

  /** The journal entries of the longest bundle; none while there is no bundle. @throws BundleDamaged */
  async entriesOf(sessionId: string, manager?: EntityManager): Promise<readonly ChainedEntry<SessionEvent>[]> {
    const bundle = await this.latest(sessionId, manager);
    return bundle === null ? [] : entriesOf(await this.store.read(bundle.path), bundle.manifestHash);
  }

  stream({ path }: EvidenceBundleEntity): Promise<Readable> {
    return this.store.stream(path);
  }
}
