import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A public key as published: RFC 8037. */
export interface PublicJwk {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  /** The key, base64url. */
  readonly x: string;
}

/** A key that signs or once signed. Public halves stay for ever: what they signed must remain verifiable. */
@Entity('signing_key')
@Index('uq_signing_key_active', ['algorithm'], { unique: true, where: 'retired_at IS NULL' })
export class SigningKeyEntity {
  /** RFC 7638 thumbprint of the public key. */
  @PrimaryColumn('text', { name: 'kid', primaryKeyConstraintName: 'pk_signing_key' })
  kid: string;

  @Column('text', { name: 'algorithm' })
  algorithm: 'EdDSA';

  @Column('jsonb', { name: 'public_jwk' })
  publicJwk: PublicJwk;

  /** The 32-byte seed of the private key, under the key `signing`. */
  @Column('bytea', { name: 'key_sealed' })
  keySealed: Buffer;

  @Column('timestamptz', { name: 'not_before' })
  notBefore: Date;

  @Column('timestamptz', { name: 'retired_at', nullable: true })
  retiredAt: Date | null;
}
