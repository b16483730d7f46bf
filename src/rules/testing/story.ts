import type { SessionEvent, WindowReported } from '../event.js';
import type { FindingCode } from '../finding.js';
import { frontierMs, totalMs } from '../interval-set.js';
import type { ClosedSession, LiveSession } from '../state.js';
import { canFinish, unattendedSince } from '../step.js';
import type { SessionVerdict } from '../types.js';
import { failureOf, verdictOf } from '../verdict.js';
import type { BeatClaim } from './browser.js';
import { Browser } from './browser.js';
import { Network } from './network.js';
import { anOpening, aSchedule, MORNING } from './opening.js';
import { seededRandom } from './random.js';
import { openingOf, type SessionSetup } from './setup.js';
import { Shell } from './shell.js';
import { Timeline } from './timeline.js';
import { Trainee } from './trainee.js';

export type { SessionSetup } from './setup.js';

const PATIENCE_MS = 3 * 3_600_000;

/** A session told as a story. Every step goes through a simulated browser, network and shell into a real journal. */
export class Story {
  readonly timeline: Timeline;
  readonly network: Network;
  readonly browser: Browser;
  readonly trainee: Trainee;
  readonly shell: Shell;

  constructor(private readonly setup: SessionSetup) {
    const { seed = 1, delayMs = [0, 0], clockRate = 1, mediaRate = 1, unserved = [] } = setup;
    const random = seededRandom(seed);
    const { popupGaps, snapshots, faceChecks } = setup;
    const opened = anOpening(openingOf(setup));
    this.timeline = new Timeline(opened.at);
    this.network = new Network(this.timeline, random, { delayMs });
    this.trainee = new Trainee(random);
    this.browser = new Browser(
      this.timeline, this.network, () => this.shell, this.trainee, { rate: clockRate, wallOffsetMs: 0 },
      opened.policy.network.heartbeatMs, opened.lesson.durationMs,
    );
    this.browser.player.speed = mediaRate;
    this.shell = new Shell(opened, (issued, commands) => this.browser.hear(issued, commands), (want) => !unserved.includes(want.type));
    this.timeline.shell = this.shell;
    const drawn = aSchedule(opened, seededRandom(seed + 1));
    this.shell.record({
      ...drawn, at: opened.at,
      popupGaps: popupGaps ?? drawn.popupGaps, snapshots: snapshots ?? drawn.snapshots, faceChecks: faceChecks ?? drawn.faceChecks,
    });
  }

  get state(): LiveSession | ClosedSession {
    return this.shell.opened;
  }

  get journal(): readonly SessionEvent[] {
    return this.shell.journal;
  }

  get codes(): readonly FindingCode[] {
    return this.shell.codes;
  }

  get verdict(): SessionVerdict {
    return verdictOf(this.state);
  }

  /** The finding that closed the session, or null. */
  get failure(): FindingCode | null {
    return failureOf(this.state)?.code ?? null;
  }

  get creditedMs(): number {
    return totalMs(this.state.ledger.coverage);
  }

  get positionMs(): number {
    return this.browser.player.positionMs;
  }

  joined(): this {
    this.browser.join();
    return this.timePasses(this.settleMs());
  }

  /** Waits for the face check that is owed and passes it. */
  passesLiveness(): this {
    return this.waitsUntil(() => this.state.slices.R4.need === null);
  }

  /** Studies until so much more of the lesson has been played, through whatever the server asks on the way. */
  plays(ms: number): this {
    const target = Math.min(this.positionMs + ms, this.state.opened.lesson.durationMs);
    this.browser.play();
    return this.waitsUntil(() => this.positionMs >= target - 0.5, () => (target - this.positionMs) / this.browser.player.speed);
  }

  playsToTheEnd(): this {
    return this.plays(this.state.opened.lesson.durationMs).timePasses(this.settleMs());
  }

  /** Joins, passes the first face check and begins to play. */
  begins(): this {
    return this.joined().passesLiveness();
  }

  pauses(ms = 0): this {
    this.browser.pause();
    return this.timePasses(ms);
  }

  resumes(): this {
    this.browser.play();
    return this;
  }

  timePasses(ms: number): this {
    this.timeline.advanceTo(this.timeline.now + ms);
    return this;
  }

  /** Goes to a position the page allows. */
  seeksTo(positionMs: number): this {
    this.browser.seekTo(positionMs);
    return this;
  }

  /** Drags beyond what has been watched; the SDK snaps back and tells. */
  triesToSeekTo(positionMs: number): this {
    this.browser.report('SEEK_BLOCKED', { fromMs: Math.round(this.positionMs), toMs: positionMs });
    return this;
  }

  leavesPopupUnanswered(count = 1): this {
    for (let index = 0; index < count; index += 1) this.trainee.popups.push('IGNORED');
    return this;
  }

  /** The line breaks; the server learns of it after `noticedAfterMs`. The page comes back by itself. */
  goesOffline(ms: number, noticedAfterMs = 0): this {
    const { connectionId } = this.browser;
    this.network.isUp = false;
    this.browser.lostLine(this.graceMs());
    this.timeline.after(noticedAfterMs, () => {
      if (this.browser.connectionId !== connectionId || this.shell.isClosed) return;
      this.shell.record({ type: 'connection.lost', at: Math.round(this.timeline.now), connectionId });
    });
    this.timePasses(ms);
    this.network.isUp = true;
    this.browser.join();
    return this.timePasses(this.settleMs());
  }

  /** The line stands still: nothing is lost, everything is late. The page stops when its grace is over. */
  stalls(ms: number): this {
    const endsAt = this.timeline.now + ms;
    const stopAt = this.browser.lastContactAt + this.graceMs();
    this.network.stall(ms);
    if (stopAt < endsAt) this.timePasses(stopAt - this.timeline.now).browser.hold('OFFLINE', true);
    this.timePasses(endsAt - this.timeline.now).browser.hold('OFFLINE', false);
    return this.timePasses(this.settleMs());
  }

  /** Our side is gone: nothing is recorded, nothing ticks. A restarted server knows the journal and nothing else. */
  serverIsGone(ms: number): this {
    this.network.isUp = false;
    this.timeline.shell = null;
    const { connectionId } = this.browser;
    this.browser.lostLine(this.graceMs());
    this.timePasses(ms);
    this.timeline.shell = this.shell;
    const at = Math.round(this.timeline.now);
    const fromAt = unattendedSince(this.state, at);
    this.shell.record({ type: 'connection.lost', at, connectionId });
    if (fromAt !== null) this.shell.record({ type: 'server.outage', at, fromAt, toAt: at, incidentId: 'incident-1' });
    this.network.isUp = true;
    this.browser.join();
    return this.timePasses(this.settleMs());
  }

  /** The page is loaded again in the same browser. */
  reloads(awayMs = 1_500): this {
    const { connectionId } = this.browser;
    this.browser.pause();
    this.timePasses(this.settleMs());
    this.shell.record({ type: 'connection.lost', at: Math.round(this.timeline.now), connectionId });
    this.browser.load();
    return this.timePasses(awayMs).joined();
  }

  /** The browser is gone from one moment to the next: nothing is said any more. */
  crashes(): this {
    const { connectionId } = this.browser;
    this.network.isUp = false;
    this.browser.load();
    this.shell.record({ type: 'connection.lost', at: Math.round(this.timeline.now), connectionId });
    return this;
  }

  comesBack(): this {
    this.network.isUp = true;
    return this.joined();
  }

  /** Goes on on another device. */
  takesOverOn(device: string): this {
    const from = this.browser.connectionId;
    this.browser.load();
    this.browser.device = device;
    this.browser.join(from);
    return this.timePasses(this.settleMs());
  }

  /** The lid is closed: the page stands still. `clockRuns` tells whether the page's clock counts the sleep. */
  sleeps(ms: number, clockRuns: boolean, isNoticed = ms > 40_000): this {
    const { connectionId, clock } = this.browser;
    const wasPlaying = this.browser.fallsAsleep();
    if (!clockRuns) this.browser.setClockRate(0);
    this.network.stall(ms);
    if (isNoticed) this.timeline.after(35_000, () => this.shell.record({ type: 'connection.lost', at: Math.round(this.timeline.now), connectionId }));
    this.timePasses(ms);
    if (!clockRuns) this.browser.setClockRate(clock.rate);
    if (isNoticed) this.browser.join();
    this.browser.wakesUp(wasPlaying);
    return this.timePasses(this.settleMs());
  }

  hidesPage(): this {
    this.browser.isVisible = false;
    this.browser.hold('WINDOW', true);
    this.browser.report('HIDDEN');
    return this.timePasses(this.settleMs());
  }

  showsPage(): this {
    this.browser.isVisible = true;
    this.browser.hold('WINDOW', false);
    this.browser.report('VISIBLE');
    return this.timePasses(this.settleMs());
  }

  reports(kind: string, detail: WindowReported['detail'] = {}): this {
    this.browser.report(kind, detail);
    return this.timePasses(this.settleMs());
  }

  /** The SDK is tampered with: holds are not obeyed. */
  ignoresHolds(): this {
    this.browser.obeysHolds = false;
    return this;
  }

  /** The SDK is tampered with: beats say something else than what happens. */
  claims(distort: (claim: BeatClaim) => BeatClaim | null): this {
    this.browser.distort = distort;
    return this;
  }

  playsAtSpeed(speed: number): this {
    this.browser.player.setSpeed(speed);
    return this;
  }

  /** Puts an event of the moment into the journal. */
  happens(event: WithoutAt<SessionEvent>): this {
    this.shell.record({ ...event, at: Math.round(this.timeline.now) } as SessionEvent);
    return this.timePasses(this.settleMs());
  }

  /** Waits for open checks, watches what is still missing, and asks for the end. */
  finishes(): this {
    for (let round = 0; round < 4 && this.state.status === 'live'; round += 1) {
      this.waitsUntil(() => canFinish(this.state) || this.isQuiet());
      if (canFinish(this.state)) return this.happens({ type: 'finish.requested' });
      this.seeksTo(frontierMs(this.state.ledger.coverage)).playsToTheEnd();
    }
    return this;
  }

  /** The whole lesson, as an attentive trainee takes it. */
  studiesTheLesson(): this {
    return this.begins().playsToTheEnd().finishes();
  }

  private isQuiet(): boolean {
    const { R4, R6 } = this.state.slices;
    return this.state.holds.length === 0 && R4.need === null && R6.open === null && R6.owed === null && !this.browser.player.isPlaying;
  }

  private graceMs(): number {
    return this.state.opened.policy.network.offlineGraceMs;
  }

  private settleMs(): number {
    return 4 * (this.setup.delayMs?.[1] ?? 0) + 20;
  }

  private waitsUntil(isDone: () => boolean, leftMs: () => number = () => Infinity): this {
    const giveUpAt = this.timeline.now + PATIENCE_MS;
    while (!isDone() && !this.shell.isClosed && this.timeline.now < giveUpAt) {
      const { now } = this.timeline;
      const byPlay = this.browser.player.isPlaying ? now + Math.max(0, leftMs()) : Infinity;
      const next = Math.min(byPlay, this.timeline.nextAt() ?? Infinity);
      if (next === Infinity) return this;
      this.timeline.advanceTo(next);
    }
    return this;
  }
}

type WithoutAt<T> = T extends unknown ? Omit<T, 'at'> : never;

/** Begins a story. */
export const aSession = (setup: SessionSetup = {}): Story => new Story({ at: MORNING, ...setup });
