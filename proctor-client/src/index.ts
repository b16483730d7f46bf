/**
 * The browser SDK. One object keeps one lesson under the rules:
 *
 *     const proctor = createProctor({ video, token, socketUrl });
 *     proctor.on('closed', ({ verdict, message }) => …);
 *     await proctor.start();
 */
import { LessonProctor } from './lesson-proctor.js';
import type { Proctor, ProctorOptions } from './options.js';

export type {
  ConnectionChange,
  HoldChange,
  Proctor,
  ProctorErrorCode,
  ProctorEvents,
  ProctorOptions,
  SessionAccess,
} from './options.js';
export { ProctorError } from './options.js';
export type { LivenessPromptKind, LivenessStep } from './checks/liveness-run.js';
export type { DropCounts, DropReason } from './connection/outbox.js';
export type { ExponentialReconnect, ReconnectAttempt, ReconnectPolicy } from './connection/reconnect-policy.js';
export { exponentialReconnect } from './connection/reconnect-policy.js';
export type { ConnectionState } from './connection/study-connection.js';
export type { OpenSocket, StudySocket } from './connection/study-socket.js';
export type { Receipt } from './receipt.js';
export type { AnswerOutcome } from './ui/view.js';
export type { Locale } from './ui/texts.js';

/** Puts a lesson under supervision; nothing happens before `start`. */
export const createProctor = (options: ProctorOptions): Proctor => new LessonProctor(options);
