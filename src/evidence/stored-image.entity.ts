import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { TraineeEntity } from '../training/trainee.entity.js';

/** `disputed`: a frame of a liveness burst, kept for a while because the session is disputed. */
export type ImageKind = 'snapshot' | 'liveness' | 'reference' | 'disputed';

/** Why a picture was erased. REQUEST: its person asked. RETENTION: its time was over. */
export const ERASURE_GROUNDS = ['REQUEST', 'CONSENT_WITHDRAWN', 'RETENTION'] as const;
export type ErasureGround = (typeof ERASURE_GROUNDS)[number];

/** Plain facts about a picture, also written into it when it is a JPEG. */
export type ImageMeta = Readonly<Record<string, string | number | boolean | null>>;

/** A version of the key under which trainees' keys lie. Its row goes once no trainee's key lies under it. */
@Entity('vault_key')
export class VaultKeyEntity {
  @PrimaryColumn('integer', { name: 'version', primaryKeyConstraintName: 'pk_vault_key' })
  version: number;

  /** Under the key `vault-root`; null for the first version, which follows from the installation's secret. */
  @Column('bytea', { name: 'key_sealed', nullable: true })
  keySealed: Buffer | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;
}

/** The key under which the keys of a trainee's pictures lie. Without this row none of them can be read again. */
@Entity('trainee_key')
@Unique('uq_trainee_key_trainee', ['traineeId'])
@Index('ix_trainee_key_vault_key', ['vaultKeyVersion', 'id'])
export class TraineeKeyEntity {
  @PrimaryColumn('uuid', { name: 'id', primaryKeyConstraintName: 'pk_trainee_key' })
  id: string;

  @ForeignKey(() => TraineeEntity, { name: 'fk_trainee_key_trainee' })
  @Column('uuid', { name: 'trainee_id' })
  traineeId: string;

  @Column('bytea', { name: 'key_sealed' })
  keySealed: Buffer;

  @ForeignKey(() => VaultKeyEntity, { name: 'fk_trainee_key_vault_key' })
  @Column('integer', { name: 'vault_key_version' })
  vaultKeyVersion: number;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;
}

/** One picture kept as evidence; its encrypted bytes lie in a file. */
@Entity('stored_image')
@Index('ix_stored_image_session', ['sessionId'])
@Index('ix_stored_image_trainee', ['traineeId'])
@Index('ix_stored_image_kept', ['createdAt', 'id'], { where: 'erased_at IS NULL' })
@Index('ix_stored_image_file_left', ['erasureId'], { where: 'erased_at IS NOT NULL AND file_removed_at IS NULL' })
@Check('ck_stored_image_kind', `kind IN ('snapshot', 'liveness', 'reference', 'disputed')`)
@Check('ck_stored_image_erased', `(erased_at IS NULL) = (erased_ground IS NULL) AND (erased_at IS NULL) = (key_sealed IS NOT NULL)`)
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

  /** Row of `trainee_key` whose key opens `keySealed`; gone once all of the trainee's pictures are erased. */
  @Column('uuid', { name: 'trainee_key_id' })
  traineeKeyId: string;

  /** Null once the picture is erased: the file is noise then. */
  @Column('bytea', { name: 'key_sealed', nullable: true })
  keySealed: Buffer | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'erased_at', nullable: true })
  erasedAt: Date | null;

  @Column('text', { name: 'erased_ground', nullable: true })
  erasedGround: ErasureGround | null;

  /** Parameter of the policy under which its time was over, with its value. */
  @Column('text', { name: 'erased_rule', nullable: true })
  erasedRule: string | null;

  /** The erasure with the receipt for it. */
  @Column('uuid', { name: 'erasure_id', nullable: true })
  erasureId: string | null;

  /** An erased picture's file may resist its removal for a while. */
  @Column('timestamptz', { name: 'file_removed_at', nullable: true })
  fileRemovedAt: Date | null;
}
