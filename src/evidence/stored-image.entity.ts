import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { TraineeEntity } from '../training/trainee.entity.js';

export type ImageKind = 'snapshot' | 'liveness' | 'reference';

/** Plain facts about a picture, also written into it when it is a JPEG. */
export type ImageMeta = Readonly<Record<string, string | number | boolean | null>>;

/** The key under which the keys of a trainee's pictures lie. Without this row none of them can be read again. */
@Entity('trainee_key')
@Unique('uq_trainee_key_trainee', ['traineeId'])
export class TraineeKeyEntity {
  @PrimaryColumn('uuid', { name: 'id', primaryKeyConstraintName: 'pk_trainee_key' })
  id: string;

  @ForeignKey(() => TraineeEntity, { name: 'fk_trainee_key_trainee' })
  @Column('uuid', { name: 'trainee_id' })
  traineeId: string;

  @Column('bytea', { name: 'key_sealed' })
  keySealed: Buffer;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;
}

/** One picture kept as evidence; its encrypted bytes lie in a file. */
@Entity('stored_image')
@Index('ix_stored_image_session', ['sessionId'])
@Index('ix_stored_image_trainee', ['traineeId'])
@Check('ck_stored_image_kind', `kind IN ('snapshot', 'liveness', 'reference')`)
export class StoredImageEntity {
  @PrimaryColumn('uuid', { name: 'id', primaryKeyConstraintName: 'pk_stored_image' })
  id: string;

  @Column('uuid', { name: 'session_id', nullable: true })
  sessionId: string | null;

  @ForeignKey(() => TraineeEntity, { name: 'fk_stored_image_trainee' })
  @Column('uuid', { name: 'trainee_id' })
  traineeId: string;

  @Column('text', { name: 'kind' })
  kind: ImageKind;

  /** HMAC-SHA-256 of the bytes as they came, hex; null where nothing in a journal refers to them. */
  @Column('text', { name: 'digest', nullable: true })
  digest: string | null;

  /** Key of the digest, under the trainee's key. */
  @Column('bytea', { name: 'digest_key_sealed', nullable: true })
  digestKeySealed: Buffer | null;

  @Column('text', { name: 'content_type' })
  contentType: string;

  /** Length of the picture, bytes. */
  @Column('integer', { name: 'bytes' })
  bytes: number;

  @Column('jsonb', { name: 'meta' })
  meta: ImageMeta;

  /** Of the file below the image folder. */
  @Column('text', { name: 'path' })
  path: string;

  /** Row of `trainee_key` whose key opens `keySealed`; gone once the trainee's pictures are erased. */
  @Column('uuid', { name: 'trainee_key_id' })
  traineeKeyId: string;

  @Column('bytea', { name: 'key_sealed' })
  keySealed: Buffer;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;
}
