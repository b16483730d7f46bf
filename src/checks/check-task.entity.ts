import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { FaceMeasurement, LivenessAct, LivenessMeasurement } from '../rules/event.js';

export type CheckKind = 'snapshot' | 'liveness';
export type CheckStatus = 'QUEUED' | 'JUDGED' | 'DELIVERED' | 'FAILED';

export interface CheckResult {
  readonly measurement: FaceMeasurement | LivenessMeasurement;
  readonly imageId: string | null;
  readonly engine: string;
}

/** One check that a worker has to judge: the truth about it, whatever becomes of the queue. */
@Entity({ name: 'check_task' })
@Index('ix_check_task_status', ['status', 'receivedAt'])
export class CheckTaskEntity {
  /** Also the `snapshotId` or `checkId` of the journal. */
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'pk_check_task' })
  readonly id: string;

  @Index('ix_check_task_session')
  @Column({ name: 'session_id', type: 'uuid' })
  readonly sessionId: string;

  @Column({ name: 'trainee_id', type: 'uuid' })
  readonly traineeId: string;

  @Column({ type: 'text' })
  readonly kind: CheckKind;

  @Column({ type: 'text' })
  readonly status: CheckStatus;

  /** Acts asked for, for a liveness check. */
  @Column({ type: 'jsonb' })
  readonly acts: readonly LivenessAct[];

  /** Number in the schedule, for what is embedded in a stored snapshot. */
  @Column({ name: 'schedule_index', type: 'integer' })
  readonly scheduleIndex: number;

  @Column({ type: 'jsonb', nullable: true })
  readonly result: CheckResult | null;

  /** Key of the digest in the journal, under the trainee's key; kept until the check is judged. */
  @Column({ name: 'digest_key_sealed', type: 'bytea', nullable: true })
  readonly digestKeySealed: Buffer | null;

  @Column({ name: 'received_at', type: 'timestamptz' })
  readonly receivedAt: Date;

  @Column({ name: 'judged_at', type: 'timestamptz', nullable: true })
  readonly judgedAt: Date | null;
}

/** A picture on its way to a worker; gone once the check is judged. */
@Entity({ name: 'capture_frame' })
export class CaptureFrameEntity {
  @PrimaryColumn({ name: 'check_id', type: 'uuid', primaryKeyConstraintName: 'pk_capture_frame' })
  readonly checkId: string;

  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'pk_capture_frame' })
  readonly index: number;

  @Column({ type: 'integer' })
  readonly step: number;

  @Column({ name: 'client_mono_ms', type: 'double precision' })
  readonly clientMonoMs: number;

  @Column({ type: 'bytea' })
  readonly image: Buffer;
}
