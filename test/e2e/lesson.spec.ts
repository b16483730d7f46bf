/**
 * A trainee takes the demo lesson in real Chromium, with a camera that shows a real person's face, against the built
 * processes. Each cheat ends with its own code; the honest lesson next to it is VALID.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import { complaintsOf } from '../support/browser.js';
import { actorOf } from '../support/camera/actor.js';
import { COURSE, DemoStage } from '../support/demo-stage.js';
import { attend, beginLesson, type LessonEnd, openLesson, refusalOn, videoState } from '../support/lesson-page.js';

jest.setTimeout(300_000);

/** Folder for pictures of the pages, for the README: `npm run screenshots`. */
const SCREENSHOTS = process.env['XUEJIAN_SCREENSHOTS'];

interface ReportAnswer {
  readonly verdict: { readonly policy: string };
  readonly popups: readonly unknown[];
  readonly snapshots: readonly { readonly imageId: string | null }[];
  readonly faceChecks: readonly unknown[];
  readonly rules: readonly { readonly rule: string; readonly findings: readonly { readonly code: string }[] }[];
}

describe('a monitored lesson in the browser', () => {
  let stage: DemoStage;

  const picture = async (page: Page, name: string): Promise<void> => {
    // The face belongs to a person of the sample photos: it stays out of the documentation.
    const mask = [page.locator('xuejian-proctor video')];
    if (SCREENSHOTS !== undefined) await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), mask, maskColor: '#c3ccd6' });
  };
  /** Studies honestly until the video has come this far. */
  const studyUntil = async (page: Page, positionMs: number): Promise<void> => {
    let isThere = false;
    const watched = (async () => {
      while ((await videoState(page)).positionMs < positionMs) await page.waitForTimeout(100);
      isThere = true;
    })();
    await Promise.all([watched, attend(page, stage.helper, () => isThere)]);
  };
  const reportOf = async (page: Page, sessionId: string): Promise<ReportAnswer> => {
    const answer = await page.request.get(`${stage.stack.baseUrl}/demo/api/sessions/${sessionId}/report`, { headers: { accept: 'application/json' } });
    expect(answer.status()).toBe(200);
    return (await answer.json()) as ReportAnswer;
  };
  const codesOf = (report: ReportAnswer): readonly string[] => report.rules.flatMap(({ findings }) => findings.map(({ code }) => code));

  beforeAll(async () => {
    stage = await DemoStage.open();
  });

  afterAll(() => stage?.close());

  it('is refused the second lesson before the first', async () => {
    const { page, leave } = await stage.sit();
    expect(await stage.begin(page, 'demo-zhang', 2)).toBe('blocked');
    expect(await refusalOn(page)).toBe('R5_OUT_OF_ORDER');
    await leave();
  });

  it('is INVALID when a tampered player seeks forward', async () => {
    const { page, leave } = await stage.sit();
    // The page keeps what the SDK would need to notice the seek from it.
    await page.addInitScript(() => {
      const listen = HTMLMediaElement.prototype.addEventListener;
      HTMLMediaElement.prototype.addEventListener = function (this: HTMLMediaElement, type: string, ...rest: never[]) {
        if (type !== 'seeking' && type !== 'seeked') Reflect.apply(listen, this, [type, ...rest]);
      } as typeof listen;
      Object.defineProperty(HTMLMediaElement.prototype, 'seeking', { get: () => false });
    });
    await stage.begin(page, 'demo-zhang');
    await studyUntil(page, 3_000);
    await page.evaluate(() => {
      document.querySelector('video')!.currentTime = 40;
    });
    const end = await attend(page, stage.helper);
    expect(end).toMatchObject({ verdict: 'INVALID', code: expect.stringMatching(/^R1_(POSITION_JUMP|FORWARD_SEEK)$/) });
    await leave();
  });

  it('is INVALID with another person’s face', async () => {
    const { page, camera, leave } = await stage.sit();
    await openLesson(page, stage.stack.baseUrl, 'demo-zhang', COURSE, 1);
    await camera.swap(await actorOf('bea'));
    await beginLesson(page);
    expect(await attend(page, stage.helper)).toMatchObject({ verdict: 'INVALID', code: 'R4_MISMATCH' });
    await leave();
  });

  it('is put out of the first tab by a second one, and goes on in the second to VALID: blocked seek, blocked rate and a killed server included', async () => {
    const { page: first, leave } = await stage.sit();
    await stage.begin(first, 'demo-zhang');
    await studyUntil(first, 4_000);
    const second = await first.context().newPage();
    await stage.putCamera(second);
    const complaints = complaintsOf(second);
    await stage.begin(second, 'demo-zhang');
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
    await stage.stack.kill('main', 'SIGKILL');
    await stage.stack.start('main');

    const end = (await attend(second, stage.helper)) as LessonEnd;
    expect({ ...end, complaints: complaints.filter((complaint) => complaint.startsWith('error')) }).toMatchObject({ verdict: 'VALID', complaints: [] });
    expect(await second.locator('[data-fact=receipt]').innerText()).toContain('✓');
    const report = await reportOf(second, end.sessionId);
    expect(report.verdict.policy).toBe('VALID');
    expect(codesOf(report)).toContain('R1_ATTEMPT_BLOCKED');
    expect(codesOf(report)).toContain('R2_ATTEMPT_BLOCKED');
    expect(report.popups.length).toBeGreaterThanOrEqual(1);
    expect(report.faceChecks.length).toBeGreaterThanOrEqual(2);
    expect(report.snapshots.filter(({ imageId }) => imageId !== null).length).toBeGreaterThanOrEqual(1);

    await second.goto(`${stage.stack.baseUrl}/demo/api/sessions/${end.sessionId}/report`);
    expect(await second.locator('body').innerText()).toContain('有效');
    await picture(second, 'report');
    expect(await stage.begin(second, 'demo-zhang', 2)).toBe('lesson');
    await leave();
  });
});
