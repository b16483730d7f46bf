import { Inject, Logger } from '@nestjs/common';
import { type OnGatewayConnection, type OnGatewayInit, WebSocketGateway } from '@nestjs/websockets';
import type { Ack, ClientToServerEvents, ServerToClientEvents } from '@xuejian/protocol';
import {
  alternativeRequestSchema, livenessBurstSchema, playbackBeatSchema, popupAnswerSchema, sessionFinishSchema, sessionJoinSchema, snapshotSubmitSchema, windowReportSchema,
} from '@xuejian/protocol/schemas';
import type { Namespace, Socket } from 'socket.io';
import type { ZodType } from 'zod';
import { Problem } from '../common/problem.js';
import { WsProblemFilter } from '../common/ws-problem.filter.js';
import { parseOrRefuse } from '../common/zod.pipe.js';
import { CONFIG, type Config } from '../config/config.js';
import { SessionInbox } from './session-inbox.js';
import { SessionRegistry } from './session-registry.js';
import { type ClientConnection, leaseLost, type SessionRunner } from './session-runner.js';
import { readToken, type SessionClaims } from './session-token.js';
import { SessionsRepository } from './sessions.repository.js';

interface SocketData {
  readonly claims: SessionClaims;
}
type StudySocket = Socket<ClientToServerEvents, ServerToClientEvents, Record<string, never>, SocketData>;
type Handler<T, A extends object> = (runner: SessionRunner, message: T) => Promise<A | void>;

/**
 * The edge of `/study`. Listeners are registered on the socket itself: on the hot path that costs two thirds of what
 * decorated handlers do.
 */
@WebSocketGateway({ namespace: '/study' })
export class StudyGateway implements OnGatewayInit<Namespace>, OnGatewayConnection<StudySocket> {
  private readonly logger = new Logger(StudyGateway.name);
  private readonly problems = new WsProblemFilter();

  constructor(
    private readonly registry: SessionRegistry,
    private readonly inbox: SessionInbox,
    private readonly sessions: SessionsRepository,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  afterInit(namespace: Namespace): void {
    namespace.use((socket, next) => {
      try {
        (socket.data as { claims: SessionClaims }).claims = readToken(this.config, socket.handshake.auth['token'], Date.now());
        next();
      } catch (error) {
        const { code, message } = this.problems.answerTo(error).error;
        next(Object.assign(new Error(code), { data: { code, message } }));
      }
    });
  }

  handleConnection(socket: StudySocket): void {
    const { sessionId, generation } = socket.data.claims;
    const connection: ClientConnection = { id: socket.id, send: (event, ...message) => void socket.emit(event, ...message) };
    let hasJoined = false;

    const on = <T, A extends object>(event: keyof ClientToServerEvents, schema: ZodType<T>, handle: Handler<T, A>, needsJoin = true): void => {
      socket.on(event, (async (message: unknown, acknowledge: unknown) => {
        const answer = await this.answer(sessionId, schema, message, (runner, parsed) => {
          if (needsJoin && !hasJoined) throw new Problem(409, 'NOT_JOINED', '请先加入学习 / Send session.join first');
          return handle(runner, parsed);
        });
        if (typeof acknowledge === 'function') (acknowledge as (answer: Ack) => void)(answer);
      }) as never);
    };

    on('session.join', sessionJoinSchema, async (runner, message) => {
      const row = await this.sessions.find(sessionId);
      if (row === null || row.tokenGeneration !== generation) throw leaseLost();
      const joined = await this.inbox.join(runner, connection, message, generation > runner.joinedGeneration);
      runner.joinedGeneration = generation;
      hasJoined = true;
      return joined;
    }, false);
    on('playback.beat', playbackBeatSchema, (runner, message) => this.inbox.beat(runner, connection, message));
    on('window.report', windowReportSchema, (runner, message) => this.inbox.report(runner, connection, message));
    on('popup.answer', popupAnswerSchema, (runner, message) => this.inbox.answer(runner, connection, message));
    on('snapshot.submit', snapshotSubmitSchema, (runner, message) => this.inbox.snapshot(runner, connection, message));
    on('liveness.burst', livenessBurstSchema, (runner, message) => this.inbox.burst(runner, connection, message));
    on('alternative.request', alternativeRequestSchema, (runner, message) => this.inbox.requestAlternative(runner, connection, message));
    on('session.finish', sessionFinishSchema, (runner) => this.inbox.finish(runner, connection));

    socket.on('disconnect', () => {
      if (hasJoined) void this.leave(sessionId, connection);
    });
  }

  private async answer<T, A extends object>(sessionId: string, schema: ZodType<T>, message: unknown, handle: Handler<T, A>): Promise<Ack> {
    try {
      const parsed = parseOrRefuse(schema, message);
      const runner = await this.registry.get(sessionId);
      const answer = await runner.run(() => handle(runner, parsed));
      return { ok: true, ...answer };
    } catch (error) {
      return this.problems.answerTo(error);
    }
  }

  private async leave(sessionId: string, connection: ClientConnection): Promise<void> {
    try {
      const runner = await this.registry.get(sessionId);
      await runner.run(() => this.inbox.disconnected(runner, connection));
      this.registry.left(sessionId);
    } catch (error) {
      if (!(error instanceof Problem)) this.logger.error({ err: error, sessionId }, 'leaving failed');
    }
  }
}
