import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { verifyBundle } from '../../src/evidence/proof/verify.js';
import { type Check, CHECKS } from '../../src/evidence/proof/result.js';
import { minutes } from '../../src/rules/testing/opening.js';
import { seededRandom } from '../../src/rules/testing/random.js';
import type { Story } from '../../src/rules/testing/story.js';
import { INPUT, linesOf, tellBundle, textOf } from '../support/sample-bundle.js';
import { honest, missesPopups } from '../support/sample-report.js';

jest.setTimeout(60_000);

const SETUP = { durationMs: minutes(6) };
const STORIES = [
  ['VALID', honest],
  ['INVALID', missesPopups],
  ['PENDING_REVIEW', (story: Story): unknown => ((story.trainee.isTrusted = false), story.studiesTheLesson())],
] as const;

const utf8 = new TextEncoder();
const bytesOf = (text: string): Uint8Array => utf8.encode(text);
const splice = (bytes: Uint8Array, at: number, count: number, ...inserted: readonly number[]): Uint8Array =>
  Uint8Array.of(...bytes.subarray(0, at), ...inserted, ...bytes.subarray(at + count));

/** Lines with their line feeds, as bytes in Latin-1 so that broken UTF-8 stays comparable. */
const rawLines = (bytes: Uint8Array): readonly string[] => Buffer.from(bytes).toString('latin1').split(/(?<=\n)/);

/** The first line in which two files differ: the place that has to be named. */
function firstChangedLine(before: Uint8Array, after: Uint8Array): number {
  const [old, now] = [rawLines(before), rawLines(after)];
  let index = 0;
  while (index < old.length && old[index] === now[index]) index += 1;
  return index + 1;
}

type Change = readonly [name: string, bytes: Uint8Array];

/** Changes of one byte: flips, deletions, insertions, anywhere. */
function* byteChanges(bytes: Uint8Array, count: number, seed: number): Generator<Change> {
  const random = seededRandom(seed);
  for (let index = 0; index < count; index += 1) {
    const at = Math.floor(random() * bytes.length);
    const byte = 1 + Math.floor(random() * 255);
    yield [`byte ${at} flipped by ${byte}`, bytes.with(at, (bytes[at] ?? 0) ^ byte)];
    yield [`byte ${at} deleted`, splice(bytes, at, 1)];
    yield [`byte ${byte} inserted at ${at}`, splice(bytes, at, 0, byte)];
    // A digit or letter for another keeps the JSON whole, so that only hashes can tell.
    const plain = '0123456789abcdef'.charCodeAt(Math.floor(random() * 16));
    yield [`byte ${at} set to ${plain}`, bytes.with(at, plain)];
  }
}

/** Changes of whole lines: reordered, deleted, doubled, emptied, and the tail cut off. */
function* lineChanges(text: string, count: number, seed: number): Generator<Change> {
  const random = seededRandom(seed);
  const lines = linesOf(text);
  const pick = (): number => Math.floor(random() * lines.length);
  for (let index = 0; index < count; index += 1) {
    const [one, other] = [pick(), pick()];
    const [from = '', to = ''] = [lines[one], lines[other]];
    yield [`lines ${one + 1} and ${other + 1} swapped`, bytesOf(textOf(lines.with(one, to).with(other, from)))];
    yield [`line ${one + 1} deleted`, bytesOf(textOf(lines.toSpliced(one, 1)))];
    yield [`line ${one + 1} moved behind ${other + 1}`, bytesOf(textOf(lines.toSpliced(one, 1).toSpliced(other, 0, from)))];
    yield [`line ${one + 1} put again before ${other + 1}`, bytesOf(textOf(lines.toSpliced(other, 0, from)))];
    yield [`an empty line before ${one + 1}`, bytesOf(textOf(lines.toSpliced(one, 0, '')))];
    yield [`everything from line ${one + 1} on cut off`, bytesOf(textOf(lines.slice(0, one)))];
    yield [`cut off within line ${one + 1}`, bytesOf(textOf(lines.slice(0, one)) + from.slice(0, Math.floor(random() * from.length)))];
    yield [`entries from line ${one + 1} on dropped, the end kept`, bytesOf(textOf([...lines.slice(0, Math.min(one, lines.length - 2)), ...lines.slice(-2)]))];
  }
}

const firstFailure = (checks: readonly Check[]): Check | undefined => checks.find(({ outcome }) => outcome === 'FAIL');

describe.each(STORIES)('a bundle of a session that is %s', (verdict, tell) => {
  let text: string;
  let bytes: Uint8Array;
  beforeAll(async () => {
    text = await tellBundle(tell, SETUP);
    bytes = bytesOf(text);
  });

  it('passes every check that needs nothing but the key', async () => {
    const result = await verifyBundle(bytes, INPUT);
    expect(result).toMatchObject({ ok: true, verdict });
    expect(result.checks.map(({ id }) => id)).toEqual(Object.keys(CHECKS));
    expect(result.checks.filter(({ outcome }) => outcome === 'SKIPPED').map(({ id }) => id)).toEqual([
      'images', 'report.signature', 'report.agreement', 'log.inclusion', 'log.head', 'log.consistency', 'log.timestamp',
    ]);
    expect(await verifyBundle(text, INPUT)).toEqual(result);
  });

  it('shows every change of a byte and every change of its lines, at its line', async () => {
    let found = 0;
    const unfound: string[] = [];
    for (const [name, changed] of [...byteChanges(bytes, 40, 11), ...lineChanges(text, 16, 12)]) {
      if (Buffer.compare(bytes, changed) === 0) continue;
      const { ok, checks } = await verifyBundle(changed, INPUT);
      const [line, failure] = [firstChangedLine(bytes, changed), firstFailure(checks)];
      if (ok || failure?.at?.line !== line) unfound.push(`${name}: line ${line}, but ${JSON.stringify(failure ?? 'nothing')}`);
      found += 1;
    }
    expect(unfound).toEqual([]);
    expect(found).toBeGreaterThan(250);
  });
});

describe('any bytes at all', () => {
  it('are answered with a list of checks and never with an exception', async () => {
    const bytes = bytesOf(await tellBundle(honest, { durationMs: minutes(2) }));
    const random = seededRandom(1000);
    for (let index = 0; index < 1_000; index += 1) {
      const changed = Uint8Array.from(bytes);
      for (let flips = 0; flips <= index % 4; flips += 1) {
        const at = Math.floor(random() * bytes.length);
        changed[at] = Math.floor(random() * 256);
      }
      const { ok, checks } = await verifyBundle(changed, INPUT);
      expect(checks).toHaveLength(Object.keys(CHECKS).length);
      expect(ok).toBe(Buffer.compare(bytes, changed) === 0);
    }
  });

  it.each([
    ['nothing', ''], ['no bundle', 'hello'], ['an empty line', '\n'], ['another format', '{"manifest":{}}\n'], ['an array', '[]\n'], ['null', 'null\n'],
    ['deep nesting', `${'['.repeat(200_000)}\n`],
  ])('%s is no bundle', async (_name, given) => {
    const { ok, checks } = await verifyBundle(given, INPUT);
    expect(ok).toBe(false);
    expect(checks[0]).toMatchObject({ id: 'format', outcome: 'FAIL', at: { line: 1 } });
  });

  it('in place of a report or a key set are refused in words', async () => {
    const text = await tellBundle(honest, { durationMs: minutes(2) });
    for (const junk of [null, 7, 'report', [], { signature: {} }, { rules: 'x' }]) {
      const { ok, checks } = await verifyBundle(text, { ...INPUT, report: junk });
      expect(ok).toBe(false);
      expect(firstFailure(checks)).toMatchObject({ id: 'report.signature' });
    }
    for (const junk of [null, 7, [], { keys: [] }, { keys: [null, { kty: 'RSA' }] }]) {
      const { ok, checks } = await verifyBundle(text, { ...INPUT, jwks: junk });
      expect(ok).toBe(false);
      expect(checks.find(({ id }) => id === 'signature')?.outcome).toBe('SKIPPED');
    }
  });
});
