import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { TraineeEntity } from '../training/trainee.entity.js';

/** ACTIVE: faces are compared with it. SUPERSEDED: a later one took its place. */
export type ReferenceFaceStatus = 'UPLOADED' | 'ACTIVE' | 'REFUSED' | 'SUPERSEDED';

/** Why a photo cannot be a reference face. */
export type ReferenceFaceRefusal =
  | 'FACE_ABSENT'
  | 'FACE_MULTIPLE'
  | 'FACE_TOO_SMALL'
  | 'IMAGE_DARK'
  | 'IMAGE_BLURRED'
  | 'IMAGE_UNREADABLE'
  | 'IMAGE_TOO_SMALL'
  | 'IMAGE_TOO_LARGE';

/** What was measured on the photo. */
export interface ReferenceFaceQuality {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly interocularPx: number;
  /** Of the face: as in `ImageQuality`. */
  readonly luminance: number;
  readonly sharpness: number;
}

/** A photo of the trainee with which every later face is compared. Only its descriptor is used; it is sealed. */
@Entity('reference_face')
@Unique('uq_reference_face_trainee_version', ['traineeId', 'version'])
@Index('uq_reference_face_active', ['traineeId'], { unique: true, where: `status = 'ACTIVE'` })
@Check('ck_reference_face_status', `status IN ('UPLOADED', 'ACTIVE', 'REFUSED', 'SUPERSEDED')`)
export class ReferenceFaceEntity {
  @PrimaryColumn('uuid', { name: 'id', primaryKeyConstraintName: 'pk_reference_face' })
  id: string;

  @ForeignKey(() => TraineeEntity, { name: 'fk_reference_face_trainee' })
  @Column('uuid', { name: 'trainee_id' })
  traineeId: string;

  @Column('integer', { name: 'version' })
  version: number;

  @Column('text', { name: 'status' })
  status: ReferenceFaceStatus;

  @Column('text', { name: 'refusal', nullable: true })
  refusal: ReferenceFaceRefusal | null;

  @Column('text', { name: 'upload_sha256' })
  uploadSha256: string;

  /** The photo as it came, sealed, until it has been judged. */
  @Column('bytea', { name: 'upload_sealed', nullable: true, select: false })
  uploadSealed: Buffer | null;

  @Column('bytea', { name: 'descriptor_sealed', nullable: true, select: false })
  descriptorSealed: Buffer | null;

  @Column('jsonb', { name: 'quality', nullable: true })
  quality: ReferenceFaceQuality | null;

  /** Engine that made the descriptor: descriptors of different engines cannot be compared. */
  @Column('text', { name: 'engine', nullable: true })
  engine: string | null;

  @Column('uuid', { name: 'image_id', nullable: true })
  imageId: string | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'judged_at', nullable: true })
  judgedAt: Date | null;
}
