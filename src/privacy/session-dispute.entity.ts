import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A session whose face checks are disputed: frames of its failed checks are kept for a while from then on. */
@Entity('session_dispute')
@Index('uq_session_dispute_session', ['sessionId'], { unique: true })
export class SessionDisputeEntity {
  @PrimaryColumn('uuid', { name: 'id', primaryKeyConstraintName: 'pk_session_dispute' })
  id: string;

  @Column('uuid', { name: 'session_id' })
  sessionId: string;

  @Column('uuid', { name: 'platform_id' })
  platformId: string;

  @Column('text', { name: 'opened_by' })
  openedBy: string;

  @Column('text', { name: 'reason' })
  reason: string;

  @Column('timestamptz', { name: 'opened_at' })
  openedAt: Date;

  /** How long a frame is kept, days from its capture: `retention.disputedCaptureDays` of the session's policy. */
  @Column('integer', { name: 'keep_days' })
  keepDays: number;
}
