import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PopupShow } from '@xuejian/protocol';
import { Client } from 'pg';
import { createPlatformKey } from '../../src/identity/create-platform.js';
import type { KeyScope } from '../../src/identity/platform.entity.js';
import type { PopupIssued } from '../../src/rules/event.js';
import { actorOf, burstSize, type PersonName } from './camera/actor.js';
import { createTestDatabase } from './database.js';
import { MODELS_DIR } from './face-models.js';
import { freePort } from './free-port.js';
import { type OpenedSession, PlatformClient } from './platform-client.js';
import { type ActorFrames, StudyClient, type StudyClientOptions } from './study-client.js';

type ProcessName = 'main' | 'worker';

/** The built processes over a database of their own. */
export interface Stack {
  readonly baseUrl: string;
  readonly databaseUrl: string;
  readonly logs: readonly string[];
  /** A platform with a key, to teach or to review with. */
  platform(name: string, scope?: KeyScope): Promise<PlatformClient>;
  actor(name: PersonName): Promise<ActorFrames>;
  /** A trainee on the wire; popups are answered as one who can read them does. */
  study(opened: OpenedSession, durationMs: number, actor: ActorFrames, snapshotOf?: StudyClientOptions['snapshotOf']): StudyClient;
  one<T>(sql: string, parameters: readonly unknown[]): Promise<T>;
  answerOf(popup: Pick<PopupShow, 'popupId'>): Promise<string>;
  kill(name: ProcessName, signal: NodeJS.Signals): Promise<void>;
  start(name: ProcessName): Promise<void>;
  stop(): Promise<void>;
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const READY_WITHIN_MS = 60_000;

/** Starts both processes of the build and waits until they are ready. */
export async function startStack(environment: Readonly<Record<string, string>> = {}): Promise<Stack> {
  const database = await createTestDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), 'xuejian-stack-'));
  const port = await freePort();
  const baseUrl = `http://127.0.0.1:${port}`;
  const logs: string[] = [];
  const children = new Map<ProcessName, ChildProcess>();
  const admin = new Client({ connectionString: database.url });
  await admin.connect();

  const start = async (name: ProcessName): Promise<void> => {
    const child = spawn(process.execPath, [join(ROOT, 'dist', `${name}.js`)], {
      cwd: ROOT,
      env: {
        ...process.env, DATABASE_URL: database.url, PORT: String(port), XUEJIAN_DATA_DIR: dataDir, XUEJIAN_SECRET: '5a'.repeat(32),
        FACE_MODELS_DIR: MODELS_DIR, LOG_LEVEL: 'warn', NODE_OPTIONS: '', ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text: Buffer) => logs.push(`${name}: ${text.toString()}`));
    children.set(name, child);
    const timer = setTimeout(() => child.kill('SIGKILL'), READY_WITHIN_MS);
    const said = await Promise.race([once(child, 'message'), once(child, 'exit')]);
    clearTimeout(timer);
    if (said[0] !== 'ready') throw new Error(`${name} did not start:\n${logs.join('')}`);
  };
  const kill = async (name: ProcessName, signal: NodeJS.Signals): Promise<void> => {
    const child = children.get(name);
    children.delete(name);
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  };
  const one = async <T>(sql: string, parameters: readonly unknown[]): Promise<T> => {
    const { rows } = await admin.query(sql, [...parameters]);
    if (rows[0] === undefined) throw new Error(`no row: ${sql}`);
    return rows[0] as T;
  };
  const answerOf = async ({ popupId }: Pick<PopupShow, 'popupId'>): Promise<string> => {
    const { body } = await one<{ body: string }>(`select body from journal_entry where type = 'popup.issued' and body like $1`, [`%${popupId}%`]);
    return (JSON.parse(body) as PopupIssued).expected;
  };
  await Promise.all([start('main'), start('worker')]);
  return {
    baseUrl,
    databaseUrl: database.url,
    logs,
    one,
    answerOf,
    kill,
    start,
    platform: async (name, scope) => new PlatformClient(baseUrl, (await createPlatformKey(database.url, name, scope)).key),
    actor: async (name) => {
      const actor = await actorOf(name);
      const small = (pictures: readonly Buffer[]): Promise<Buffer[]> => Promise.all(pictures.map(burstSize));
      const [closedEyes, openMouth, turnLeft, turnRight, nod, leanIn] = await Promise.all(
        [actor.closedEyes, actor.openMouth, actor.turnLeft, actor.turnRight, actor.nod, actor.leanIn].map(small),
      );
      return { neutral: actor.neutral, closedEyes: closedEyes!, openMouth: openMouth!, turnLeft: turnLeft!, turnRight: turnRight!, nod: nod!, leanIn: leanIn! };
    },
    study: (opened, durationMs, actor, snapshotOf) =>
      new StudyClient({ socketUrl: opened.socketUrl, token: opened.token, durationMs, actor, answerOf, ...(snapshotOf === undefined ? {} : { snapshotOf }) }),
    async stop() {
      await Promise.all([kill('main', 'SIGTERM'), kill('worker', 'SIGTERM')]);
      await admin.end();
      await database.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
