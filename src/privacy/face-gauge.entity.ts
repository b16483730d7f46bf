import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** How many people's face data this installation stores, as last counted: one row. */
@Entity('face_gauge')
@Check('ck_face_gauge_single', 'id = 1')
export class FaceGaugeEntity {
  @PrimaryColumn('smallint', { name: 'id', primaryKeyConstraintName: 'pk_face_gauge' })
  id: number;

  @Column('integer', { name: 'subjects' })
  subjects: number;

  @Column('timestamptz', { name: 'measured_at' })
  measuredAt: Date;

  /** Since when the number has been at or above the one that has to be filed; null while it is below. */
  @Column('timestamptz', { name: 'reached_at', nullable: true })
  reachedAt: Date | null;
}
