import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Joined, PlaybackBeat, WireError } from '@xuejian/protocol';
import { Server } from 'socket.io';
import { browserClock } from '../clock.js';
import { Outbox, type BeatDraft } from './outbox.js';
import { StudyConnection, type ConnectionState } from './study-connection.js';
import { openSocket } from './study-socket.js';

type Answer = (answer: object) => void;

/** A server that keeps to the contract of the chain and no more. */
class TinyServer {
  readonly stored: PlaybackBeat[] = [];
  readonly joins: { readonly takeover: boolean }[] = [];
  /** Answers the join instead of accepting it. */
  refuseJoin: ((takeover: boolean) => WireError | null) = () => null;
  /** Stores the next beat but loses the acknowledgement with the connection. */
  dropAfterStoring = false;
  beatRefusals: WireError[] = [];
  #nonce = '0';
  #http: HttpServer | null = null;
  #io: Server | null = null;

  async listen(port = 0): Promise<number> {
    const http = createServer();
    this.#http = http;
    this.#io = new Server(http, { transports: ['websocket'] });
    this.#io.of('/study').on('connection', (socket) => {
      socket.on('session.join', ({ takeover }: { takeover: boolean }, answer: Answer) => {
        this.joins.push({ takeover });
        const error = this.refuseJoin(takeover);
        if (error) return answer({ ok: false, error });
        this.#nonce = `join-${this.joins.length}`;
        answer({ ok: true, nonce: this.#nonce, lastSeq: this.stored.length });
      });
      socket.on('playback.beat', (beat: PlaybackBeat, answer: Answer) => {
        const refusal = this.beatRefusals.shift();
        if (refusal) return answer({ ok: false, error: refusal });
        if (beat.seq !== this.stored.length + 1 || beat.nonce !== this.#nonce) {
          return answer({ ok: false, error: { code: 'SEQUENCE_GAP', message: '' } });
        }
        this.stored.push(beat);
        if (this.dropAfterStoring) {
          this.dropAfterStoring = false;
          socket.conn.close(true);
          return;
        }
        this.#nonce = `ack-${beat.seq}`;
        answer({ ok: true, seq: beat.seq, nonce: this.#nonce, creditedMs: 0, frontierMs: 0 });
      });
      socket.on('window.report', (_report: unknown, answer: Answer) => answer({ ok: true }));
    });
    await new Promise<void>((resolve) => http.listen(port, '127.0.0.1', resolve));
    return (http.address() as AddressInfo).port;
  }

  async kill(): Promise<void> {
    this.#io?.disconnectSockets(true);
    await new Promise<void>((resolve) => (this.#io ? void this.#io.close(() => resolve()) : resolve()));
    this.#http?.closeAllConnections();
  }
}

const beat = (positionMs: number): BeatDraft => ({
  positionMs, rate: 1, state: 'PLAYING', clientMonoMs: positionMs, clientWallAt: 1, visible: true, pictureInPicture: false,
});

describe('study connection', () => {
  let server: TinyServer;
  let port: number;
  let outbox: Outbox;
  let connection: StudyConnection;
  let states: ConnectionState[];
  let joined: Joined[];
  let taken: WireError[];
  let final: WireError[];
  let wake: () => void;

  const until = async (isTrue: () => boolean): Promise<void> => {
    while (!isTrue()) await new Promise<void>((resolve) => (wake = resolve));
  };
  const push = (positionMs: number): void => {
    outbox.push({ kind: 'beat', beat: beat(positionMs) });
    connection.flush();
  };

  beforeEach(async () => {
    wake = () => undefined;
    [states, joined, taken, final] = [[], [], [], []];
    server = new TinyServer();
    port = await server.listen();
    outbox = new Outbox();
    const noted = <T>(list: T[]) => (item: T) => {
      list.push(item);
      wake();
    };
    connection = new StudyConnection({
      access: { socketUrl: `http://127.0.0.1:${port}`, token: 'token' },
      openSocket,
      reconnect: () => 10,
      clock: browserClock,
      outbox,
      describe: (takeover) => ({ takeover }) as never,
      observer: {
        onState: noted(states),
        onJoined: noted(joined),
        onBeatAck: () => wake(),
        onDrained: () => wake(),
        onPlaceTaken: noted(taken),
        onFinal: noted(final),
        onPush: () => wake(),
      },
    });
  });

  afterEach(async () => {
    connection.close();
    await server.kill();
  });

  it('sends what was captured before the join, in order and chained', async () => {
    [0, 1_000, 2_000].forEach(push);
    connection.open();
    await until(() => outbox.size === 0);
    expect(server.stored.map(({ seq, nonce, positionMs }) => [seq, nonce, positionMs])).toEqual([
      [1, 'join-1', 0], [2, 'ack-1', 1_000], [3, 'ack-2', 2_000],
    ]);
  });

  it('does not send a beat twice when only its acknowledgement was lost', async () => {
    connection.open();
    await until(() => joined.length === 1);
    server.dropAfterStoring = true;
    [0, 1_000].forEach(push);
    await until(() => outbox.size === 0);
    expect(server.stored.map(({ positionMs }) => positionMs)).toEqual([0, 1_000]);
    expect(server.joins).toHaveLength(2);
  });

  it('comes back after the server was killed, and delivers what was captured meanwhile', async () => {
    connection.open();
    await until(() => joined.length === 1);
    push(0);
    await until(() => outbox.size === 0);
    await server.kill();
    await until(() => states.at(-1) === 'OFFLINE');
    [1_000, 2_000].forEach(push);
    await server.listen(port);
    await until(() => outbox.size === 0);
    expect(server.stored.map(({ seq, positionMs }) => [seq, positionMs])).toEqual([[1, 0], [2, 1_000], [3, 2_000]]);
  });

  it('joins again when the chain is broken, and gives up on a beat that is refused three times', async () => {
    server.beatRefusals = Array.from({ length: 3 }, () => ({ code: 'NONCE_INVALID' as const, message: '' }));
    [0, 1_000].forEach(push);
    connection.open();
    await until(() => outbox.size === 0);
    expect(server.stored.map(({ positionMs }) => positionMs)).toEqual([1_000]);
    expect(outbox.dropped.REFUSED).toBe(1);
  });

  it('does not join by itself when the place is lost, but takes it over when told to', async () => {
    server.refuseJoin = (takeover) => (takeover ? null : { code: 'R2_ATTEMPT_BLOCKED', message: '另一处' });
    connection.open();
    await until(() => taken.length === 1);
    expect(states.at(-1)).toBe('BLOCKED');
    connection.open(true);
    await until(() => joined.length === 1);
    expect(server.joins).toEqual([{ takeover: false }, { takeover: true }]);
  });

  it('lets go of the place when a beat is answered with the lost lease, and counts what was not sent', async () => {
    server.beatRefusals = [{ code: 'LEASE_LOST', message: '' }];
    [0, 1_000].forEach(push);
    connection.open();
    await until(() => taken.length === 1);
    expect(server.joins).toHaveLength(1);
    expect(outbox.dropped.PLACE_LOST).toBe(2);
  });

  it('ends for good when the session is closed', async () => {
    server.refuseJoin = () => ({ code: 'SESSION_CLOSED', message: '已结束' });
    connection.open();
    await until(() => final.length === 1);
    expect(states.at(-1)).toBe('CLOSED');
    connection.open();
    expect(connection.state).toBe('CLOSED');
  });
});
