import type { Command } from '../command.js';
import type { BeatReceived, ConnectionJoined, SessionEvent, WindowReported } from '../event.js';
import { frontierMs } from '../interval-set.js';
import type { HoldReason } from '../types.js';
import { CheckDesk } from './check-desk.js';
import type { Network } from './network.js';
import { Player } from './player.js';
import type { Issued, Shell } from './shell.js';
import type { Timeline } from './timeline.js';
import type { Trainee } from './trainee.js';

/** A beat as the page captures it; `seq` and arrival come with the delivery. */
export type BeatClaim = Omit<BeatReceived, 'type' | 'at' | 'connectionId' | 'seq'>;
type Draft = { readonly kind: 'beat'; readonly claim: BeatClaim } | { readonly kind: 'report'; readonly report: Pick<WindowReported, 'kind' | 'detail'> };

/** Nearer than this to the server's position the page does not go back. */
const WITHHELD_MS = 300;

/** The page with the SDK in it: beats, obeys holds, serves checks, keeps what it could not send. */
export class Browser {
  readonly player: Player;
  readonly localHolds = new Set<HoldReason>();
  wantsPlay = false;
  isVisible = true;
  isInPictureInPicture = false;
  /** An honest SDK stops when told to; a tampered one may not. */
  obeysHolds = true;
  /** What a tampered SDK makes of a beat; null swallows it. */
  distort: (claim: BeatClaim) => BeatClaim | null = (claim) => claim;
  page = 1;
  device = 'device-1';
  /** What the page tells of its camera and screens when it joins. */
  camera: string | null = 'camera';
  screenExtended: boolean | null = null;
  connection = 0;
  lastContactAt: number;
  private serverHolds: readonly HoldReason[] = ['FACE_CHECK'];
  private outbox: Draft[] = [];
  private isSending = false;
  private isWelcomed = false;
  private seq = 0;
  private generation = 0;
  private mono: { readonly at: number; readonly ms: number };
  private readonly desk: CheckDesk;

  constructor(
    private readonly timeline: Timeline,
    private readonly network: Network,
    private readonly shell: () => Shell,
    private readonly trainee: Trainee,
    /** Client clock seconds per second, and how far the wall clock is off. */
    public clock: { readonly rate: number; readonly wallOffsetMs: number },
    private readonly heartbeatMs: number,
    durationMs: number,
  ) {
    this.lastContactAt = timeline.now;
    this.mono = { at: timeline.now, ms: 1_234.5 };
    this.desk = new CheckDesk(timeline, network, shell, trainee);
    this.player = new Player(timeline, durationMs, () => this.beat());
  }

  get isHeld(): boolean {
    return this.localHolds.size > 0 || this.serverHolds.length > 0;
  }

  get monoMs(): number {
    return this.mono.ms + (this.timeline.now - this.mono.at) * this.clock.rate;
  }

  /** The clock of the page stands (or jumps) by so much against real time. */
  shiftClock(ms: number): void {
    this.mono = { at: this.timeline.now, ms: this.monoMs + ms };
  }

  setClockRate(rate: number): void {
    this.mono = { at: this.timeline.now, ms: this.monoMs };
    this.clock = { ...this.clock, rate };
  }

  get connectionId(): string {
    return `connection-${this.connection}`;
  }

  join(tookOverFrom: string | null = null): void {
    this.connection += 1;
    this.isSending = false;
    const sentMono = this.monoMs;
    const wallAt = this.timeline.now + this.clock.wallOffsetMs;
    this.network.up(() => {
      const joined: ConnectionJoined = {
        type: 'connection.joined', at: Math.round(this.timeline.now), connectionId: this.connectionId, instanceId: `${this.device}-page-${this.page}`,
        deviceId: this.device, leaseEpoch: this.connection, clientMonoMs: sentMono, clientWallAt: wallAt, sdk: 'sdk-1', userAgent: 'test',
        camera: this.camera, screenExtended: this.screenExtended, tookOverFrom,
      };
      // The welcome says what holds; a page does not act on commands before it.
      this.isWelcomed = false;
      this.shell().record(joined);
      this.isWelcomed = true;
      const { holds, ledger } = this.shell().opened;
      this.network.down(() => this.welcomed(holds, frontierMs(ledger.coverage)));
    });
  }

  /** A fresh page: nothing of the old one is left but the device. */
  load(): void {
    this.page += 1;
    this.player.pause();
    this.player.seekTo(0);
    this.generation += 1;
    this.outbox = [];
    this.isSending = false;
    this.serverHolds = ['FACE_CHECK'];
    this.localHolds.clear();
    this.desk.close();
    this.mono = { at: this.timeline.now, ms: 40 };
  }

  /** The line is gone: play goes on through the grace, counted from the last word of the server. */
  lostLine(graceMs: number): void {
    this.isSending = false;
    const stopAt = this.lastContactAt + graceMs;
    this.timeline.after(stopAt - this.timeline.now, () => {
      if (this.network.isUp) return;
      this.hold('OFFLINE', true);
    });
  }

  hold(reason: HoldReason, isHeld: boolean): void {
    if (isHeld) this.localHolds.add(reason);
    else this.localHolds.delete(reason);
    this.apply(null);
  }

  play(): void {
    this.wantsPlay = true;
    if (this.isHeld && this.obeysHolds) return;
    if (this.player.isPlaying || this.player.isAtEnd) return;
    this.player.play();
    this.beat();
  }

  pause(): void {
    this.wantsPlay = false;
    if (!this.player.isPlaying) return;
    this.player.pause();
    this.beat();
  }

  /** Everything stands still, unsaid. Returns whether the video was playing. */
  fallsAsleep(): boolean {
    const { isPlaying } = this.player;
    this.player.pause();
    this.generation += 1;
    return isPlaying;
  }

  wakesUp(wasPlaying: boolean): void {
    if (!wasPlaying) return;
    // What arrived during the sleep is heard first.
    if (!this.isHeld || !this.obeysHolds) this.player.play();
    this.beat();
  }

  /** A seek the page allows: the run before it is closed first. */
  seekTo(positionMs: number): void {
    const wasPlaying = this.player.isPlaying;
    if (wasPlaying) {
      this.player.pause();
      this.beat();
    }
    this.player.seekTo(positionMs);
    if (wasPlaying) this.player.play();
    this.beat();
  }

  beat(): void {
    const claim = this.distort({
      positionMs: Math.round(this.player.positionMs), rate: 1, state: this.player.state, clientMonoMs: this.monoMs,
      clientWallAt: Math.round(this.timeline.now + this.clock.wallOffsetMs), visible: this.isVisible, pictureInPicture: this.isInPictureInPicture,
    });
    if (claim !== null) this.push({ kind: 'beat', claim });
    const generation = (this.generation += 1);
    if (!this.player.isPlaying) return;
    this.timeline.after(this.heartbeatMs, () => {
      if (generation === this.generation && this.player.isPlaying) this.beat();
    });
  }

  report(kind: string, detail: WindowReported['detail'] = {}): void {
    this.push({ kind: 'report', report: { kind, detail } });
  }

  /** Sends the outbox, one entry on its way at a time. */
  flush(): void {
    const [head] = this.outbox;
    if (head === undefined || this.isSending || !this.network.isUp || this.connection === 0) return;
    this.isSending = true;
    const { connectionId } = this;
    this.network.up(() => {
      if (connectionId !== this.connectionId || this.outbox[0] !== head) return;
      this.outbox.shift();
      this.shell().record(this.eventOf(head));
      this.network.down(() => {
        this.lastContactAt = this.timeline.now;
        this.isSending = false;
        this.flush();
      });
    });
  }

  /** What the shell has to say after a record. */
  hear(issued: readonly Issued[], commands: readonly Command[]): void {
    if (!this.network.isUp || this.connection === 0) return;
    for (const command of this.isWelcomed ? commands : []) {
      if (command.type === 'playback.hold') this.network.down(() => this.server(command.holds, command.positionMs));
      if (command.type === 'playback.release') this.network.down(() => this.server([], command.positionMs));
      if (command.type === 'session.close' || command.type === 'session.suspend') this.network.down(() => this.stop());
    }
    for (const event of issued) this.network.down(() => this.serve(event));
  }

  private eventOf(draft: Draft): SessionEvent {
    const at = Math.round(this.timeline.now);
    if (draft.kind === 'report') return { type: 'window.reported', at, connectionId: this.connectionId, ...draft.report };
    this.seq += 1;
    return { type: 'beat.received', at, connectionId: this.connectionId, seq: this.seq, ...draft.claim };
  }

  private push(draft: Draft): void {
    this.outbox.push(draft);
    this.flush();
  }

  private welcomed(holds: readonly HoldReason[], positionMs: number): void {
    this.lastContactAt = this.timeline.now;
    this.localHolds.delete('OFFLINE');
    if (this.player.positionMs < positionMs && !this.player.isPlaying && this.outbox.length === 0) this.player.seekTo(positionMs);
    this.server(holds, positionMs);
    this.flush();
  }

  private server(holds: readonly HoldReason[], positionMs: number): void {
    this.lastContactAt = this.timeline.now;
    // While play was on, the server's position is behind ours and no reason to go back.
    const isSettled = this.isHeld && this.outbox.length === 0;
    this.serverHolds = holds;
    this.apply(isSettled ? positionMs : null);
    if (holds.includes('POPUP_MISSED') && this.trainee.comesBackAfterMs !== null) {
      this.timeline.after(this.trainee.comesBackAfterMs, () => this.report('TRAINEE_RETURNED'));
    }
  }

  private apply(positionMs: number | null): void {
    if (!this.obeysHolds) {
      if (this.wantsPlay) this.play();
      return;
    }
    if (this.isHeld && this.player.isPlaying) {
      this.player.pause();
      this.beat();
    }
    if (positionMs !== null && !this.player.isPlaying && positionMs < this.player.positionMs - WITHHELD_MS) this.player.seekTo(positionMs);
    if (!this.isHeld && this.wantsPlay) this.play();
  }

  private stop(): void {
    this.wantsPlay = false;
    this.player.pause();
    this.generation += 1;
  }

  private serve(event: Issued): void {
    this.lastContactAt = this.timeline.now;
    this.desk.serve(event);
  }
}
