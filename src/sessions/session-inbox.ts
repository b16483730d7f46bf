import { Injectable } from '@nestjs/common';
import {
  type AlternativeRequest, type BeatAck, type BurstTaken, type Finished, type Joined, LIMITS, type LivenessBurst, type PlaybackBeat,
  type PopupAnswer, type SessionJoin, type SnapshotSubmit, type WindowReport,
} from '@xuejian/protocol';
import { CheckTasksService } from '../checks/check-tasks.service.js';
import { drawSchedule, NO_BEACON } from '../checks/schedule.js';
import { Problem } from '../common/problem.js';
import { digestOf, newDigestKey } from '../evidence/image-digest.js';
import type { BeatReceived, BeatRefused, ConnectionJoined, SessionEvent } from '../rules/event.js';
import { isAbandonable, isUndecided, mayAskForPeople } from '../rules/face-alternative.js';
import { frontierMs, totalMs } from '../rules/interval-set.js';
import { canFinish, outstanding, verdictOf } from '../rules/step.js';
import { clientPolicyOf, closedByTakeover, missingWords, pendingOf, progressOf } from './client-messages.js';
import { LeaseService } from './lease.service.js';
import { LivenessIntake } from './liveness-intake.js';
import { PlaceSignals } from './place-signals.js';
import { requireSize, tooLate } from './refusals.js';
import { type ClientConnection, leaseLost, type SessionRunner } from './session-runner.js';

/** Refused beats of one connection that are worth a journal entry: enough to prove play went on, no more. */
const MAX_RECORDED_REFUSALS = 20;

/** Translates what the client says into events: what may be said at all is decided here, what it means by the rules. */
@Injectable()
export class SessionInbox {
  private readonly refusals = new WeakMap<ClientConnection, number>();

  constructor(
    private readonly leases: LeaseService,
    private readonly checks: CheckTasksService,
    private readonly faces: LivenessIntake,
    private readonly signals: PlaceSignals,
  ) {}

  /** Lets a place in, or refuses a second one. A newer opening of the session, or the trainee's own choice, takes over. */
  async join(runner: SessionRunner, connection: ClientConnection, message: SessionJoin, isNewerOpening: boolean): Promise<Joined> {
    const { opened, place, schedule, status } = runner.opened;
    if (status === 'closed') throw sessionClosed();
    const other = runner.connection;
    const isSecondPlace = other !== null && other !== connection && place?.instanceId !== message.instanceId;
    const isElsewhere = isSecondPlace || (await this.leases.liveElsewhere(runner.row.personKey, runner.id));
    const mayTakeOver = (message.takeover || isNewerOpening) && opened.policy.window.strategy === 'KICK_PREVIOUS';
    if (isElsewhere && !mayTakeOver) {
      await runner.record({ type: 'place.refused', at: runner.now(), instanceId: message.instanceId, deviceId: message.deviceId });
      throw new Problem(409, 'R2_ATTEMPT_BLOCKED', '您已在另一窗口或设备学习；可选择在此继续 / You are studying in another place; you may go on here instead');
    }
    const { epoch, previous } = await this.leases.take(runner.row.personKey, runner.id, connection.id);
    const otherSession = previous !== null && previous.sessionId !== runner.id ? previous.sessionId : null;
    if (otherSession !== null) await this.signals.leaseTaken(otherSession, runner.id, epoch);
    const joined: ConnectionJoined = {
      type: 'connection.joined',
      at: runner.now(),
      connectionId: connection.id,
      instanceId: message.instanceId,
      deviceId: message.deviceId,
      leaseEpoch: epoch,
      clientMonoMs: Math.round(message.clientMonoMs),
      clientWallAt: message.clientWallAt,
      sdk: message.sdk,
      ...message.environment,
      tookOverFrom: otherSession !== null ? sessionPlace(otherSession) : isSecondPlace ? other.id : null,
    };
    runner.connection = connection;
    const state = await runner.record(...(schedule === null ? [this.draw(runner, message.clientNonce)] : []), joined);
    if (isSecondPlace) other.send('session.closed', closedByTakeover(runner.id));
    return {
      sessionId: runner.id,
      connectionId: connection.id,
      nonce: runner.nonces.after(runner.lastSeq),
      lastSeq: runner.lastSeq,
      serverTime: state.at,
      policy: clientPolicyOf(opened.policy, opened.isAccessible),
      progress: progressOf(state),
      pending: pendingOf(state, (id) => runner.request(id)),
    };
  }

  async beat(runner: SessionRunner, connection: ClientConnection, message: PlaybackBeat): Promise<BeatAck> {
    if (runner.opened.status === 'closed') throw sessionClosed();
    if (runner.connection !== connection) return this.refuseBeat(runner, connection, message, 'LEASE_LOST', leaseLost());
    if (message.seq > runner.lastSeq) {
      if (message.seq !== runner.lastSeq + 1) {
        const gap = new Problem(409, 'SEQUENCE_GAP', `心跳序号不连续 / Expected beat ${runner.lastSeq + 1}`, { expected: runner.lastSeq + 1 });
        return this.refuseBeat(runner, connection, message, 'SEQUENCE_GAP', gap);
      }
      if (!runner.nonces.accepts(message.nonce, runner.lastSeq)) {
        const invalid = new Problem(409, 'NONCE_INVALID', '心跳随机数不正确 / The nonce is not the one of the last acknowledgement');
        return this.refuseBeat(runner, connection, message, 'NONCE_INVALID', invalid);
      }
      const { nonce: _nonce, ...claim } = message;
      const [positionMs, clientMonoMs] = [Math.round(claim.positionMs), Math.round(claim.clientMonoMs)];
      const event: BeatReceived = { type: 'beat.received', at: runner.now(), connectionId: connection.id, ...claim, positionMs, clientMonoMs };
      await runner.record(event);
    }
    const { coverage } = runner.opened.ledger;
    return { seq: message.seq, nonce: runner.nonces.after(message.seq), creditedMs: Math.round(totalMs(coverage)), frontierMs: frontierMs(coverage) };
  }

  async report(runner: SessionRunner, connection: ClientConnection, message: WindowReport): Promise<void> {
    this.requirePlace(runner, connection);
    await runner.record({ type: 'window.reported', at: runner.now(), connectionId: connection.id, kind: message.kind, detail: message.detail ?? {} });
  }

  async answer(runner: SessionRunner, connection: ClientConnection, message: PopupAnswer): Promise<void> {
    this.requirePlace(runner, connection);
    const before = runner.opened.slices.R3.open;
    if (before?.popupId !== message.popupId) throw new Problem(409, 'POPUP_UNKNOWN', '该弹窗已失效 / This popup is not open any more');
    const at = runner.now();
    if (at > before.deadlineAt) throw tooLate();
    const { slices } = await runner.record({ type: 'popup.answered', at, ...message });
    if (slices.R3.open?.popupId === message.popupId || slices.R3.isAwaitingReturn) {
      throw new Problem(422, 'POPUP_WRONG_ANSWER', '回答不正确，请再试一次 / Not right, please try again');
    }
  }

  async snapshot(runner: SessionRunner, connection: ClientConnection, message: SnapshotSubmit): Promise<void> {
    this.requirePlace(runner, connection);
    const { open } = runner.opened.slices.R6;
    const request = runner.request(message.snapshotId);
    if (open?.snapshotId !== message.snapshotId || open.isReceived || request?.type !== 'snapshot.requested' || request.nonce !== message.nonce) {
      throw new Problem(409, 'SNAPSHOT_UNKNOWN', '没有等待中的抓拍 / No such snapshot is asked for');
    }
    const at = runner.now();
    if (at > open.deadlineAt) throw tooLate();
    const { image, snapshotId } = message;
    const digestKey = newDigestKey();
    if (image !== null) {
      requireSize(image, LIMITS.imageBytes);
      await this.checks.store({
        id: snapshotId, sessionId: runner.id, traineeId: runner.row.traineeId, kind: 'snapshot', acts: [], scheduleIndex: open.index,
        receivedAt: at, digestKey, frames: [{ step: 0, clientMonoMs: 0, image }],
      });
    }
    await runner.record({ type: 'snapshot.received', at, snapshotId, digest: image === null ? null : digestOf(digestKey, image), bytes: image?.byteLength ?? 0 });
    if (image !== null) await this.checks.enqueue(snapshotId, 'snapshot');
  }

  burst(runner: SessionRunner, connection: ClientConnection, message: LivenessBurst): Promise<BurstTaken> {
    this.requirePlace(runner, connection);
    return this.faces.take(runner, message);
  }

  async requestAlternative(runner: SessionRunner, connection: ClientConnection, { reason }: AlternativeRequest): Promise<void> {
    this.requirePlace(runner, connection);
    const { opened, slices } = runner.opened;
    if (slices.R4.asked !== null) return;
    if (!mayAskForPeople(slices.R4, reason, opened.policy)) {
      throw new Problem(409, 'ALTERNATIVE_UNAVAILABLE', '现在没有需要人工核验的事项 / There is nothing for people to check now');
    }
    await runner.record({ type: 'alternative.requested', at: runner.now(), reason });
  }

  async finish(runner: SessionRunner, connection: ClientConnection): Promise<Finished> {
    const before = runner.opened;
    if (before.status === 'live') {
      this.requirePlace(runner, connection);
      const isForPeople = isAbandonable(before.slices.R4) || isUndecided(before.slices.R4);
      if (!canFinish(before) && !isForPeople) throw notYet(outstanding(before).map(({ code }) => code));
      await runner.record({ type: 'finish.requested', at: runner.now() });
    }
    return { verdict: verdictOf(runner.opened), progress: progressOf(runner.opened) };
  }

  async disconnected(runner: SessionRunner, connection: ClientConnection): Promise<void> {
    if (runner.connection !== connection) return;
    runner.connection = null;
    const { status, place } = runner.opened;
    if (status === 'closed' || place === null) return;
    await runner.record({ type: 'connection.lost', at: runner.now(), connectionId: connection.id });
    await this.leases.release(runner.row.personKey, place.leaseEpoch);
  }

  private draw(runner: SessionRunner, clientNonce: string): SessionEvent {
    const { opened } = runner.opened;
    const input = { seed: runner.seed, sessionId: runner.id, clientNonce, beacon: NO_BEACON };
    const schedule = drawSchedule({ ...input, durationMs: opened.lesson.durationMs, policy: opened.policy });
    return { type: 'schedule.drawn', at: runner.now(), clientNonce, beacon: NO_BEACON, ...schedule };
  }

  private async refuseBeat(runner: SessionRunner, connection: ClientConnection, message: PlaybackBeat, reason: BeatRefused['reason'], problem: Problem): Promise<never> {
    const count = this.refusals.get(connection) ?? 0;
    if (count < MAX_RECORDED_REFUSALS && runner.opened.place !== null) {
      this.refusals.set(connection, count + 1);
      const refused: BeatRefused = { type: 'beat.refused', at: runner.now(), connectionId: connection.id, reason, state: message.state };
      await runner.record(refused);
      if (reason === 'LEASE_LOST') await this.signals.playedWithoutLease(runner.row.personKey, runner.id, message.state);
    }
    throw problem;
  }

  private requirePlace(runner: SessionRunner, connection: ClientConnection): void {
    if (runner.opened.status === 'closed') throw sessionClosed();
    if (runner.connection !== connection) throw leaseLost();
  }
}

/** How another session of the same person is named as a place. */
export const sessionPlace = (sessionId: string): string => `session:${sessionId}`;

const sessionClosed = (): Problem => new Problem(409, 'SESSION_CLOSED', '本次学习已结束 / This session is closed');

function notYet(codes: readonly ReturnType<typeof outstanding>[number]['code'][]): Problem {
  const isUnwatched = codes.includes('R1_WALLCLOCK_DEFICIT');
  if (isUnwatched) return new Problem(409, 'SESSION_NOT_COMPLETE', '本节尚未学完 / The lesson is not watched to its end', { missing: codes });
  return new Problem(409, 'CHECKS_PENDING', `还有检查未完成：${missingWords(codes)} / Checks are still open`, { missing: codes });
}
