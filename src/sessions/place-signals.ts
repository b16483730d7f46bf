import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { SignalBus } from '../realtime/signal-bus.js';
import type { PlaybackState } from '../rules/event.js';

const CHANNEL = 'places';

/** What the places of one person tell each other, over all nodes. Lost signals cost nothing: the journal's fence holds. */
const signalSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('lease.taken'), sessionId: z.uuid(), bySessionId: z.uuid(), epoch: z.number().int() }),
  z.strictObject({ type: z.literal('played.without-lease'), sessionId: z.uuid(), fromSessionId: z.uuid(), state: z.enum(['PLAYING', 'PAUSED', 'ENDED']) }),
]);
export type PlaceSignal = z.infer<typeof signalSchema>;

@Injectable()
export class PlaceSignals {
  constructor(
    private readonly bus: SignalBus,
    @InjectDataSource() private readonly dataSource: DataSource,
  ) {}

  /** Tells a session that another one of the same person has taken the lease. */
  leaseTaken(sessionId: string, bySessionId: string, epoch: number): Promise<void> {
    return this.send({ type: 'lease.taken', sessionId, bySessionId, epoch });
  }

  /** Tells the session that holds the lease that another one of the same person still claims to play. */
  async playedWithoutLease(personKey: string, fromSessionId: string, state: PlaybackState): Promise<void> {
    const rows: readonly { readonly session_id: string }[] = await this.dataSource.query(
      'select session_id from play_lease where person_key = $1 and session_id <> $2',
      [personKey, fromSessionId],
    );
    for (const { session_id: sessionId } of rows) await this.send({ type: 'played.without-lease', sessionId, fromSessionId, state });
  }

  subscribe(listener: (signal: PlaceSignal) => void): () => void {
    return this.bus.subscribe(CHANNEL, (payload) => {
      const signal = signalSchema.safeParse(payload);
      if (signal.success) listener(signal.data);
    });
  }

  private send(signal: PlaceSignal): Promise<void> {
    return this.bus.publish(CHANNEL, signal);
  }
}
