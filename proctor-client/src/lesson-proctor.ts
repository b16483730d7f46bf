import type { AlternativeReason, Finished, Joined, SessionClosed, SessionProgress, WindowReport, WindowReportKind, WireError } from '@xuejian/protocol';
import { CheckDesk } from './checks/check-desk.js';
import { browserClock } from './clock.js';
import { OfflineWatch } from './connection/offline-watch.js';
import { Outbox } from './connection/outbox.js';
import { exponentialReconnect } from './connection/reconnect-policy.js';
import { StudyConnection, type ConnectionState } from './connection/study-connection.js';
import { openSocket, type PushOf, type ServerEvent } from './connection/study-socket.js';
import { Emitter } from './emitter.js';
import { PageIdentity } from './environment.js';
import { Finisher } from './finisher.js';
import { ProctorError, type Proctor, type ProctorEvents, type ProctorOptions } from './options.js';
import { PeopleRequest } from './people-request.js';
import { PlaceKeeper } from './place-keeper.js';
import { PlayGate } from './play-gate.js';
import { ReceiptKeeper } from './receipt.js';
import { CameraSensor, openDefaultCamera } from './sensors/camera.js';
import { Frontier } from './sensors/frontier.js';
import { PlaybackSensor } from './sensors/playback.js';
import { SecondTab } from './sensors/second-tab.js';
import { isInPictureInPicture, isPageVisible, WindowSensor } from './sensors/window.js';
import { panelContainer } from './ui/dom.js';
import { ShadowView } from './ui/shadow-view.js';
import type { Locale } from './ui/texts.js';
import { HEADLESS_VIEW, type AnswerOutcome, type ProctorView } from './ui/view.js';

/** Wires sensors, checks, connection and view together. */
export class LessonProctor implements Proctor {
  readonly #clock = browserClock;
  readonly #events = new Emitter<ProctorEvents>();
  readonly #frontier = new Frontier();
  readonly #outbox = new Outbox();
  readonly #identity = new PageIdentity(this.#clock);
  readonly #locale: Locale;
  readonly #view: ProctorView;
  readonly #playback: PlaybackSensor;
  readonly #window: WindowSensor;
  readonly #camera: CameraSensor;
  readonly #hasCamera: boolean;
  readonly #people: PeopleRequest;
  readonly #secondTab: SecondTab;
  readonly #connection: StudyConnection;
  readonly #offline: OfflineWatch;
  readonly #gate: PlayGate;
  readonly #checks: CheckDesk;
  readonly #finisher: Finisher;
  readonly #place: PlaceKeeper;
  readonly #receipts: ReceiptKeeper;
  #isAttached = false;
  #offlineGraceMs = 30_000;

  constructor(options: ProctorOptions) {
    const clock = this.#clock;
    this.#receipts = new ReceiptKeeper(options.commitment);
    this.#locale = options.locale ?? 'zh';
    this.#view = options.headless === true ? HEADLESS_VIEW : new ShadowView(panelContainer(options), this.#locale, this);
    this.#playback = this.#watchPlayback(options.video);
    this.#window = this.#watchWindow(options.video);
    this.#hasCamera = options.camera !== null;
    this.#camera = new CameraSensor(options.camera ?? openDefaultCamera, clock, {
      onLost: () => this.#cameraChanged('CAMERA_LOST'),
      onBack: () => this.#cameraChanged('CAMERA_BACK'),
      onChanged: () => this.#report('CAMERA_CHANGED', this.#camera.name),
      onObserved: (detail) => this.#report('CAMERA_OBSERVED', detail),
    });
    this.#secondTab = new SecondTab(this.#identity.instanceId, {
      onOccupied: () => this.#gate.place === 'JOINING' && this.#gate.override('PLACE_TAKEN'),
      onAsked: () => this.#report('SECOND_TAB_BLOCKED'),
      onTaken: () => this.#place.taken('continued in another tab'),
    });
    this.#gate = new PlayGate({
      playback: this.#playback,
      view: this.#view,
      isSettled: () => this.#outbox.size === 0,
      onReasons: (reasons) => this.#checks.closeUnlessHeld(reasons),
      onHold: (change) => this.#events.emit('hold', change),
      onRelease: (positionMs) => this.#events.emit('release', { positionMs }),
    });
    this.#offline = new OfflineWatch(clock, (isOffline) => this.#gate.local('OFFLINE', isOffline));
    this.#connection = this.#connect(options);
    this.#people = new PeopleRequest(this.#connection);
    this.#place = new PlaceKeeper({
      reopen: options.reopen,
      connection: this.#connection,
      gate: this.#gate,
      secondTab: this.#secondTab,
      onTaken: (message) => this.#events.emit('place.taken', { message }),
      onError: (error) => this.#events.emit('error', error),
    });
    this.#checks = new CheckDesk({
      clock,
      connection: this.#connection,
      camera: this.#camera,
      view: this.#view,
      onPopup: (popup) => this.#events.emit('popup', popup),
      onLiveness: (request) => this.#events.emit('liveness', request),
      onStep: (step) => this.#events.emit('liveness.step', step),
    });
    this.#finisher = new Finisher({
      clock,
      request: () => this.#connection.request('session.finish', {}),
      hasUnsent: () => this.#outbox.size > 0,
      playFrom: (positionMs) => this.#playback.playFrom(positionMs),
      onFinished: (finished) => this.#events.emit('finished', finished),
    });
  }

  async start(): Promise<void> {
    if (this.#gate.place === 'OVER') throw new ProctorError('SESSION_CLOSED', 'this lesson is over on this page');
    if (!this.#isAttached) {
      this.#isAttached = true;
      this.#playback.attach();
      this.#playback.play();
    }
    try {
      if (this.#hasCamera) this.#view.camera(await this.#camera.start());
    } catch (cause) {
      const error = new ProctorError('CAMERA_UNAVAILABLE', cause instanceof Error ? cause.message : String(cause));
      if (this.#connection.state === 'IDLE') this.#gate.override('NO_CAMERA');
      this.#events.emit('error', error);
      throw error;
    }
    if (this.#connection.state === 'IDLE') this.#begin();
  }

  finish(): Promise<Finished> {
    return this.#finisher.finish();
  }

  stop(): void {
    this.#end();
    this.#view.destroy();
    this.#events.clear();
  }

  on<K extends keyof ProctorEvents>(event: K, listener: (payload: ProctorEvents[K]) => void): () => void {
    return this.#events.on(event, listener);
  }

  answerPopup(answer: string, trusted: boolean): Promise<AnswerOutcome> {
    return this.#checks.answerPopup(answer, trusted);
  }

  beginLiveness(): void {
    this.#checks.beginLiveness();
  }

  resume(): void {
    if (this.#gate.isHeldFor('POPUP_MISSED')) this.#report('TRAINEE_RETURNED');
    this.#gate.needsClick(false);
    this.#playback.play();
  }

  continueHere(): void {
    void this.#place.takeOver();
  }

  retryCamera(): void {
    // The refusal has been told by an event and on the page.
    void this.start().catch(() => undefined);
  }

  async requestAlternative(reason: AlternativeReason): Promise<void> {
    const asked = this.#people.ask(reason);
    // Without a camera the lesson has not begun: it is joined so that people can be asked.
    if (this.#connection.state === 'IDLE') this.#begin();
    await asked;
  }

  #begin(): void {
    this.#gate.override(null);
    this.#window.attach();
    this.#secondTab.ask();
    this.#connection.open();
  }

  #watchPlayback(video: HTMLVideoElement): PlaybackSensor {
    return new PlaybackSensor({
      video,
      frontier: this.#frontier,
      clock: this.#clock,
      isVisible: isPageVisible,
      isInPictureInPicture: () => isInPictureInPicture(video),
      observer: {
        onBeat: (beat) => {
          if (beat.state === 'PLAYING') {
            this.#finisher.resumed();
            this.#gate.needsClick(false);
          }
          this.#outbox.push({ kind: 'beat', beat });
          this.#connection.flush();
        },
        onReport: (kind, detail) => this.#report(kind, detail),
        onEnded: () => this.#finisher.ended(),
        onPlayRefused: () => this.#gate.needsClick(true),
      },
    });
  }

  #watchWindow(video: HTMLVideoElement): WindowSensor {
    return new WindowSensor(video, {
      onReport: (kind) => this.#report(kind),
      onVisibility: (isVisible) => this.#gate.local('WINDOW', !isVisible),
      onPageHide: () => this.#playback.flush(),
    });
  }

  #connect(options: ProctorOptions): StudyConnection {
    return new StudyConnection({
      access: options,
      openSocket: options.openSocket ?? openSocket,
      reconnect: options.reconnect ?? exponentialReconnect(),
      clock: this.#clock,
      outbox: this.#outbox,
      describe: (takeover) => this.#identity.describe(takeover, this.#camera.label),
      observer: {
        onState: (state) => this.#connectionChanged(state),
        onJoined: (joined) => this.#joined(joined),
        onBeatAck: (ack, beat) => {
          this.#frontier.acknowledged(beat.positionMs, ack.frontierMs);
          this.#view.credited(ack.creditedMs);
        },
        onDrained: () => this.#finisher.check(),
        onPlaceTaken: (error) => this.#place.taken(error.message),
        onFinal: (error) => this.#final(error),
        onPush: (event, message) => this.#pushed(event, message),
      },
    });
  }

  #joined(joined: Joined): void {
    const { policy, progress } = joined;
    this.#receipts.joined(joined);
    this.#offlineGraceMs = policy.offlineGraceMs;
    this.#playback.configure({ heartbeatMs: policy.heartbeatMs, maxRate: policy.maxRate, durationMs: progress.durationMs });
    this.#frontier.credited(progress.frontierMs);
    if (this.#gate.place === 'JOINING' && progress.frontierMs > this.#playback.positionMs) {
      this.#playback.seekTo(progress.frontierMs);
    }
    this.#place.held();
    this.#events.emit('joined', joined);
    // The holds before the place: nothing may play in between.
    this.#gate.server(progress.holds, progress.frontierMs);
    if (this.#gate.place !== 'HELD_HERE') this.#gate.enter('HELD_HERE');
    this.#progressed(progress);
    this.#checks.restore(joined.pending);
    void this.#people.tell();
  }

  #pushed<E extends ServerEvent>(event: E, message: PushOf<E>): void {
    const handlers: { readonly [K in ServerEvent]: (message: PushOf<K>) => void } = {
      'popup.show': (popup) => {
        this.#gate.serverAlso('POPUP');
        this.#checks.showPopup(popup);
      },
      'liveness.request': (request) => {
        this.#gate.serverAlso('FACE_CHECK');
        this.#checks.askLiveness(request);
      },
      'snapshot.request': (request) => void this.#checks.takeSnapshot(request),
      'playback.hold': ({ holds, positionMs }) => this.#gate.server(holds, positionMs),
      'playback.release': ({ positionMs }) => this.#gate.server([], positionMs),
      'session.progress': (progress) => this.#progressed(progress),
      'session.closed': (closed) => this.#closed(closed),
    };
    handlers[event](message);
  }

  #progressed(progress: SessionProgress): void {
    this.#frontier.credited(progress.frontierMs);
    this.#view.progress(progress);
    this.#events.emit('progress', progress);
    this.#gate.server(progress.holds, null);
    this.#finisher.progress(progress);
  }

  #closed(closed: SessionClosed): void {
    // A server that stops is followed by another one: the connection comes back by itself.
    if (closed.reason === 'SERVER_STOPPING') return;
    if (closed.reason === 'TAKEN_OVER') return this.#place.taken(closed.message[this.#locale]);
    this.#end();
    this.#view.closed(closed);
    // Without WebCrypto (a page over plain HTTP) there is no receipt; the end is told all the same.
    void this.#receipts.closed(closed).catch(() => null).then((receipt) => {
      if (receipt !== null) this.#events.emit('receipt', receipt);
      this.#events.emit('closed', closed);
    });
  }

  #final(error: WireError): void {
    this.#end();
    this.#view.failed(error.message);
    this.#events.emit('error', new ProctorError(error.code, error.message));
  }

  #end(): void {
    this.#gate.enter('OVER');
    this.#offline.stop();
    this.#finisher.stop();
    this.#playback.detach();
    this.#window.detach();
    this.#secondTab.close();
    this.#camera.stop();
    this.#view.camera(null);
    this.#connection.close();
  }

  #connectionChanged(state: ConnectionState): void {
    if (this.#gate.place === 'HELD_HERE') this.#offline.changed(state, this.#connection.lastContactAt, this.#offlineGraceMs);
    this.#events.emit('connection', { state, dropped: this.#outbox.dropped });
  }

  #cameraChanged(kind: 'CAMERA_LOST' | 'CAMERA_BACK'): void {
    this.#report(kind, this.#camera.name);
    this.#gate.local('CAMERA', kind === 'CAMERA_LOST');
  }

  #report(kind: WindowReportKind, detail?: WindowReport['detail']): void {
    this.#outbox.push({ kind: 'report', report: { kind, clientMonoMs: this.#clock.mono(), ...(detail && { detail }) } });
    this.#connection.flush();
  }
}
