import type { Ack, BeatAck, ErrorCode, Joined, PlaybackBeat, SessionJoin, WireError } from '@xuejian/protocol';
import type { Clock } from '../clock.js';
import { BeatChain } from './beat-chain.js';
import type { Outbox } from './outbox.js';
import type { ReconnectPolicy } from './reconnect-policy.js';
import type { AnswerOf, ClientEvent, OpenSocket, PayloadOf, PushOf, ServerEvent, StudySocket } from './study-socket.js';

export type ConnectionState = 'IDLE' | 'CONNECTING' | 'ONLINE' | 'OFFLINE' | 'BLOCKED' | 'CLOSED';

/** Another place of the same person is live: joining again is the trainee's choice, never automatic. */
const PLACE_TAKEN: readonly ErrorCode[] = ['LEASE_LOST', 'R2_ATTEMPT_BLOCKED'];
/** Trying again cannot help. */
const FINAL: readonly ErrorCode[] = [
  'TOKEN_INVALID', 'UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'SESSION_CLOSED', 'CONSENT_REFUSED',
  'REFERENCE_FACE_MISSING', 'NOT_ENROLLED', 'R5_OUT_OF_ORDER', 'LESSON_ALREADY_COMPLETED', 'VALIDATION_FAILED',
];
/** The chain of nonces is broken: only a new join mends it. */
const BROKEN_CHAIN: readonly ErrorCode[] = ['NONCE_INVALID', 'SEQUENCE_GAP', 'NOT_JOINED'];
const BUSY: readonly ErrorCode[] = ['RATE_LIMITED', 'UNAVAILABLE', 'INTERNAL'];

const ACK_TIMEOUT_MS = 8_000;
const BUSY_DELAY_MS = 1_000;
const MAX_REFUSALS = 3;

export interface ConnectionObserver {
  onState(state: ConnectionState): void;
  onJoined(joined: Joined): void;
  onBeatAck(ack: BeatAck, beat: PlaybackBeat): void;
  /** Everything captured so far has been acknowledged. */
  onDrained(): void;
  onPlaceTaken(error: WireError): void;
  onFinal(error: WireError): void;
  onPush<E extends ServerEvent>(event: E, message: PushOf<E>): void;
}

export interface StudyConnectionParts {
  readonly access: { readonly socketUrl: string; readonly token: string };
  readonly openSocket: OpenSocket;
  readonly reconnect: ReconnectPolicy;
  readonly clock: Clock;
  readonly outbox: Outbox;
  readonly describe: (takeover: boolean) => SessionJoin;
  readonly observer: ConnectionObserver;
}

const PUSHES = [
  'popup.show', 'snapshot.request', 'liveness.request', 'playback.hold', 'playback.release', 'session.progress', 'session.closed',
] as const satisfies readonly ServerEvent[];

/** Keeps one place joined: connects, joins, empties the outbox in order, comes back after a drop. */
export class StudyConnection {
  readonly #chain = new BeatChain();
  #socket: StudySocket | null = null;
  #state: ConnectionState = 'IDLE';
  #takeover = false;
  #access: StudyConnectionParts['access'];
  #isSending = false;
  #refusals = 0;
  #attempt = 0;
  #lostAt: number | null = null;
  #lastContactAt: number;
  #cancelRetry: (() => void) | null = null;

  constructor(private readonly parts: StudyConnectionParts) {
    this.#lastContactAt = parts.clock.mono();
    this.#access = parts.access;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Monotonic time at which the server was last heard of, ms. */
  get lastContactAt(): number {
    return this.#lastContactAt;
  }

  /** Joins, or with `takeover` joins although another place is live; `access` replaces an outdated token. */
  open(takeover = false, access: StudyConnectionParts['access'] = this.#access): void {
    if (this.#state === 'CLOSED') return;
    this.#access = access;
    this.#takeover = takeover;
    this.#cancelRetry?.();
    this.#cancelRetry = null;
    this.#attempt = 0;
    this.#connect();
  }

  /** Sends what the outbox holds; called after every push into it. */
  flush(): void {
    if (this.#state !== 'ONLINE' || this.#isSending || !this.#socket) return;
    const entry = this.parts.outbox.take();
    if (!entry) return;
    this.#isSending = true;
    const socket = this.#socket;
    const sent =
      entry.kind === 'beat'
        ? this.#sendBeat(socket, this.#chain.seal(entry.beat))
        : socket.send('window.report', entry.report, ACK_TIMEOUT_MS);
    sent.then(
      (answer) => this.#answered(socket, answer),
      () => this.#lost(socket),
    );
  }

  /** One request outside the chain (answers, pictures, the finish). Rejects when the connection is lost. */
  async request<E extends ClientEvent>(event: E, payload: PayloadOf<E>, timeoutMs = ACK_TIMEOUT_MS): Promise<AnswerOf<E>> {
    if (this.#state !== 'ONLINE' || !this.#socket) throw new Error('not connected');
    const answer = await this.#socket.send(event, payload, timeoutMs);
    this.#heard();
    return answer;
  }

  /** Lets go of the place without coming back by itself. */
  block(): void {
    this.parts.outbox.clear('PLACE_LOST');
    this.#detach();
    this.#enter('BLOCKED');
  }

  close(): void {
    this.parts.outbox.clear('CLOSED');
    this.#detach();
    this.#enter('CLOSED');
  }

  #connect(): void {
    this.#detach();
    this.#enter(this.#lostAt === null ? 'CONNECTING' : 'OFFLINE');
    const socket = this.parts.openSocket(this.#access.socketUrl, this.#access.token);
    this.#socket = socket;
    const current = (callback: () => void) => () => {
      if (this.#socket === socket) callback();
    };
    socket.onConnect(current(() => void this.#join(socket)));
    socket.onDisconnect(current(() => this.#lost(socket)));
    socket.onConnectError((code, message) => {
      if (this.#socket !== socket) return;
      const error = { code: code as ErrorCode, message };
      if (code !== null && PLACE_TAKEN.includes(error.code)) this.#placeTaken(error);
      else if (code !== null && FINAL.includes(error.code)) this.#final(error);
      else this.#lost(socket);
    });
    for (const event of PUSHES) {
      socket.onPush(event, (message) => {
        if (this.#socket !== socket) return;
        this.#heard();
        this.parts.observer.onPush(event, message);
      });
    }
    socket.connect();
  }

  async #join(socket: StudySocket): Promise<void> {
    let answer: Ack<Joined>;
    try {
      answer = await socket.send('session.join', this.parts.describe(this.#takeover), ACK_TIMEOUT_MS);
    } catch {
      this.#lost(socket);
      return;
    }
    if (this.#socket !== socket) return;
    this.#heard();
    if (!answer.ok) {
      if (PLACE_TAKEN.includes(answer.error.code)) this.#placeTaken(answer.error);
      else if (FINAL.includes(answer.error.code)) this.#final(answer.error);
      else this.#lost(socket);
      return;
    }
    if (this.#chain.joined(answer)) this.parts.outbox.settle();
    this.#takeover = false;
    this.#attempt = 0;
    this.#lostAt = null;
    this.#enter('ONLINE');
    this.parts.observer.onJoined(answer);
    this.flush();
  }

  async #sendBeat(socket: StudySocket, beat: PlaybackBeat): Promise<Ack> {
    const answer = await socket.send('playback.beat', beat, ACK_TIMEOUT_MS);
    if (answer.ok && this.#socket === socket) {
      this.#chain.acknowledged(answer);
      this.parts.observer.onBeatAck(answer, beat);
    }
    return answer;
  }

  #answered(socket: StudySocket, answer: Ack): void {
    if (this.#socket !== socket) return;
    this.#isSending = false;
    this.#heard();
    if (answer.ok) {
      this.#refusals = 0;
      this.parts.outbox.settle();
      if (this.parts.outbox.size === 0) this.parts.observer.onDrained();
      this.flush();
      return;
    }
    const { code } = answer.error;
    if (PLACE_TAKEN.includes(code)) return this.#placeTaken(answer.error);
    if (code === 'SESSION_CLOSED') return this.#final(answer.error);
    this.#refusals += 1;
    if (this.#refusals >= MAX_REFUSALS || !(BUSY.includes(code) || BROKEN_CHAIN.includes(code))) {
      this.#refusals = 0;
      this.parts.outbox.refuse();
    }
    if (BROKEN_CHAIN.includes(code)) return this.#lost(socket);
    const delayMs = BUSY.includes(code) ? BUSY_DELAY_MS : 0;
    this.parts.clock.after(delayMs, () => this.flush());
  }

  #placeTaken(error: WireError): void {
    this.block();
    this.parts.observer.onPlaceTaken(error);
  }

  #final(error: WireError): void {
    this.close();
    this.parts.observer.onFinal(error);
  }

  #lost(socket: StudySocket): void {
    if (this.#socket !== socket || this.#state === 'CLOSED' || this.#state === 'BLOCKED') return;
    this.#detach();
    this.#lostAt ??= this.parts.clock.mono();
    this.#attempt += 1;
    this.#enter('OFFLINE');
    const delayMs = this.parts.reconnect({ attempt: this.#attempt, elapsedMs: this.parts.clock.mono() - this.#lostAt });
    if (delayMs === null) {
      this.#final({ code: 'UNAVAILABLE', message: '长时间无法连接服务器，请检查网络后重新打开本页。' });
      return;
    }
    this.#cancelRetry = this.parts.clock.after(delayMs, () => this.#connect());
  }

  #detach(): void {
    this.#cancelRetry?.();
    this.#cancelRetry = null;
    this.#isSending = false;
    const socket = this.#socket;
    this.#socket = null;
    socket?.disconnect();
  }

  #heard(): void {
    this.#lastContactAt = this.parts.clock.mono();
  }

  #enter(state: ConnectionState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.parts.observer.onState(state);
  }
}
