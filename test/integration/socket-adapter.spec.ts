import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Module, UseFilters, type INestApplication, type NestApplicationOptions } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MessageBody, SubscribeMessage, WebSocketGateway, WebSocketServer } from '@nestjs/websockets';
import { LIMITS, type Ack } from '@xuejian/protocol';
import { Redis } from 'ioredis';
import { io, type Socket } from 'socket.io-client';
import { z } from 'zod';
import { Problem } from '../../src/common/problem.js';
import { WsProblemFilter } from '../../src/common/ws-problem.filter.js';
import { ZodPipe } from '../../src/common/zod.pipe.js';
import { SocketAdapter } from '../../src/realtime/socket.adapter.js';
import { startTestRedis, type TestRedis } from '../support/redis.js';

/** What the test needs of a namespace: to speak to everyone, on every node. */
interface Everyone {
  emit(event: string, ...values: readonly unknown[]): void;
}

@WebSocketGateway({ namespace: '/probe' })
@UseFilters(WsProblemFilter)
class ProbeGateway {
  @WebSocketServer()
  readonly everyone: Everyone;

  @SubscribeMessage('echo')
  echo(@MessageBody(new ZodPipe(z.strictObject({ text: z.string() }))) message: { readonly text: string }) {
    return { ok: true, text: message.text };
  }

  @SubscribeMessage('refuse')
  refuse(): never {
    throw new Problem(409, 'LEASE_LOST', '已在别处学习');
  }

  @SubscribeMessage('break')
  break(): never {
    throw new Error('select * from secret_table');
  }
}

@Module({ providers: [ProbeGateway] })
class ProbeModule {}

interface Node {
  readonly app: INestApplication;
  readonly url: string;
  readonly gateway: ProbeGateway;
}

async function startNode(redisUrl: string | null, options: NestApplicationOptions = {}): Promise<Node> {
  const app = await NestFactory.create(ProbeModule, { logger: false, ...options });
  app.useWebSocketAdapter(new SocketAdapter(app, { redisUrl }));
  await app.listen(0, '127.0.0.1');
  return { app, url: `${await app.getUrl()}/probe`, gateway: app.get(ProbeGateway) };
}

/** Commands sent to Redis from now on; after so many that nothing answers, they are left hanging so that the test can end. */
function countCommands(limit: number): { readonly sent: () => number; readonly stop: () => void } {
  const { sendCommand } = Redis.prototype;
  let sent = 0;
  Redis.prototype.sendCommand = function counted(this: Redis, ...command) {
    sent += 1;
    return sent > limit ? new Promise(() => undefined) : sendCommand.apply(this, command);
  };
  return { sent: () => sent, stop: () => void (Redis.prototype.sendCommand = sendCommand) };
}

const connect = (url: string, transports: string[] = ['websocket']): Socket => io(url, { transports, forceNew: true, reconnection: false });

const connected = (socket: Socket): Promise<Socket> =>
  new Promise((resolve, reject) => {
    socket.once('connect', () => resolve(socket));
    socket.once('connect_error', reject);
  });

describe('the socket edge', () => {
  let node: Node;
  let socket: Socket;

  beforeAll(async () => {
    node = await startNode(null);
    socket = await connected(connect(node.url));
  });
  afterAll(async () => {
    socket.disconnect();
    await node.app.close();
  });

  const send = (event: string, message: unknown): Promise<Ack> => socket.timeout(5000).emitWithAck(event, message) as Promise<Ack>;

  it('acknowledges what it takes', async () => {
    await expect(send('echo', { text: '你好' })).resolves.toEqual({ ok: true, text: '你好' });
  });

  it('acknowledges what it refuses, with a code', async () => {
    await expect(send('refuse', {})).resolves.toEqual({ ok: false, error: { code: 'LEASE_LOST', message: '已在别处学习' } });
    await expect(send('echo', { text: 'a', more: 1 })).resolves.toMatchObject({ ok: false, error: { code: 'VALIDATION_FAILED' } });
    await expect(send('echo', null)).resolves.toMatchObject({ ok: false, error: { code: 'VALIDATION_FAILED' } });
  });

  it('acknowledges even a bug, without telling about it', async () => {
    const answer = await send('break', {});
    expect(answer).toMatchObject({ ok: false, error: { code: 'INTERNAL' } });
    expect(JSON.stringify(answer)).not.toContain('secret_table');
  });

  it('speaks WebSocket alone', async () => {
    await expect(connected(connect(node.url, ['polling']))).rejects.toThrow();
  });

  it('cuts off who sends more than a message may hold', async () => {
    const flooder = await connected(connect(node.url));
    const cut = new Promise<string>((resolve) => flooder.once('disconnect', resolve));
    flooder.emit('echo', { text: 'x'.repeat(LIMITS.socketMessageBytes + 1) });
    await expect(cut).resolves.toMatch(/transport/);
  });
});

describe('sockets on two nodes with Redis', () => {
  let redis: TestRedis;
  let nodes: readonly Node[];

  beforeAll(async () => {
    redis = await startTestRedis();
    nodes = await Promise.all([startNode(redis.url), startNode(redis.url)]);
  }, 20_000);
  afterAll(async () => {
    await Promise.all(nodes.map(({ app }) => app.close()));
    await redis.stop();
  });

  it('hear what either node says to everyone', async () => {
    const [first, second] = nodes as readonly [Node, Node];
    const sockets = await Promise.all([connected(connect(first.url)), connected(connect(second.url))]);
    const heard = Promise.all(sockets.map((each) => new Promise((resolve) => each.once('news', resolve))));
    // A node hears from the moment its reader stands at the end of the stream, which no call tells: so it is said until heard.
    const speaker = setInterval(() => first.gateway.everyone.emit('news', { bytes: Buffer.from([1, 2]), text: '新' }), 100);
    const news = await heard.finally(() => clearInterval(speaker));
    expect(news).toEqual([
      { bytes: Buffer.from([1, 2]), text: '新' },
      { bytes: Buffer.from([1, 2]), text: '新' },
    ]);
    for (const each of sockets) each.disconnect();
  }, 20_000);

  it('are silent once their node has ended, also when its connections were cut by force', async () => {
    const ending = await startNode(redis.url, { forceCloseConnections: true });
    const socket = await connected(connect(ending.url));
    await ending.app.close();
    const commands = countCommands(1_000);
    await new Promise((resolve) => setTimeout(resolve, 100));
    commands.stop();
    expect(commands.sent()).toBeLessThan(50);
    socket.disconnect();
  });
});
