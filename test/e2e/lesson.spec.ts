/**
 * A trainee takes the demo lesson in real Chromium, with a camera that shows a real person's face, against the built
 * processes. Each cheat ends with its own code; the honest lesson next to it is VALID.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { type ActorCamera, installActorCamera } from '../support/actor-camera.js';
import { complaintsOf, launchBrowser, openDevice } from '../support/browser.js';
import { type Actor, actorOf } from '../support/camera/actor.js';
import { attend, beginLesson, type Helper, type LessonEnd, openLesson, panelAttribute, refusalOn, videoState } from '../support/lesson-page.js';
import { startStack, type Stack } from '../support/stack.js';

jest.setTimeout(300_000);

const SECRET = '5a'.repeat(32);
const COURSE = 'electrical-safety';
/** Longer than the demo's policy waits before it asks for a second picture, the judging of the first included. */
const AFTER_RETRY_MS = 7_000;
/** Folder for pictures of the pages, for the README: `npm run screenshots`. */
const SCREENSHOTS = process.env['XUEJIAN_SCREENSHOTS'];

interface SeatedTrainee {
  readonly page: Page;
  readonly camera: ActorCamera;
  readonly complaints: readonly string[];
  leave(): Promise<void>;
}

interface ReportAnswer {
  readonly verdict: { readonly policy: string };
  readonly popups: readonly unknown[];
  readonly snapshots: readonly { readonly imageId: string | null }[];
  readonly faceChecks: readonly unknown[];
  readonly rules: readonly { readonly rule: string; readonly findings: readonly { readonly code: string }[] }[];
}

describe('a monitored lesson in the browser', () => {
  let stack: Stack;
  let browser: Browser;
  let anna: Actor;
  let dataDir: string;

  const sit = async (): Promise<SeatedTrainee> => {
    const device = await openDevice(browser);
    const page = await device.newPage();
    const complaints = complaintsOf(page);
    const camera = await installActorCamera(page, anna);
    return { page, camera, complaints, leave: () => device.close() };
  };
  const helper: Helper = { answer: (popupId) => stack.answerOf({ popupId }) };
  const picture = async (page: Page, name: string): Promise<void> => {
    // The face belongs to a person of the sample photos: it stays out of the documentation.
    const mask = [page.locator('xuejian-proctor video')];
    if (SCREENSHOTS !== undefined) await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), mask, maskColor: '#c3ccd6' });
  };
  const begin = async (page: Page, trainee: string, position = 1): Promise<string> => {
    await openLesson(page, stack.baseUrl, trainee, COURSE, position);
    return beginLesson(page);
  };
  /** Studies honestly until the video has come this far. */
  const studyUntil = async (page: Page, positionMs: number): Promise<void> => {
    let isThere = false;
    const watched = (async () => {
      while ((await videoState(page)).positionMs < positionMs) await page.waitForTimeout(100);
      isThere = true;
    })();
    await Promise.all([watched, attend(page, helper, () => isThere)]);
  };
  const reportOf = async (page: Page, sessionId: string): Promise<ReportAnswer> => {
    const answer = await page.request.get(`${stack.baseUrl}/demo/api/sessions/${sessionId}/report`, { headers: { accept: 'application/json' } });
    expect(answer.status()).toBe(200);
    return (await answer.json()) as ReportAnswer;
  };
  const codesOf = (report: ReportAnswer): readonly string[] => report.rules.flatMap(({ findings }) => findings.map(({ code }) => code));

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'xuejian-e2e-'));
    stack = await startStack({ XUEJIAN_DEMO: '1', XUEJIAN_DATA_DIR: dataDir });
    const seed = spawn(process.execPath, [fileURLToPath(new URL('../../dist/demo/seed.js', import.meta.url))], {
      env: { ...process.env, NODE_OPTIONS: '', DATABASE_URL: stack.databaseUrl, XUEJIAN_DATA_DIR: dataDir, XUEJIAN_SECRET: SECRET, XUEJIAN_DEMO: '1' },
      stdio: 'inherit',
    });
    expect(await once(seed, 'exit')).toEqual([0, null]);
    anna = await actorOf('anna');
    browser = await launchBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    await stack?.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  /** Two trainees at two machines; what one of them does in turn is in order. */
  describe('one trainee', () => {
    it('is refused the second lesson before the first', async () => {
      const { page, leave } = await sit();
      expect(await begin(page, 'demo-zhang', 2)).toBe('blocked');
      expect(await refusalOn(page)).toBe('R5_OUT_OF_ORDER');
      await leave();
    });

    it('is INVALID when a tampered player seeks forward', async () => {
      const { page, leave } = await sit();
      // The page keeps what the SDK would need to notice the seek from it.
      await page.addInitScript(() => {
        const listen = HTMLMediaElement.prototype.addEventListener;
        HTMLMediaElement.prototype.addEventListener = function (this: HTMLMediaElement, type: string, ...rest: never[]) {
          if (type !== 'seeking' && type !== 'seeked') Reflect.apply(listen, this, [type, ...rest]);
        } as typeof listen;
        Object.defineProperty(HTMLMediaElement.prototype, 'seeking', { get: () => false });
      });
      await begin(page, 'demo-zhang');
      await studyUntil(page, 3_000);
      await page.evaluate(() => {
        document.querySelector('video')!.currentTime = 40;
      });
      const end = await attend(page, helper);
      expect(end).toMatchObject({ verdict: 'INVALID', code: expect.stringMatching(/^R1_(POSITION_JUMP|FORWARD_SEEK)$/) });
      await leave();
    });

    it('is INVALID with another person’s face', async () => {
      const { page, camera, leave } = await sit();
      await openLesson(page, stack.baseUrl, 'demo-zhang', COURSE, 1);
      await camera.swap(await actorOf('bea'));
      await beginLesson(page);
      expect(await attend(page, helper)).toMatchObject({ verdict: 'INVALID', code: 'R4_MISMATCH' });
      await leave();
    });

    it('is put out of the first tab by a second one, and goes on in the second to VALID: blocked seek, blocked rate and a killed server included', async () => {
      const { page: first, leave } = await sit();
      await begin(first, 'demo-zhang');
      await studyUntil(first, 4_000);
      const second = await first.context().newPage();
      await installActorCamera(second, anna);
      const complaints = complaintsOf(second);
      await begin(second, 'demo-zhang');
      await first.locator('xuejian-proctor[data-xj-notice=PLACE_TAKEN]').waitFor();
      expect((await videoState(first)).isPaused).toBe(true);
      await first.close();
      if ((await second.locator('xuejian-proctor [data-xj-action=continueHere]').count()) > 0) {
        await second.locator('xuejian-proctor [data-xj-action=continueHere]').click();
      }
      await studyUntil(second, 8_000);
      await picture(second, 'lesson');
      await second.evaluate(() => {
        const video = document.querySelector('video')!;
        video.currentTime = 50;
        video.playbackRate = 2;
      });
      await second.waitForTimeout(500);
      expect((await videoState(second)).positionMs).toBeLessThan(20_000);
      expect((await videoState(second)).rate).toBe(1);
      await stack.kill('main', 'SIGKILL');
      await stack.start('main');

      const end = (await attend(second, helper)) as LessonEnd;
      expect({ ...end, complaints: complaints.filter((complaint) => complaint.startsWith('error')) }).toMatchObject({ verdict: 'VALID', complaints: [] });
      expect(await second.locator('[data-fact=receipt]').innerText()).toContain('✓');
      const report = await reportOf(second, end.sessionId);
      expect(report.verdict.policy).toBe('VALID');
      expect(codesOf(report)).toContain('R1_ATTEMPT_BLOCKED');
      expect(codesOf(report)).toContain('R2_ATTEMPT_BLOCKED');
      expect(report.popups.length).toBeGreaterThanOrEqual(1);
      expect(report.faceChecks.length).toBeGreaterThanOrEqual(2);
      expect(report.snapshots.filter(({ imageId }) => imageId !== null).length).toBeGreaterThanOrEqual(1);

      await second.goto(`${stack.baseUrl}/demo/api/sessions/${end.sessionId}/report`);
      expect(await second.locator('body').innerText()).toContain('有效');
      await picture(second, 'report');
      expect(await begin(second, 'demo-zhang', 2)).toBe('lesson');
      await leave();
    });
  });

  describe('another trainee', () => {
    it('is INVALID with popups left unanswered beyond the allowed misses', async () => {
      const { page, leave } = await sit();
      await begin(page, 'demo-li');
      const end = await attend(page, { answer: async () => null });
      expect(end).toMatchObject({ verdict: 'INVALID', code: 'R3_POPUP_UNANSWERED' });
      await leave();
    });

    it('is INVALID with the camera covered at snapshot time', async () => {
      const { page, camera, leave } = await sit();
      await begin(page, 'demo-li');
      let isOver = false;
      // Uncovers the lens only for the acts of a face check, and begins those when no second picture can be asked for any more.
      const hand = (async () => {
        let isCovered = false;
        let readyAt = Infinity;
        while (!isOver) {
          const act = await panelAttribute(page, 'data-xj-act').catch(() => null);
          readyAt = act === 'READY' ? Math.min(readyAt, Date.now()) : Infinity;
          const wanted = act === null || act === 'READY';
          if (wanted !== isCovered) await (wanted ? camera.cover() : camera.follow()).catch(() => undefined);
          isCovered = wanted;
          if (Date.now() - readyAt > AFTER_RETRY_MS) await page.locator('xuejian-proctor [data-xj-action=begin-liveness]').click({ timeout: 1_000 }).catch(() => undefined);
          await page.waitForTimeout(50);
        }
      })();
      const end = await attend(page, { ...helper, beginsLiveness: false });
      isOver = true;
      await hand;
      expect(end).toMatchObject({ verdict: 'INVALID', code: 'R6_NO_SNAPSHOT' });
      await leave();
    });
  });
});
