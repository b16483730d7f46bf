import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { MemorySignalBus } from '../../src/realtime/memory-signal-bus.js';
import { keepOutsideEvent, OutsideEvents } from '../../src/sessions/outside-events.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

describe('facts from outside, on their way into a session', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  const bus = new MemorySignalBus();
  const node = (): OutsideEvents => new OutsideEvents(dataSource, bus);

  /** A session for which something waits since so long; `isStudied`: somebody is connected to it, through some node. */
  async function waiting({ agoMs = 0, isStudied = false } = {}): Promise<string> {
    const sessionId = uuidv7();
    await keepOutsideEvent(dataSource.manager, sessionId, { type: 'consent.given', at: 1, purpose: 'FACE_VERIFICATION' });
    await dataSource.query(`update outside_event set created_at = now() - $1 * interval '1 ms' where session_id = $2`, [agoMs, sessionId]);
    if (isStudied) await dataSource.query(`insert into play_lease (person_key, epoch, session_id, connection_id, taken_at) values ($1, 1, $2, 'c', now())`, [sessionId, sessionId]);
    return sessionId;
  }

  beforeAll(async () => {
    database = await createTestDatabase();
    dataSource = await database.open();
  }, 60_000);
  afterAll(() => database.close());

  it('are brought in by one node when nobody is connected to the session', async () => {
    const sessionId = await waiting();
    const both = await Promise.all([node().orphaned([]), node().orphaned([])]);
    expect(both.flat()).toEqual([sessionId]);
    expect(await node().orphaned([])).toEqual([]);
  });

  it('are left to the node that the trainee is connected to, unless it keeps silent', async () => {
    const sessionId = await waiting({ isStudied: true });
    expect(await node().orphaned([])).toEqual([]);
    expect(await node().orphaned([sessionId])).toEqual([sessionId]);
    const silent = await waiting({ isStudied: true, agoMs: 46_000 });
    expect(await node().orphaned([])).toEqual([silent]);
  });

  it('wait in order, until they are delivered', async () => {
    const sessionId = await waiting();
    await keepOutsideEvent(dataSource.manager, sessionId, { type: 'consent.withdrawn', at: 2, purpose: 'SNAPSHOT_RETENTION' });
    const events = node();
    const [first, second] = await events.waitingFor(sessionId);
    expect([first?.event.type, second?.event.type]).toEqual(['consent.given', 'consent.withdrawn']);
    await events.markDelivered([first!.id]);
    expect(await events.waitingFor(sessionId)).toMatchObject([{ id: second!.id }]);
    await events.markDelivered([second!.id]);
    expect([await events.waitingFor(sessionId), await events.orphaned([sessionId])]).toEqual([[], []]);
  });

  it('are announced to every node, each of which knows its own word', async () => {
    const [one, other] = [node(), node()];
    const heard: unknown[] = [];
    const unsubscribe = [one.subscribe((sessionId, isOwn) => heard.push(['one', sessionId, isOwn])), other.subscribe((sessionId, isOwn) => heard.push(['other', sessionId, isOwn]))];
    const sessionId = uuidv7();
    await one.announce(sessionId);
    await new Promise(setImmediate);
    expect(heard).toEqual([['one', sessionId, true], ['other', sessionId, false]]);
    unsubscribe.forEach((stop) => stop());
  });
});
