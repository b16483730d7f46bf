import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type {
  Ack, BurstTaken, ClientToServerEvents, Finished, HoldReason, Joined, LivenessAct, LivenessBurst, LivenessFrame, LivenessPrompt,
  LivenessRequest, PlaybackHold, PlaybackState, PopupShow, ServerToClientEvents, SessionClosed, SnapshotRequest, WindowReport,
} from '@xuejian/protocol';
import { io, type Socket } from 'socket.io-client';
import { captured } from './camera/sensor.js';

/** Pictures an actor can show to the camera, JPEG. */
export interface ActorFrames {
  readonly neutral: readonly Buffer[];
  readonly closedEyes: readonly Buffer[];
  readonly openMouth: readonly Buffer[];
  readonly turnLeft: readonly Buffer[];
  readonly turnRight: readonly Buffer[];
  readonly nod: readonly Buffer[];
  readonly leanIn: readonly Buffer[];
}

export interface StudyClientOptions {
  readonly socketUrl: string;
  readonly token: string;
  readonly durationMs: number;
  readonly actor: ActorFrames;
  /** Knows the answers to popups, as the trainee who reads them does; `null` leaves one unanswered. */
  readonly answerOf: (popup: PopupShow) => Promise<string | null>;
  /** Picture for a snapshot; the actor's neutral face unless said otherwise. */
  readonly snapshotOf?: (request: SnapshotRequest) => Buffer | null;
  readonly deviceId?: string;
}

const ACT_FRAMES: Readonly<Record<LivenessAct, keyof ActorFrames>> = {
  BLINK: 'closedEyes', OPEN_MOUTH: 'openMouth', TURN_LEFT: 'turnLeft', TURN_RIGHT: 'turnRight', NOD: 'nod', LEAN_IN: 'leanIn',
};
const FRAMES_PER_STEP = 12;

/**
 * A trainee at the level of the wire: a virtual player in real time that keeps the protocol, answers what it is asked,
 * and can be made to cheat by its fields.
 */
export class StudyClient {
  readonly socket: Socket<ServerToClientEvents, ClientToServerEvents>;
  readonly instanceId = randomBytes(12).toString('hex');
  readonly deviceId: string;
  readonly received: { readonly event: string; readonly message: unknown }[] = [];
  readonly refused: string[] = [];
  closed: SessionClosed | null = null;
  joined: Joined | null = null;

  /** Position grows this much faster than time. */
  speed = 1;
  /** What the beats say of the rate. */
  claimedRate = 1;
  visible = true;
  pictureInPicture = false;
  /** Goes on claiming to play whatever the server says, or where it says this alone. */
  defies: HoldReason | 'ALL' | null = null;
  answersPopups = true;
  answersFaceChecks = true;
  answersSnapshots = true;

  private positionMs = 0;
  private state: PlaybackState = 'PAUSED';
  private holds: readonly HoldReason[] = [];
  private wantsToPlay = false;
  private movedAt = performance.now();
  private seq = 0;
  private nonce = '';
  private sending: Promise<unknown> = Promise.resolve();
  private heart: NodeJS.Timeout | undefined;

  constructor(private readonly options: StudyClientOptions) {
    this.deviceId = options.deviceId ?? randomUUID();
    this.socket = io(options.socketUrl, { auth: { token: options.token }, transports: ['websocket'], forceNew: true, reconnection: false });
    this.socket.onAny((event: string, message: unknown) => this.received.push({ event, message }));
    this.socket.on('popup.show', (popup) => void this.quietly(() => this.onPopup(popup)));
    this.socket.on('snapshot.request', (request) => void this.quietly(() => this.onSnapshot(request)));
    this.socket.on('liveness.request', (request) => void this.quietly(() => this.onLiveness(request)));
    this.socket.on('playback.hold', ({ holds, positionMs }) => void this.quietly(() => this.hold(holds, positionMs)));
    this.socket.on('playback.release', ({ positionMs }) => void this.quietly(() => this.release(positionMs)));
    this.socket.on('session.progress', ({ holds }) => void this.quietly(() => this.lookAt(holds)));
    this.socket.on('session.closed', (closed) => {
      this.closed = closed;
      clearInterval(this.heart);
    });
  }

  async connect(): Promise<void> {
    if (this.socket.connected) return;
    await new Promise<void>((resolve, reject) => {
      this.socket.once('connect', resolve);
      this.socket.once('connect_error', reject);
    });
  }

  async join(takeover = false): Promise<Ack<Joined>> {
    await this.connect();
    const answer = await this.ask<Joined>('session.join', {
      protocol: 1,
      instanceId: this.instanceId,
      deviceId: this.deviceId,
      clientNonce: randomBytes(16).toString('hex'),
      clientMonoMs: performance.now(),
      clientWallAt: Date.now(),
      takeover,
      sdk: 'test/1',
      environment: { userAgent: 'test', camera: 'test camera', screenExtended: null },
    });
    if (!answer.ok) return answer;
    this.joined = answer;
    this.nonce = answer.nonce;
    this.seq = answer.lastSeq;
    this.positionMs = answer.progress.frontierMs;
    this.holds = answer.progress.holds;
    this.heart = setInterval(() => {
      if (this.state === 'PLAYING') void this.quietly(() => this.beat());
    }, answer.policy.heartbeatMs);
    return answer;
  }

  /** Presses play; play begins when nothing holds it. */
  async play(): Promise<void> {
    this.wantsToPlay = true;
    if (!this.isHeld) await this.setState('PLAYING');
  }

  async pause(): Promise<void> {
    this.wantsToPlay = false;
    await this.setState('PAUSED');
  }

  /** Moves the playhead, as a tampered player does. */
  async seek(positionMs: number): Promise<void> {
    this.move();
    this.positionMs = positionMs;
    await this.beat();
  }

  async report(kind: WindowReport['kind']): Promise<Ack> {
    return this.ask('window.report', { kind, clientMonoMs: performance.now() });
  }

  finish(): Promise<Ack<Finished>> {
    return this.ask<Finished>('session.finish', {});
  }

  /** Sends one beat with the present state, or with other words. */
  beat(changes: Partial<Record<'positionMs' | 'seq' | 'clientMonoMs', number>> & { readonly nonce?: string; readonly state?: PlaybackState } = {}): Promise<Ack<{ nonce: string }>> {
    const sent = this.sending.then(async () => {
      this.move();
      const answer = await this.ask<{ nonce: string }>('playback.beat', {
        seq: this.seq + 1,
        nonce: this.nonce,
        positionMs: this.positionMs,
        rate: this.claimedRate,
        state: this.state,
        clientMonoMs: performance.now(),
        clientWallAt: Date.now(),
        visible: this.visible,
        pictureInPicture: this.pictureInPicture,
        ...changes,
      });
      if (answer.ok) {
        this.seq += 1;
        this.nonce = answer.nonce;
      } else this.refused.push(answer.error.code);
      return answer;
    });
    this.sending = sent.catch(() => undefined);
    return sent;
  }

  /** Plays until the lesson has ended and the server lets the session finish, or it is closed, or time is up. */
  async studyToEnd(withinMs: number): Promise<Ack<Finished> | null> {
    const until = Date.now() + withinMs;
    await this.play();
    while (this.closed === null && Date.now() < until) {
      await sleep(200);
      if (this.state !== 'ENDED') continue;
      const answer = await this.finish();
      if (answer.ok) return answer;
    }
    return null;
  }

  async waitClosed(withinMs: number): Promise<SessionClosed> {
    const until = Date.now() + withinMs;
    while (this.closed === null && Date.now() < until) await sleep(50);
    if (this.closed === null) throw new Error(`not closed within ${withinMs} ms; last messages ${JSON.stringify(this.received.slice(-6))}`);
    return this.closed;
  }

  /** Waits until the playhead has come this far under credit. */
  async waitPosition(positionMs: number, withinMs: number): Promise<void> {
    const until = Date.now() + withinMs;
    while (this.positionMs < positionMs && this.closed === null && Date.now() < until) {
      this.move();
      await sleep(50);
    }
    if (this.positionMs < positionMs) throw new Error(`position ${this.positionMs} after ${withinMs} ms; last messages ${JSON.stringify(this.received.slice(-6))}`);
  }

  /** The first message of this kind, also one that has come already. */
  async waitFor<T>(event: keyof ServerToClientEvents, withinMs: number): Promise<T> {
    const until = Date.now() + withinMs;
    while (Date.now() < until) {
      const found = this.received.find((entry) => entry.event === event);
      if (found !== undefined) return found.message as T;
      await sleep(50);
    }
    throw new Error(`no ${event} within ${withinMs} ms`);
  }

  /** Waits until the server says that play is held for this reason. */
  async waitHold(reason: HoldReason, withinMs: number): Promise<void> {
    const until = Date.now() + withinMs;
    const isHeld = (): boolean => this.received.some(({ event, message }) => event === 'playback.hold' && (message as PlaybackHold).holds.includes(reason));
    while (!isHeld()) {
      if (Date.now() > until) throw new Error(`not held for ${reason} within ${withinMs} ms; last messages ${JSON.stringify(this.received.slice(-6))}`);
      await sleep(50);
    }
  }

  close(): void {
    clearInterval(this.heart);
    this.socket.disconnect();
  }

  ask<A extends object>(event: keyof ClientToServerEvents, message: unknown): Promise<Ack<A>> {
    return this.socket.timeout(15_000).emitWithAck(event, message as never) as unknown as Promise<Ack<A>>;
  }

  private async setState(state: PlaybackState): Promise<void> {
    this.move();
    if (this.state === state) return;
    this.state = state;
    await this.beat();
  }

  private move(): void {
    const now = performance.now();
    if (this.state === 'PLAYING') this.positionMs = Math.min(this.options.durationMs, this.positionMs + (now - this.movedAt) * this.speed);
    this.movedAt = now;
    if (this.state === 'PLAYING' && this.positionMs >= this.options.durationMs) this.state = 'ENDED';
  }

  private get isHeld(): boolean {
    return this.defies !== 'ALL' && this.holds.some((reason) => reason !== this.defies);
  }

  private async hold(holds: readonly HoldReason[], positionMs: number): Promise<void> {
    this.holds = holds;
    if (!this.isHeld) return;
    if (this.state === 'PLAYING') await this.setState('PAUSED');
    if (this.positionMs - positionMs > 300) this.positionMs = Math.min(this.positionMs, positionMs + 300);
  }

  private async release(positionMs: number): Promise<void> {
    this.holds = [];
    if (this.defies !== null) return;
    this.move();
    if (this.positionMs > positionMs) this.positionMs = positionMs;
    if (this.wantsToPlay && this.positionMs < this.options.durationMs) await this.setState('PLAYING');
  }

  /** Who defies one hold plays on as soon as it is the only one. */
  private async lookAt(holds: readonly HoldReason[]): Promise<void> {
    this.holds = holds;
    if (this.defies !== null && this.wantsToPlay && !this.isHeld && this.state === 'PAUSED') await this.setState('PLAYING');
  }

  private async onPopup(popup: PopupShow): Promise<void> {
    if (!this.answersPopups) return;
    await sleep(300);
    const answer = await this.options.answerOf(popup);
    if (answer === null) return;
    await this.ask('popup.answer', { popupId: popup.popupId, answer, elapsedMs: 300, trusted: true });
  }

  private async onSnapshot({ snapshotId, nonce, ...request }: SnapshotRequest): Promise<void> {
    if (!this.answersSnapshots) return;
    const { snapshotOf, actor } = this.options;
    const image = snapshotOf === undefined ? await captured(pick(actor.neutral, this.received.length)) : snapshotOf({ snapshotId, nonce, ...request });
    await this.ask('snapshot.submit', { snapshotId, nonce, image });
  }

  private async onLiveness({ checkId, nonce, actWindowMs }: LivenessRequest): Promise<void> {
    if (!this.answersFaceChecks) return;
    let next: LivenessPrompt | null = await this.sendBurst({ checkId, nonce, step: 0 }, 'neutral', actWindowMs);
    while (next !== null) {
      const { step, act, nonce: own } = next;
      next = await this.sendBurst({ checkId, nonce: own, step }, ACT_FRAMES[act], actWindowMs);
    }
  }

  /** Shows one act for its window and sends the frames; null when the server tells no other act. */
  private async sendBurst(of: Omit<LivenessBurst, 'frames'>, role: keyof ActorFrames, windowMs: number): Promise<LivenessPrompt | null> {
    const from = performance.now();
    await sleep(windowMs);
    const answer = await this.ask<BurstTaken>('liveness.burst', { ...of, frames: await this.shoot(role, from, windowMs) });
    return answer.ok ? answer.next : null;
  }

  /** Frames of one act over a window that began at `from`, on the page's clock. */
  shoot(role: keyof ActorFrames, from: number, windowMs: number): Promise<LivenessFrame[]> {
    const pictures = this.options.actor[role];
    const shot = async (index: number): Promise<LivenessFrame> =>
      ({ clientMonoMs: from + ((index + 0.5) * windowMs) / FRAMES_PER_STEP, image: await captured(pick(pictures, index)) });
    return Promise.all(Array.from({ length: FRAMES_PER_STEP }, (_, index) => shot(index)));
  }

  /** What the server pushes may come while the socket closes. */
  private async quietly(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (this.socket.connected) throw error;
    }
  }
}

function pick(pictures: readonly Buffer[], index: number): Buffer {
  const picture = pictures[index % pictures.length];
  if (picture === undefined) throw new Error('the actor has no pictures');
  return picture;
}
