import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';

export interface TakenLease {
  readonly epoch: number;
  /** The place that was live before, or null. */
  readonly previous: { readonly sessionId: string; readonly connectionId: string } | null;
}

/** The play lease: one row per person with an epoch. The journal refuses what comes under an older epoch. */
@Injectable()
export class LeaseService {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /** Whether another session of the person is live. */
  async liveElsewhere(personKey: string, sessionId: string): Promise<boolean> {
    const rows: readonly unknown[] = await this.dataSource.query(
      'select 1 from play_lease where person_key = $1 and released_at is null and session_id <> $2',
      [personKey, sessionId],
    );
    return rows.length > 0;
  }

  /** Takes the lease, whoever has it. */
  take(personKey: string, sessionId: string, connectionId: string): Promise<TakenLease> {
    return this.dataSource.transaction(async (manager) => {
      const held: readonly { readonly session_id: string; readonly connection_id: string }[] = await manager.query(
        'select session_id, connection_id from play_lease where person_key = $1 and released_at is null for update',
        [personKey],
      );
      const taken: readonly { readonly epoch: number }[] = await manager.query(
        `insert into play_lease (person_key, epoch, session_id, connection_id, taken_at) values ($1, 1, $2, $3, now())
         on conflict on constraint pk_play_lease do update
           set epoch = play_lease.epoch + 1, session_id = $2, connection_id = $3, taken_at = now(), released_at = null
         returning epoch`,
        [personKey, sessionId, connectionId],
      );
      const epoch = taken[0]?.epoch;
      if (epoch === undefined) throw new Error('the lease was not taken');
      const before = held[0];
      return { epoch, previous: before === undefined ? null : { sessionId: before.session_id, connectionId: before.connection_id } };
    });
  }

  /** Leaves the place; without effect when another one has taken over meanwhile. */
  async release(personKey: string, epoch: number): Promise<void> {
    await this.dataSource.query('update play_lease set released_at = now() where person_key = $1 and epoch = $2 and released_at is null', [personKey, epoch]);
  }
}
