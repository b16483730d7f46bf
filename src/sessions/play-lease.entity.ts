import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Where a person may earn credit now. One row per person, over tabs, devices, courses and platforms (R2). */
@Entity({ name: 'play_lease' })
export class PlayLeaseEntity {
  @PrimaryColumn({ name: 'person_key', type: 'text', primaryKeyConstraintName: 'pk_play_lease' })
  readonly personKey: string;

  /** Rises with each taking; entries written under a lower epoch are refused by the journal. */
  @Column({ type: 'integer' })
  readonly epoch: number;

  @Column({ name: 'session_id', type: 'uuid' })
  readonly sessionId: string;

  @Column({ name: 'connection_id', type: 'text' })
  readonly connectionId: string;

  @Column({ name: 'taken_at', type: 'timestamptz' })
  readonly takenAt: Date;

  /** Set when the place was left; null while it is live. */
  @Column({ name: 'released_at', type: 'timestamptz', nullable: true })
  readonly releasedAt: Date | null;
}
