import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { TraineeKeyEntity } from '../../evidence/stored-image.entity.js';

/**
 * That a picture was seen. The digest is keyed by the server and the platform: it says nothing to who holds the table
 * alone, and equal pictures of two platforms have different ones. Nobody's face is compared by it. Nothing survives an
 * erasure: who had the server's key and a copy of an erased picture could still tell that it was here. So the row goes
 * with the key of the kept picture (a trigger) and with the trainee's (a foreign key).
 */
@Entity('picture_print')
@Index('ix_picture_print_image', ['imageId'])
@Index('ix_picture_print_trainee_key', ['traineeKeyId'])
export class PicturePrintEntity {
  @PrimaryColumn('bytea', { name: 'digest', primaryKeyConstraintName: 'pk_picture_print' })
  digest: Buffer;

  /** The snapshot, face check or reference face that it came for. */
  @PrimaryColumn('uuid', { name: 'capture_id', primaryKeyConstraintName: 'pk_picture_print' })
  captureId: string;

  @Column('uuid', { name: 'session_id', nullable: true })
  sessionId: string | null;

  /** The picture kept of the capture: of a burst the best frame stands for all of them. */
  @Column('uuid', { name: 'image_id' })
  imageId: string;

  @ForeignKey(() => TraineeKeyEntity, { name: 'fk_picture_print_trainee_key', onDelete: 'CASCADE' })
  @Column('uuid', { name: 'trainee_key_id' })
  traineeKeyId: string;
}

/** What a kept picture is like: 256 bits under the trainee's key. The picture itself answers what they leave open. */
@Entity('picture_likeness')
@Index('ix_picture_likeness_trainee_key', ['traineeKeyId', 'takenAt'])
export class PictureLikenessEntity {
  @PrimaryColumn('uuid', { name: 'image_id', primaryKeyConstraintName: 'pk_picture_likeness' })
  imageId: string;

  @Column('uuid', { name: 'capture_id' })
  captureId: string;

  @Column('uuid', { name: 'session_id', nullable: true })
  sessionId: string | null;

  @ForeignKey(() => TraineeKeyEntity, { name: 'fk_picture_likeness_trainee_key', onDelete: 'CASCADE' })
  @Column('uuid', { name: 'trainee_key_id' })
  traineeKeyId: string;

  @Column('bytea', { name: 'gradients_sealed' })
  gradientsSealed: Buffer;

  @Column('timestamptz', { name: 'taken_at' })
  takenAt: Date;
}
