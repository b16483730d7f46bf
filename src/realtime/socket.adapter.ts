import { Logger, type INestApplicationContext } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { createAdapter } from '@socket.io/redis-streams-adapter';
import { LIMITS } from '@xuejian/protocol';
import * as parser from 'socket.io-parser';
import { OwnedRedis } from '../common/owned-redis.js';
import type { Config } from '../config/config.js';

type NamespaceAdapter = ReturnType<ReturnType<typeof createAdapter>>;
type Namespace = Parameters<ReturnType<typeof createAdapter>>[0];
type ServerOptions = NonNullable<Parameters<IoAdapter['createIOServer']>[1]>;

/** How often a silent connection is probed, and how long it may take to answer. */
const PING_INTERVAL_MS = 10_000;
const PING_TIMEOUT_MS = 10_000;

/** A liveness burst carries each of its frames as an attachment; the parser would refuse more than ten. */
class BurstDecoder extends parser.Decoder {
  constructor() {
    super({ maxAttachments: LIMITS.framesPerBurst });
  }
}

/**
 * Socket.io for Nest's gateways. WebSocket alone, so that no load balancer needs sticky sessions; with Redis the
 * rooms reach over all nodes. Resuming is the product's own (token, sequence, outbox), not socket.io's.
 */
export class SocketAdapter extends IoAdapter {
  private readonly log = new Logger(SocketAdapter.name);
  private readonly redis: OwnedRedis | null;
  private readonly acrossNodes: NamespaceAdapter[] = [];

  constructor(app: INestApplicationContext, { redisUrl }: Pick<Config, 'redisUrl'>) {
    super(app);
    this.redis = redisUrl === null ? null : new OwnedRedis(redisUrl);
    this.redis?.on('error', (error: Error) => this.log.warn({ err: error }, 'Redis connection'));
  }

  override createIOServer(port: number, options?: ServerOptions): ReturnType<IoAdapter['createIOServer']> {
    return super.createIOServer(port, {
      ...options,
      ...(this.redis === null ? {} : { adapter: this.adapterAcrossNodes(this.redis) }),
      parser: { Encoder: parser.Encoder, Decoder: BurstDecoder },
      transports: ['websocket'],
      maxHttpBufferSize: LIMITS.socketMessageBytes,
      perMessageDeflate: false,
      serveClient: false,
      pingInterval: PING_INTERVAL_MS,
      pingTimeout: PING_TIMEOUT_MS,
    } as ServerOptions);
  }

  /**
   * The adapters read their stream until they are closed: over a connection that has been let go they would try again
   * without a pause, and the process would never come to its end.
   */
  override async dispose(): Promise<void> {
    await super.dispose();
    for (const adapter of this.acrossNodes) await adapter.close();
    this.redis?.release();
  }

  private adapterAcrossNodes(redis: OwnedRedis): (namespace: Namespace) => NamespaceAdapter {
    const make = createAdapter(redis, { streamName: 'xuejian:sockets', channelPrefix: 'xuejian:sockets' });
    const { acrossNodes } = this;
    // Called with `new` by socket.io: an arrow function would not do.
    return function adapterOf(namespace) {
      const adapter = make(namespace);
      acrossNodes.push(adapter);
      return adapter;
    };
  }
}
