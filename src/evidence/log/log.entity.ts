import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** One fact in the public log. */
@Entity('log_leaf')
@Index('ix_log_leaf_session', ['sessionId'])
export class LogLeafEntity {
  @PrimaryColumn('integer', { name: 'index', primaryKeyConstraintName: 'pk_log_leaf' })
  index: number;

  @Column('uuid', { name: 'session_id' })
  sessionId: string;

  /** RFC 8785 canonical JSON: the bytes its hash is over. */
  @Column('text', { name: 'body' })
  body: string;
}

/** The hash of a complete subtree of 2^level leaves. */
@Entity('log_node')
export class LogNodeEntity {
  @PrimaryColumn('smallint', { name: 'level', primaryKeyConstraintName: 'pk_log_node' })
  level: number;

  /** Number of the subtree at its level, from the left. */
  @PrimaryColumn('integer', { name: 'index', primaryKeyConstraintName: 'pk_log_node' })
  index: number;

  @Column('text', { name: 'hash' })
  hash: string;
}

/** A signed statement of the whole log up to a size. */
@Entity('log_head')
@Index('ix_log_head_unstamped', ['treeSize'], { where: 'token IS NULL' })
export class LogHeadEntity {
  @PrimaryColumn('integer', { name: 'tree_size', primaryKeyConstraintName: 'pk_log_head' })
  treeSize: number;

  @Column('text', { name: 'root_hash' })
  rootHash: string;

  @Column('timestamptz', { name: 'signed_at' })
  signedAt: Date;

  @Column('text', { name: 'jws' })
  jws: string;

  /** RFC 3161 token over the root hash, DER. */
  @Column('bytea', { name: 'token', nullable: true })
  token: Buffer | null;

  @Column('timestamptz', { name: 'stamped_at', nullable: true })
  stampedAt: Date | null;

  @Column('integer', { name: 'stamp_tries' })
  stampTries: number;

  /** Why the last try gave no token. */
  @Column('text', { name: 'stamp_failure', nullable: true })
  stampFailure: string | null;
}
