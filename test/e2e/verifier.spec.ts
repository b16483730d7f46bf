/** The built verifier as a regulator has it: one command and one page, both without network. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { CHECKS } from '../../src/evidence/proof/result.js';
import { minutes } from '../../src/rules/testing/opening.js';
import { complaintsOf, launchBrowser } from '../support/browser.js';
import { bundleTextOf, closedLeafOf, KEY, keySetOf, linesOf, otherLeaf, SampleLog, signedReportOf, textOf } from '../support/sample-bundle.js';
import { honest, SESSION_ID, tellSession } from '../support/sample-report.js';

jest.setTimeout(60_000);

const DIST = new URL('../../verifier/dist/', import.meta.url);
const COMMAND = fileURLToPath(new URL('xuejian-verify.mjs', DIST));
const PAGE = pathToFileURL(fileURLToPath(new URL('index.html', DIST))).href;
const BROKEN_LINE = 8;
/** Folder for a picture of the page, for the documentation: `npm run screenshots`. */
const SCREENSHOTS = process.env['XUEJIAN_SCREENSHOTS'];

describe('the built verifier', () => {
  let folder: string;
  const file = (name: string): string => join(folder, name);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'xuejian-verifier-'));
    const { journal } = tellSession(honest, { durationMs: minutes(6) });
    const text = await bundleTextOf(journal);
    const log = new SampleLog([otherLeaf(0), closedLeafOf(text), otherLeaf(2)]);
    const lines = linesOf(text);
    const broken = (lines[BROKEN_LINE - 1] ?? '').replace(/"at":(\d+)(\d)/, (_, digits: string, last: string) => `"at":${digits}${(Number(last) + 1) % 10}`);
    await Promise.all([
      writeFile(file('bundle.ndjson.gz'), gzipSync(text)),
      writeFile(file('changed.ndjson'), textOf(lines.with(BROKEN_LINE - 1, broken))),
      writeFile(file('report.json'), JSON.stringify(await signedReportOf(journal, await log.proof(1)))),
      writeFile(file('jwks.json'), JSON.stringify(keySetOf(KEY))),
    ]);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('is a command in one file, wherever that lies', async () => {
    const argv = [COMMAND, file('bundle.ndjson.gz'), '--report', file('report.json'), '--keys', file('jwks.json'), '--json'];
    const { stdout } = await promisify(execFile)(process.execPath, argv, { cwd: folder, env: {} });
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, sessionId: SESSION_ID, verdict: 'VALID' });
    const refused = promisify(execFile)(process.execPath, [COMMAND, file('changed.ndjson'), '--keys', file('jwks.json')], { cwd: folder, env: {} });
    await expect(refused).rejects.toMatchObject({ code: 1, stdout: expect.stringContaining(`line ${BROKEN_LINE}, journal entry ${BROKEN_LINE - 1}`) });
  });

  describe('as a page opened from a disk, without network', () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await launchBrowser();
    });
    afterAll(() => browser?.close());

    interface Opened {
      readonly page: Page;
      readonly complaints: readonly string[];
      readonly requests: readonly string[];
    }
    const open = async (hash = ''): Promise<Opened> => {
      const context = await browser.newContext({ viewport: { width: 1100, height: 900 }, locale: 'zh-CN', offline: true });
      const page = await context.newPage();
      const complaints = complaintsOf(page);
      const requests: string[] = [];
      page.on('request', (request) => requests.push(request.url()));
      await page.goto(PAGE + hash);
      return { page, complaints, requests };
    };
    const outcomes = (page: Page): Promise<readonly (readonly [string, string])[]> =>
      page.locator('[data-check]').evaluateAll((items) => items.map((item) => [item.getAttribute('data-check') ?? '', item.getAttribute('data-outcome') ?? ''] as const));

    it('passes an honest session and asks for nothing over the network', async () => {
      const { page, complaints, requests } = await open(`#session=${SESSION_ID}`);
      await page.locator('#file-keys').setInputFiles(file('jwks.json'));
      await page.locator('#file-report').setInputFiles(file('report.json'));
      await page.locator('#file-bundle').setInputFiles(file('bundle.ndjson.gz'));
      await page.locator('#headline .headline.good').waitFor();
      expect(await page.locator('#headline').innerText()).toContain('核验通过');
      const found = await outcomes(page);
      expect(found.map(([id]) => id)).toEqual(Object.keys(CHECKS));
      expect(found.filter(([, outcome]) => outcome !== 'PASS')).toEqual([['images', 'SKIPPED'], ['log.consistency', 'SKIPPED'], ['log.timestamp', 'SKIPPED']]);
      if (SCREENSHOTS !== undefined) await page.screenshot({ path: join(SCREENSHOTS, 'verifier.png'), fullPage: true });
      await page.locator('#language').click();
      expect(await page.locator('#headline').innerText()).toContain('Verified');
      expect(complaints).toEqual([]);
      expect(requests.filter((url) => !/^(?:file|data|blob):/.test(url))).toEqual([]);
    });

    it('shows the line of a changed digit, takes a file for what it is, and keeps the keyboard’s place', async () => {
      const { page, complaints } = await open();
      await page.locator('#file-bundle').setInputFiles(file('jwks.json'));
      await page.locator('#remove-keys').waitFor();
      await page.locator('#file-bundle').setInputFiles(file('changed.ndjson'));
      await page.locator('#headline .headline.bad').waitFor();
      const failed = (await outcomes(page)).filter(([, outcome]) => outcome === 'FAIL');
      expect(failed[0]?.[0]).toBe('chain');
      expect(await page.locator('[data-check=chain]').innerText()).toContain(`第 ${BROKEN_LINE} 行，日志第 ${BROKEN_LINE - 1} 条`);
      await page.locator('#remove-keys').focus();
      await page.keyboard.press('Enter');
      await page.locator('[data-check=signature][data-outcome=SKIPPED]').waitFor();
      expect(await page.evaluate(() => document.activeElement?.id)).toBe('file-keys');
      expect(complaints).toEqual([]);
    });

    it('takes dropped files, and says when the bundle is not of the session that the report names', async () => {
      const { page } = await open(`#session=${SESSION_ID.replace(/1$/, '2')}`);
      const contents = await Promise.all(['jwks.json', 'bundle.ndjson.gz'].map(async (name) => [...(await readFile(file(name)))]));
      const dataTransfer = await page.evaluateHandle((files) => {
        const transfer = new DataTransfer();
        for (const bytes of files) transfer.items.add(new File([Uint8Array.from(bytes)], 'dropped'));
        return transfer;
      }, contents);
      await page.dispatchEvent('h1', 'drop', { dataTransfer });
      await page.locator('#headline .headline.bad').waitFor();
      expect(await page.locator('#headline').innerText()).toContain('另一次学习');
      expect((await outcomes(page)).filter(([, outcome]) => outcome === 'FAIL')).toEqual([]);
    });
  });
});
