import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Verification } from '../../src/evidence/proof/verify.js';
import { minutes } from '../../src/rules/testing/opening.js';
import { type ExitCode, run } from '../../verifier/src/cli.js';
import { bundleTextOf, closedLeafOf, ENGINE, KEY, keySetOf, otherLeaf, SampleLog, signedReportOf } from '../support/sample-bundle.js';
import { honest, missesPopups, tellSession } from '../support/sample-report.js';

interface Answer {
  readonly code: ExitCode;
  readonly out: string;
  readonly err: string;
}

describe('xuejian-verify', () => {
  let folder: string;
  let text: string;
  const file = (name: string): string => join(folder, name);
  const verify = async (...argv: readonly string[]): Promise<Answer> => {
    const said = { out: '', err: '' };
    const code = await run(argv, ENGINE, { out: (more) => (said.out += more), err: (more) => (said.err += more) });
    return { code, ...said };
  };
  const outcomes = ({ out }: Answer): Readonly<Record<string, string>> =>
    Object.fromEntries((JSON.parse(out) as Verification).checks.map(({ id, outcome }) => [id, outcome]));

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'xuejian-verify-'));
    const { journal } = tellSession(honest, { durationMs: minutes(6) });
    text = await bundleTextOf(journal);
    const log = new SampleLog([otherLeaf(0), closedLeafOf(text), otherLeaf(2)]);
    const head = await log.head();
    const grown = new SampleLog([otherLeaf(0), closedLeafOf(text), otherLeaf(2), otherLeaf(3)]);
    await Promise.all(
      Object.entries({
        'bundle.ndjson': text,
        'bundle.ndjson.gz': gzipSync(text),
        'cut.ndjson.gz': gzipSync(text).subarray(0, -200),
        'changed.ndjson': text.replace('"type":"beat.received"', '"type":"beat.recieved"'),
        'report.json': JSON.stringify(await signedReportOf(journal, await log.proof(1))),
        'keys.json': JSON.stringify(keySetOf(KEY)),
        'head.json': JSON.stringify({ treeHead: head, stamping: { status: 'NONE' } }),
        'bare-head.json': `\ufeff${JSON.stringify(head)}`,
        'other-head.json': JSON.stringify({ ...head, rootHash: '0'.repeat(64) }),
        'grown-head.json': JSON.stringify({ treeHead: await grown.head() }),
        'invalid.ndjson': await bundleTextOf(tellSession(missesPopups, { durationMs: minutes(6) }).journal),
        'junk.json': '[',
      }).map(([name, content]) => writeFile(file(name), content)),
    );
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('verifies an honest bundle with report, keys and a kept head, plain or gzipped', async () => {
    for (const bundle of ['bundle.ndjson', 'bundle.ndjson.gz']) {
      for (const head of ['head.json', 'bare-head.json']) {
        const answer = await verify(file(bundle), '--report', file('report.json'), '--keys', file('keys.json'), '--kept-head', file(head), '--json');
        expect(answer).toMatchObject({ code: 0, err: '' });
        const open = Object.entries(outcomes(answer)).filter(([, outcome]) => outcome !== 'PASS');
        expect(open).toEqual([['images', 'SKIPPED'], ['log.timestamp', 'SKIPPED']]);
      }
    }
  });

  it('says in both languages, or in one, what holds', async () => {
    const both = await verify(file('bundle.ndjson'), '--keys', file('keys.json'));
    expect(both.out).toMatch(/✓ 日志哈希链 Hash chain of the journal +\d+ 条日志环环相扣\n +\d+ entries, each chained/);
    expect(both.out).toMatch(/✓ 核验通过 · Verified\n/);
    expect((await verify(file('bundle.ndjson'), '--keys', file('keys.json'), '--lang', 'zh')).out).not.toContain('Verified');
    expect((await verify(file('bundle.ndjson'), '--keys', file('keys.json'), '--lang', 'en')).out).not.toMatch(/[\u4e00-\u9fff]/);
  });

  it('verifies the bundle of an invalid session too, and names its verdict', async () => {
    const { code, out } = await verify(file('invalid.ndjson'), '--keys', file('keys.json'));
    expect(code).toBe(0);
    expect(out).toContain('无效 · INVALID');
  });

  it('names the first broken place and what to do', async () => {
    const answer = await verify(file('changed.ndjson'), '--keys', file('keys.json'), '--lang', 'en');
    const line = text.split('\n').findIndex((one) => one.includes('"type":"beat.received"')) + 1;
    expect(answer.code).toBe(1);
    expect(answer.out).toContain(`at: line ${line}, journal entry ${line - 1}`);
    expect(answer.out).toContain('→ Download the bundle from the platform again');
  });

  it('does not call proved what nobody signed', async () => {
    const { code, out } = await verify(file('bundle.ndjson'));
    expect(code).toBe(1);
    expect(out).toContain('– 尚不能确认');
  });

  it('shows a log that was rewritten, and asks for the proof where the log has grown', async () => {
    const withHead = (head: string): Promise<Answer> =>
      verify(file('bundle.ndjson'), '--report', file('report.json'), '--keys', file('keys.json'), '--kept-head', file(head), '--json');
    const rewritten = await withHead('other-head.json');
    expect([rewritten.code, outcomes(rewritten)['log.consistency']]).toEqual([1, 'FAIL']);
    const grown = await withHead('grown-head.json');
    expect([grown.code, outcomes(grown)['log.consistency']]).toEqual([0, 'SKIPPED']);
    expect(grown.out).toContain('/v1/log/consistency?from=3&to=4');
  });

  it.each([
    ['without a bundle', []],
    ['with two bundles', ['bundle.ndjson', 'bundle.ndjson']],
    ['with an unknown option', ['bundle.ndjson', '--no-such']],
    ['with an unknown language', ['bundle.ndjson', '--lang', 'de']],
    ['with a file that is not there', ['absent.ndjson']],
    ['with a broken gzip', ['cut.ndjson.gz']],
    ['with a report that is no JSON', ['bundle.ndjson', '--report', 'junk.json']],
    ['with a report for a key set', ['bundle.ndjson', '--keys', 'report.json']],
    ['with a key set for a head', ['bundle.ndjson', '--kept-head', 'keys.json']],
    ['with a certificate that is none', ['bundle.ndjson', '--tsa', 'keys.json']],
  ])('ends with 2 %s', async (_name, argv) => {
    const { code, out, err } = await verify(...argv.map((word) => (/\.(json|ndjson|gz)$/.test(word) ? file(word) : word)));
    expect([code, out]).toEqual([2, '']);
    expect(err).not.toBe('');
  });

  it('helps', async () => {
    expect(await verify('--help')).toMatchObject({ code: 0, out: expect.stringContaining('xuejian-verify <bundle[.gz]>') });
  });
});
