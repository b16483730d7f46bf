import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { TraineeEntity } from '../training/trainee.entity.js';

/** What a dispute or an authority needs: while it stands, nothing it covers is erased. */
@Entity('legal_hold')
@Index('uq_legal_hold_trainee', ['traineeId'], { unique: true, where: 'session_id IS NULL AND lifted_at IS NULL' })
@Index('uq_legal_hold_session', ['sessionId'], { unique: true, where: 'lifted_at IS NULL' })
@Index('ix_legal_hold_trainee', ['traineeId'])
export class LegalHoldEntity {
  @PrimaryColumn('uuid', { name: 'id', primaryKeyConstraintName: 'pk_legal_hold' })
  id: string;

  @Column('uuid', { name: 'platform_id' })
  platformId: string;

  @ForeignKey(() => TraineeEntity, { name: 'fk_legal_hold_trainee' })
  @Column('uuid', { name: 'trainee_id' })
  traineeId: string;

  /** Null: everything of the person. */
  @Column('uuid', { name: 'session_id', nullable: true })
  sessionId: string | null;

  @Column('text', { name: 'reason' })
  reason: string;

  @Column('text', { name: 'placed_by' })
  placedBy: string;

  @Column('timestamptz', { name: 'placed_at' })
  placedAt: Date;

  @Column('text', { name: 'lifted_by', nullable: true })
  liftedBy: string | null;

  @Column('timestamptz', { name: 'lifted_at', nullable: true })
  liftedAt: Date | null;
}
