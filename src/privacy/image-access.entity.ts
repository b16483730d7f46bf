import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** What a picture may be looked at for. VERIFICATION alone gives its exact bytes, without a watermark. */
export const ACCESS_PURPOSES = ['REVIEW', 'OBJECTION', 'SUPERVISION', 'REPORT', 'DATA_SUBJECT', 'VERIFICATION'] as const;
export type AccessPurpose = (typeof ACCESS_PURPOSES)[number];

/** Somebody was shown a picture: who, when, why, from where (个人信息保护法 art. 51, 未成年人网络保护条例 art. 36). */
@Entity('image_access')
@Index('ix_image_access_image', ['imageId', 'at'])
@Index('ix_image_access_trainee', ['traineeId', 'at'])
@Index('ix_image_access_at', ['at'])
export class ImageAccessEntity {
  @PrimaryColumn('uuid', { name: 'id', primaryKeyConstraintName: 'pk_image_access' })
  id: string;

  @Column('uuid', { name: 'platform_id' })
  platformId: string;

  @Column('uuid', { name: 'trainee_id' })
  traineeId: string;

  @Column('uuid', { name: 'session_id', nullable: true })
  sessionId: string | null;

  @Column('uuid', { name: 'image_id' })
  imageId: string;

  /** The platform's name for the person who looked. */
  @Column('text', { name: 'viewer' })
  viewer: string;

  @Column('text', { name: 'purpose' })
  purpose: AccessPurpose;

  /** In words; never null for a minor's picture. */
  @Column('text', { name: 'reason', nullable: true })
  reason: string | null;

  /** Address the request came from. */
  @Column('text', { name: 'origin' })
  origin: string;

  @Column('timestamptz', { name: 'at' })
  at: Date;
}
