import type { Page } from 'playwright-core';

/** How a page shows that a lesson is over. */
export interface LessonEnd {
  readonly verdict: string;
  readonly code: string;
  readonly sessionId: string;
}

export interface Helper {
  /** The right answer to a popup, or `null` to leave it unanswered. */
  readonly answer: (popupId: string) => Promise<string | null>;
  /** Comes back after a missed popup; default true. */
  readonly returns?: boolean;
  /** Begins liveness checks; default true. */
  readonly beginsLiveness?: boolean;
}

export interface CourseOnPage {
  readonly ref: string;
  readonly lessons: readonly { readonly lessonId: string; readonly position: number; readonly status: string; readonly sessionId: string | null }[];
}

const POLL_MS = 150;
const READING_MS = 600;

/** Courses of a demo trainee as the sample platform's own server sees them. */
export async function coursesOf(baseUrl: string, trainee: string): Promise<readonly CourseOnPage[]> {
  const response = await fetch(`${baseUrl}/demo/api/overview?trainee=${trainee}`);
  if (!response.ok) throw new Error(`overview: ${response.status} ${await response.text()}`);
  return ((await response.json()) as { courses: readonly CourseOnPage[] }).courses;
}

export async function openLesson(page: Page, baseUrl: string, trainee: string, course: string, position: number): Promise<void> {
  const lesson = (await coursesOf(baseUrl, trainee)).find(({ ref }) => ref === course)?.lessons.find((candidate) => candidate.position === position);
  if (!lesson) throw new Error(`there is no lesson ${position} in ${course}`);
  await page.goto(`${baseUrl}/demo/lesson.html?lesson=${lesson.lessonId}&trainee=${trainee}`);
  await page.locator('body:not([data-step=loading])').waitFor();
}

export const stepOf = (page: Page): Promise<string> => page.evaluate(() => document.body.dataset['step'] ?? '');

/** Ticks every box and agrees. */
export async function giveConsents(page: Page): Promise<void> {
  for (const box of await page.locator('.consent input').all()) await box.check();
  await page.locator('[data-action=agree]').click();
}

/** Takes the reference picture and waits until it is registered or refused: `null`, or the code of the refusal. */
export async function registerFace(page: Page): Promise<string | null> {
  await page.locator('[data-action=take-photo]:not([disabled])').click();
  const refused = page.locator('.notice.bad[data-code]');
  await page.locator('body:not([data-step=face]), .notice.bad[data-code]').first().waitFor();
  return (await refused.count()) > 0 ? refused.getAttribute('data-code') : null;
}

/** Goes through consent, start and reference face, whatever the page asks for, until the lesson or a refusal is there. */
export async function beginLesson(page: Page): Promise<'lesson' | 'blocked' | 'face-refused'> {
  for (;;) {
    const step = await stepOf(page);
    if (step === 'lesson' || step === 'blocked') return step;
    if (step === 'consent') await giveConsents(page);
    else if (step === 'ready' && (await page.locator('[data-action=start]:not([disabled])').count()) > 0) await page.locator('[data-action=start]').click();
    else if (step === 'face' && (await registerFace(page)) !== null) return 'face-refused';
    await page.waitForTimeout(POLL_MS);
  }
}

/** Code of the refusal on the page (`R5_OUT_OF_ORDER`, …). */
export const refusalOn = async (page: Page): Promise<string> => (await page.locator('#step [data-code]').first().getAttribute('data-code')) ?? '';

/** Attribute of the SDK's panel, e.g. `data-xj-notice`; `null` without a panel. In one look: the panel may go at any time. */
export const panelAttribute = (page: Page, name: string): Promise<string | null> =>
  page.evaluate((attribute) => document.querySelector('xuejian-proctor')?.getAttribute(attribute) ?? null, name);

/** Does what an honest trainee does during the lesson, until `isOver` says so or the page shows its end. */
export async function attend(page: Page, helper: Helper, isOver: () => boolean = () => false): Promise<LessonEnd | null> {
  const answered = new Set<string>();
  while (!isOver()) {
    if ((await stepOf(page)) === 'end') return endOf(page);
    await attendOnce(page, helper, answered);
    await page.waitForTimeout(POLL_MS);
  }
  return null;
}

async function attendOnce(page: Page, { answer, returns = true, beginsLiveness = true }: Helper, answered: Set<string>): Promise<void> {
  if (beginsLiveness && (await panelAttribute(page, 'data-xj-act')) === 'READY') await clickIfThere(page, '[data-xj-action=begin-liveness]');
  const popupId = await panelAttribute(page, 'data-xj-popup');
  if (popupId !== null && !answered.has(popupId)) {
    answered.add(popupId);
    const value = await answer(popupId);
    // Nobody reads and answers within a blink: that alone would look automated.
    if (value !== null) await page.waitForTimeout(READING_MS).then(() => answerPopup(page, value));
  }
  if (returns && (await panelAttribute(page, 'data-xj-notice')) === 'POPUP_MISSED') await clickIfThere(page, '[data-xj-action=resume]');
}

/** Types or chooses an answer as a person does. */
export async function answerPopup(page: Page, value: string): Promise<void> {
  const input = page.locator('xuejian-proctor [data-xj-input=popup]');
  if ((await input.count()) > 0) {
    await input.fill(value);
    await input.press('Enter');
    return;
  }
  await page.locator(`xuejian-proctor [data-xj-option=${JSON.stringify(value)}]`).click();
}

/** What a check may take away between looking and clicking is no failure. */
async function clickIfThere(page: Page, selector: string): Promise<void> {
  await page.locator(`xuejian-proctor ${selector}`).click({ timeout: 1_000 }).catch(() => undefined);
}

async function endOf(page: Page): Promise<LessonEnd> {
  const card = page.locator('#step [data-verdict]');
  return {
    verdict: (await card.getAttribute('data-verdict')) ?? '',
    code: (await card.getAttribute('data-code')) ?? '',
    sessionId: await page.evaluate(() => document.body.dataset['session'] ?? ''),
  };
}

/** State of the lesson's video. */
export const videoState = (page: Page): Promise<{ readonly positionMs: number; readonly isPaused: boolean; readonly rate: number }> =>
  page.locator('video').first().evaluate((video) => {
    const { currentTime, paused, playbackRate } = video as HTMLVideoElement;
    return { positionMs: currentTime * 1000, isPaused: paused, rate: playbackRate };
  });
