import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { PlatformEntity } from '../identity/platform.entity.js';
import type { IdType } from './id-number.js';

/** A person as one platform knows them. Name and number are sealed and left out of ordinary reads. */
@Entity('trainee')
@Unique('uq_trainee_platform_external_ref', ['platformId', 'externalRef'])
@Index('ix_trainee_person_key', ['personKey'])
@Check('ck_trainee_id_type', `id_type IN ('RESIDENT_ID', 'OTHER')`)
export class TraineeEntity {
  @PrimaryColumn('uuid', { name: 'id', primaryKeyConstraintName: 'pk_trainee' })
  id: string;

  @ForeignKey(() => PlatformEntity, { name: 'fk_trainee_platform' })
  @Column('uuid', { name: 'platform_id' })
  platformId: string;

  /** The platform's own name for the person. */
  @Column('text', { name: 'external_ref' })
  externalRef: string;

  /** Keyed hash of the ID number: the same human has the same key on every platform. */
  @Column('text', { name: 'person_key' })
  personKey: string;

  @Column('text', { name: 'id_type' })
  idType: IdType;

  @Column('bytea', { name: 'name_sealed', select: false })
  nameSealed: Buffer;

  @Column('bytea', { name: 'id_number_sealed', select: false })
  idNumberSealed: Buffer;

  @Column('text', { name: 'name_masked' })
  nameMasked: string;

  @Column('text', { name: 'id_number_masked' })
  idNumberMasked: string;

  /** Longer times to answer (无障碍). */
  @Column('boolean', { name: 'is_accessible' })
  isAccessible: boolean;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;
}
