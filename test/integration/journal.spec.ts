import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import type { SessionEvent } from '../../src/rules/event.js';
import { BundleStore } from '../../src/evidence/bundle/bundle-store.js';
import { Bundles } from '../../src/evidence/bundle/bundles.js';
import { chainEntries, chainHash, GENESIS_HASH } from '../../src/evidence/proof/chain.js';
import { FenceLost, Journal, type JournalKey } from '../../src/sessions/journal.js';
import { LeaseService } from '../../src/sessions/lease.service.js';
import { aConfig } from '../support/config.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

const DAY = '2026-03-28';
const tick = (at: number): SessionEvent => ({ type: 'clock.ticked', at });

describe('the journal', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let journal: Journal;
  let leases: LeaseService;
  let bundles: Bundles;
  const aKey = (): JournalKey => ({ sessionId: randomUUID(), openedDay: DAY });

  beforeAll(async () => {
    database = await createTestDatabase();
    dataSource = await database.open();
    bundles = new Bundles(dataSource, new BundleStore(aConfig({ databaseUrl: database.url })));
    journal = new Journal(dataSource, bundles);
    leases = new LeaseService(dataSource);
    await journal.prepareDay(DAY);
  });

  afterAll(() => database.close());

  it('gives back what was appended, in order and chained from the genesis hash', async () => {
    const key = aKey();
    const entries = chainEntries(0, GENESIS_HASH, [tick(1), tick(2.5), tick(3)]);
    await journal.append(key, entries, null);
    const loaded = await journal.load(key);
    expect(loaded).toEqual(entries);
    loaded.reduce((previous, entry) => {
      expect(entry.hash).toBe(chainHash(previous, entry.body));
      return entry.hash;
    }, GENESIS_HASH);
  });

  it('commits many sessions in few statements', async () => {
    const keys = Array.from({ length: 200 }, aKey);
    await Promise.all(keys.map((key, index) => journal.append(key, chainEntries(0, GENESIS_HASH, [tick(index), tick(index + 1)]), null)));
    for (const key of keys.slice(0, 5)) expect(await journal.load(key)).toHaveLength(2);
  });

  it('lets the second writer of a sequence number go, with nothing of its entries left and its neighbours in the batch unharmed', async () => {
    const [contested, neighbour] = [aKey(), aKey()];
    await journal.append(contested, chainEntries(0, GENESIS_HASH, [tick(1)]), null);
    const other = new Journal(dataSource, bundles);
    const results = await Promise.allSettled([
      other.append(contested, chainEntries(0, GENESIS_HASH, [tick(9)]), null),
      other.append(neighbour, chainEntries(0, GENESIS_HASH, [tick(1)]), null),
    ]);
    expect(results[0]).toMatchObject({ status: 'rejected', reason: expect.any(FenceLost) });
    expect(results[1]).toMatchObject({ status: 'fulfilled' });
    expect((await journal.load(contested)).map(({ event }) => event.at)).toEqual([1]);
  });

  it('refuses what comes under an older lease, and tells who was put out', async () => {
    const [first, second] = [aKey(), aKey()];
    const personKey = randomUUID();
    const held = await leases.take(personKey, first.sessionId, 'a');
    expect(held.previous).toBeNull();
    await journal.append(first, chainEntries(0, GENESIS_HASH, [tick(1)]), { personKey, epoch: held.epoch });

    const taken = await leases.take(personKey, second.sessionId, 'b');
    expect(taken).toEqual({ epoch: held.epoch + 1, previous: { sessionId: first.sessionId, connectionId: 'a' } });
    const late = journal.append(first, chainEntries(1, '00', [tick(2), tick(3)]), { personKey, epoch: held.epoch });
    await expect(late).rejects.toBeInstanceOf(FenceLost);
    expect(await journal.load(first)).toHaveLength(1);

    await leases.release(personKey, held.epoch);
    expect(await leases.liveElsewhere(personKey, first.sessionId)).toBe(true);
    await leases.release(personKey, taken.epoch);
    expect(await leases.liveElsewhere(personKey, first.sessionId)).toBe(false);
  });

  it('gives a contested lease to one place at a time', async () => {
    const personKey = randomUUID();
    const taken = await Promise.all(Array.from({ length: 20 }, (_, index) => leases.take(personKey, randomUUID(), `place-${index}`)));
    expect(new Set(taken.map(({ epoch }) => epoch)).size).toBe(20);
  });

  it.each(['update journal_entry set body = \'{}\'', 'delete from journal_entry'])('cannot be changed afterwards: %s', async (statement) => {
    await journal.append(aKey(), chainEntries(0, GENESIS_HASH, [tick(1)]), null);
    await expect(dataSource.query(statement)).rejects.toThrow(/append-only/);
  });
});
