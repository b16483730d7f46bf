import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';

/** A training platform that uses this service: the tenant of everything else. */
@Entity('platform')
@Unique('uq_platform_name', ['name'])
export class PlatformEntity {
  @PrimaryColumn('uuid', { name: 'id', primaryKeyConstraintName: 'pk_platform' })
  id: string;

  @Column('text', { name: 'name' })
  name: string;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;
}

/**
 * What a key may do. PLATFORM: everything but decide about people. REVIEW: look at everything of the platform, and decide
 * as a named reviewer; the server that teaches shall not confirm its own trainees.
 */
export type KeyScope = 'PLATFORM' | 'REVIEW';

/** A key a platform's server presents. The key itself is shown once and kept nowhere. */
@Entity('platform_key')
@Unique('uq_platform_key_hash', ['keyHash'])
@Index('ix_platform_key_platform', ['platformId'])
@Check('ck_platform_key_scope', `scope IN ('PLATFORM', 'REVIEW')`)
export class PlatformKeyEntity {
  @PrimaryColumn('uuid', { name: 'id', primaryKeyConstraintName: 'pk_platform_key' })
  id: string;

  @ForeignKey(() => PlatformEntity, { name: 'fk_platform_key_platform' })
  @Column('uuid', { name: 'platform_id' })
  platformId: string;

  /** SHA-256 of the key. */
  @Column('bytea', { name: 'key_hash' })
  keyHash: Buffer;

  @Column('text', { name: 'scope' })
  scope: KeyScope;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'revoked_at', nullable: true })
  revokedAt: Date | null;

  /** To within ten minutes: a write on every call would cost more than it tells. */
  @Column('timestamptz', { name: 'last_used_at', nullable: true })
  lastUsedAt: Date | null;
}
