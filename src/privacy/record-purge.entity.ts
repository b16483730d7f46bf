import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A session whose records reached the end of their time: what stays of it is this row and its leaves in the public log. */
@Entity('record_purge')
export class RecordPurgeEntity {
  @PrimaryColumn('uuid', { name: 'session_id', primaryKeyConstraintName: 'pk_record_purge' })
  sessionId: string;

  @Column('uuid', { name: 'trainee_id' })
  traineeId: string;

  @Column('text', { name: 'rule' })
  rule: string;

  @Column('timestamptz', { name: 'purged_at' })
  purgedAt: Date;
}
