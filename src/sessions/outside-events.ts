import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, In, IsNull, type EntityManager } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { SignalBus } from '../realtime/signal-bus.js';
import type { OutsideEvent } from '../rules/outside-event.js';
import { OutsideEventEntity } from './outside-event.entity.js';

const CHANNEL = 'outside-events';
const signalSchema = z.strictObject({ sessionId: z.uuid(), fromNode: z.uuid() });

/** A session that somebody is connected to is left to the node that holds it for this long. */
const PATIENCE_WITH_HOLDER_MS = 45_000;
/** A node that took an event on and has not brought it in by now is not asked again. */
const TAKEN_FOR_MS = 30_000;
const SWEEP_LIMIT = 100;

/** Keeps an event for a session, within the caller's transaction. `OutsideEvents.announce` after the commit brings it in at once. */
export async function keepOutsideEvent(manager: EntityManager, sessionId: string, event: OutsideEvent): Promise<void> {
  await manager.insert(OutsideEventEntity, { id: uuidv7(), sessionId, event, createdAt: new Date(), takenAt: null, deliveredAt: null });
}

/** What people decide, and what else happens outside a lesson, on its way into sessions: kept first, then announced. */
@Injectable()
export class OutsideEvents {
  private readonly nodeId = uuidv7();

  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly bus: SignalBus,
  ) {}

  /** Tells every node that something waits for a session. A lost signal is made up for by the sweep. */
  announce(sessionId: string): Promise<void> {
    return this.bus.publish(CHANNEL, { sessionId, fromNode: this.nodeId });
  }

  subscribe(listener: (sessionId: string, isOwn: boolean) => void): () => void {
    return this.bus.subscribe(CHANNEL, (payload) => {
      const signal = signalSchema.safeParse(payload);
      if (signal.success) listener(signal.data.sessionId, signal.data.fromNode === this.nodeId);
    });
  }

  /** What waits for a session, oldest first. */
  waitingFor(sessionId: string): Promise<readonly OutsideEventEntity[]> {
    return this.dataSource.getRepository(OutsideEventEntity).find({ where: { sessionId, deliveredAt: IsNull() }, order: { id: 'ASC' } });
  }

  async markDelivered(ids: readonly string[]): Promise<void> {
    await this.dataSource.getRepository(OutsideEventEntity).update({ id: In([...ids]) }, { deliveredAt: new Date() });
  }

  /**
   * Sessions for which something waits and which no other node brings in: nobody is connected to them, or whoever held
   * them has been silent for too long. `held` are the caller's own.
   */
  async orphaned(held: readonly string[]): Promise<readonly string[]> {
    const rows: readonly { readonly session_id: string }[] = await this.dataSource.query(
      `with waiting as (
         select e.id from outside_event e
         where e.delivered_at is null and (e.taken_at is null or e.taken_at < now() - $1 * interval '1 ms')
           and (e.session_id = any($2) or e.created_at < now() - $3 * interval '1 ms'
             or not exists (select 1 from play_lease l where l.session_id = e.session_id and l.released_at is null))
         order by e.created_at, e.id limit $4 for update skip locked),
       taken as (update outside_event set taken_at = now() where id in (select id from waiting) returning session_id)
       select distinct session_id from taken`,
      [TAKEN_FOR_MS, held, PATIENCE_WITH_HOLDER_MS, SWEEP_LIMIT],
    );
    return rows.map(({ session_id }) => session_id);
  }
}
