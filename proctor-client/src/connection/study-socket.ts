import type { Ack, ClientToServerEvents, ServerToClientEvents } from '@xuejian/protocol';
import { io, type Socket } from 'socket.io-client';

export type ClientEvent = keyof ClientToServerEvents;
export type ServerEvent = keyof ServerToClientEvents;
export type PayloadOf<E extends ClientEvent> = Parameters<ClientToServerEvents[E]>[0];
export type AnswerOf<E extends ClientEvent> = Parameters<Parameters<ClientToServerEvents[E]>[1]>[0];
export type PushOf<E extends ServerEvent> = Parameters<ServerToClientEvents[E]>[0];

/** What the connection needs of a socket: replaced by a fake in unit specs. */
export interface StudySocket {
  connect(): void;
  disconnect(): void;
  onConnect(callback: () => void): void;
  onDisconnect(callback: () => void): void;
  /** `code` is the server's refusal of the handshake, or null when the network failed. */
  onConnectError(callback: (code: string | null, message: string) => void): void;
  onPush<E extends ServerEvent>(event: E, callback: (message: PushOf<E>) => void): void;
  /** Rejects when no acknowledgement comes in time or the connection is lost. */
  send<E extends ClientEvent>(event: E, payload: PayloadOf<E>, timeoutMs: number): Promise<AnswerOf<E>>;
}

export type OpenSocket = (socketUrl: string, token: string) => StudySocket;

const withNamespace = (socketUrl: string): string => {
  const url = new URL(socketUrl, globalThis.location?.href);
  if (url.pathname === '/') url.pathname = '/study';
  return url.href;
};

/** Websocket only: no sticky sessions, and one transport to reason about. Reconnecting is ours. */
export const openSocket: OpenSocket = (socketUrl, token) => {
  const socket: Socket<ServerToClientEvents, ClientToServerEvents> = io(withNamespace(socketUrl), {
    transports: ['websocket'],
    auth: { token },
    reconnection: false,
    autoConnect: false,
    forceNew: true,
  });
  return {
    connect: () => void socket.connect(),
    disconnect: () => void socket.disconnect(),
    onConnect: (callback) => void socket.on('connect', callback),
    onDisconnect: (callback) => void socket.on('disconnect', () => callback()),
    onConnectError: (callback) =>
      void socket.on('connect_error', (error: Error & { data?: { code?: unknown } }) => {
        const code = error.data?.code;
        callback(typeof code === 'string' ? code : null, error.message);
      }),
    onPush: (event, callback) => void socket.on(event, callback as never),
    send: <E extends ClientEvent>(event: E, payload: PayloadOf<E>, timeoutMs: number) =>
      new Promise<AnswerOf<E>>((resolve, reject) => {
        // Without a connection socket.io would keep the message for later; the outbox is the only memory here.
        if (!socket.connected) return reject(new Error('not connected'));
        const settle = (error: Error | null, answer: Ack): void => (error ? reject(error) : resolve(answer as AnswerOf<E>));
        (socket.timeout(timeoutMs) as unknown as { emit(event: string, ...args: unknown[]): void }).emit(event, payload, settle);
      }),
  };
};
