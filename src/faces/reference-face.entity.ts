import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { TraineeEntity } from '../training/trainee.entity.js';

/** ACTIVE: faces are compared with it. PENDING_REVIEW: good enough, and not surely the same person. SUPERSEDED: a later one took its place. */
export type ReferenceFaceStatus = 'UPLOADED' | 'ACTIVE' | 'PENDING_REVIEW' | 'REFUSED' | 'SUPERSEDED';

/** Whether a photo takes the place of the template in force or joins it. */
export type ReferenceFaceIntent = 'REPLACE' | 'ADD';

/** Why a version came into force: the trainee's first; one more photo of the template; like the one before; a reviewer approved it. */
export type ReferenceFaceAcceptance = 'FIRST' | 'ADDED' | 'MATCHED' | 'APPROVED';

/** Why a photo cannot be a reference face. */
export type ReferenceFaceRefusal =
  | 'FACE_ABSENT'
  | 'FACE_MULTIPLE'
  | 'FACE_TOO_SMALL'
  | 'FACE_TURNED'
  | 'FACE_TILTED'
  | 'MOUTH_OPEN'
  | 'EYES_CLOSED'
  | 'IMAGE_DARK'
  | 'IMAGE_BRIGHT'
  | 'IMAGE_UNEVEN'
  | 'IMAGE_BLURRED'
  | 'IMAGE_UNREADABLE'
  | 'IMAGE_TOO_SMALL'
  | 'IMAGE_TOO_LARGE'
  /** Not the person of the other photos of the template, or the template is full. */
  | 'FACES_DIFFER'
  | 'TEMPLATE_FULL'
  /** A reviewer refused the change. */
  | 'REVIEW_REFUSED';

/** What was measured on the photo; of the face, unless said otherwise. */
export interface ReferenceFaceQuality {
  /** Of the photo. */
  readonly widthPx: number;
  readonly heightPx: number;
  readonly interocularPx: number;
  /** As in `ImageQuality`. */
  readonly luminance: number;
  readonly sharpness: number;
  /** Share without drawing left, and light on the darker half over that on the lighter one. */
  readonly bleachedShare: number;
  readonly evenness: number;
  /** Positive: turned to the own left; chin towards the chest; tilted to the picture's right. */
  readonly yawDegrees: number;
  readonly pitchDegrees: number;
  readonly rollDegrees: number;
  /** Opening of the inner lips over their width, and of the lids over the width of the wider eye. */
  readonly mouth: number;
  readonly eyes: number;
}

/**
 * A version of the face with which every later one is compared: the mean of the descriptors of one to three photos, of
 * which this row brought the last. Descriptors are sealed; those out of force are forgotten, save the last one that
 * people vouched for: a row of small changes shall not lead to another person.
 */
@Entity('reference_face')
@Unique('uq_reference_face_trainee_version', ['traineeId', 'version'])
@Index('uq_reference_face_active', ['traineeId'], { unique: true, where: `status = 'ACTIVE'` })
@Check('ck_reference_face_status', `status IN ('UPLOADED', 'ACTIVE', 'PENDING_REVIEW', 'REFUSED', 'SUPERSEDED')`)
@Check('ck_reference_face_intent', `intent IN ('REPLACE', 'ADD')`)
@Check('ck_reference_face_acceptance', `acceptance IN ('FIRST', 'ADDED', 'MATCHED', 'APPROVED')`)
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

  @Column('text', { name: 'intent' })
  intent: ReferenceFaceIntent;

  @Column('text', { name: 'acceptance', nullable: true })
  acceptance: ReferenceFaceAcceptance | null;

  /** Largest distance to what it was compared with: the template in force, and the one last vouched for. */
  @Column('double precision', { name: 'distance', nullable: true })
  distance: number | null;

  /** Version of the template in force when it came. */
  @Column('integer', { name: 'compared_with', nullable: true })
  comparedWith: number | null;

  /** Photos of the template. */
  @Column('integer', { name: 'photos' })
  photos: number;

  @Column('timestamptz', { name: 'in_force_from', nullable: true })
  inForceFrom: Date | null;

  @Column('timestamptz', { name: 'in_force_until', nullable: true })
  inForceUntil: Date | null;

  /** One descriptor after the other. */
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
