import { join } from 'node:path';
import { z } from 'zod';
import { readJson, writeJson } from './demo-tenant.js';

const recordSchema = z.strictObject({ sessionId: z.uuid(), traineeRef: z.string(), lessonId: z.uuid() });
const fileSchema = z.array(recordSchema);

/** One session the sample platform has opened, as a platform notes it in its own records. */
export type DemoSession = z.infer<typeof recordSchema>;

/** The sample platform's note of the sessions it has opened, newest last. One process writes it. */
export class DemoSessions {
  readonly #file: string;
  #sessions: DemoSession[] | null = null;

  constructor(dataDir: string) {
    this.#file = join(dataDir, 'demo-sessions.json');
  }

  of(traineeRef: string): readonly DemoSession[] {
    return this.#all().filter((session) => session.traineeRef === traineeRef);
  }

  has(sessionId: string): boolean {
    return this.#all().some((session) => session.sessionId === sessionId);
  }

  add(session: DemoSession): void {
    if (this.has(session.sessionId)) return;
    this.#sessions = [...this.#all(), session];
    writeJson(this.#file, this.#sessions);
  }

  #all(): readonly DemoSession[] {
    this.#sessions ??= readJson(this.#file, fileSchema) ?? [];
    return this.#sessions;
  }
}
