/** The demo platform, built and seeded, with a browser before it: what the lessons of the end-to-end tests are taken on. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { type ActorCamera, installActorCamera } from './actor-camera.js';
import { complaintsOf, launchBrowser, openDevice } from './browser.js';
import { type Actor, actorOf } from './camera/actor.js';
import { beginLesson, type Helper, openLesson } from './lesson-page.js';
import { type Stack, startStack } from './stack.js';

const SECRET = '5a'.repeat(32);
export const COURSE = 'electrical-safety';

export interface SeatedTrainee {
  readonly page: Page;
  readonly camera: ActorCamera;
  readonly complaints: readonly string[];
  leave(): Promise<void>;
}

export class DemoStage {
  /** Answers popups as the lesson's own server knows them. */
  readonly helper: Helper = { answer: (popupId) => this.stack.answerOf({ popupId }) };

  private constructor(
    readonly stack: Stack,
    private readonly browser: Browser,
    private readonly anna: Actor,
    private readonly dataDir: string,
  ) {}

  static async open(): Promise<DemoStage> {
    const dataDir = await mkdtemp(join(tmpdir(), 'xuejian-e2e-'));
    const stack = await startStack({ XUEJIAN_DEMO: '1', XUEJIAN_DATA_DIR: dataDir });
    const seed = spawn(process.execPath, [fileURLToPath(new URL('../../dist/demo/seed.js', import.meta.url))], {
      env: { ...process.env, NODE_OPTIONS: '', DATABASE_URL: stack.databaseUrl, XUEJIAN_DATA_DIR: dataDir, XUEJIAN_SECRET: SECRET, XUEJIAN_DEMO: '1' },
      stdio: 'inherit',
    });
    const [code] = (await once(seed, 'exit')) as [number | null];
    if (code !== 0) throw new Error(`the demo could not be seeded: ${code}`);
    return new DemoStage(stack, await launchBrowser(), await actorOf('anna'), dataDir);
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.stack.stop();
    await rm(this.dataDir, { recursive: true, force: true });
  }

  /** A machine of its own, with anna before its camera. */
  async sit(): Promise<SeatedTrainee> {
    const device = await openDevice(this.browser);
    const page = await device.newPage();
    const complaints = complaintsOf(page);
    const camera = await this.putCamera(page);
    return { page, camera, complaints, leave: () => device.close() };
  }

  /** Anna before the camera of a page that is not open yet. */
  putCamera(page: Page): Promise<ActorCamera> {
    return installActorCamera(page, this.anna);
  }

  /** `lesson`, or what stands in its way. */
  async begin(page: Page, trainee: string, position = 1): Promise<string> {
    await openLesson(page, this.stack.baseUrl, trainee, COURSE, position);
    return beginLesson(page);
  }
}
