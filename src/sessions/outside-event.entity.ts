import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { OutsideEvent } from '../rules/outside-event.js';

/** A fact from outside on its way into the journal of an open session; the row is the truth until the journal has it. */
@Entity({ name: 'outside_event' })
@Index('ix_outside_event_undelivered', ['createdAt', 'id'], { where: 'delivered_at IS NULL' })
@Index('ix_outside_event_session', ['sessionId'])
export class OutsideEventEntity {
  /** Version 7: rises with time. */
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'pk_outside_event' })
  readonly id: string;

  @Column({ name: 'session_id', type: 'uuid' })
  readonly sessionId: string;

  @Column({ type: 'jsonb' })
  readonly event: OutsideEvent;

  @Column({ name: 'created_at', type: 'timestamptz' })
  readonly createdAt: Date;

  /** When a node last began to bring it in although it did not hold the session. */
  @Column({ name: 'taken_at', type: 'timestamptz', nullable: true })
  readonly takenAt: Date | null;

  @Column({ name: 'delivered_at', type: 'timestamptz', nullable: true })
  readonly deliveredAt: Date | null;
}
