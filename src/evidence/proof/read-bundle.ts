/** Reads a bundle line by line and strictly: what is not exactly in the format is not read, and the place is named. */
import type { z } from 'zod';
import { canonicalJson } from './canonical.js';
import {
  BUNDLE_FORMAT, type BundleFinding, type BundleManifest, entryLineSchema, findingsLineSchema, manifestLineSchema, signatureLineSchema,
} from './format.js';
import { type Flaw, flaw, messageOf, type Place } from './result.js';

export interface BundleEntry {
  readonly seq: number;
  readonly event: Readonly<Record<string, unknown>> & { readonly type: string; readonly at: number };
  readonly body: string;
  readonly hash: string;
}

export interface Bundle {
  readonly manifestLine: string;
  readonly manifest: BundleManifest;
  readonly entries: readonly BundleEntry[];
  readonly findingsLine: string;
  readonly findings: readonly BundleFinding[];
  readonly jws: string;
}

/** Line of a journal entry, from its number: line 1 is the manifest. */
export const lineOfSeq = (seq: number): number => seq + 1;

const LF = 0x0a;
const ENTRY_HEAD = '{"body":';

interface Line {
  readonly number: number;
  readonly byte: number;
  readonly text: string;
  readonly value: unknown;
}

class Broken extends Error {
  constructor(readonly flaw: Flaw) {
    super(flaw.detail.en);
  }
}

/** The bundle, or what is wrong with the first line that is not in the format. */
export function readBundle(bytes: Uint8Array): { readonly bundle: Bundle } | { readonly flaw: Flaw } {
  try {
    return { bundle: parse(bytes) };
  } catch (error) {
    if (error instanceof Broken) return { flaw: error.flaw };
    throw error;
  }
}

function parse(bytes: Uint8Array): Bundle {
  const lines = new LineReader(bytes);
  const first = lines.next('清单', 'the manifest');
  const { manifest } = read(first, manifestLineSchema);
  if (manifest.format !== BUNDLE_FORMAT) throw new Broken(flaw(`不支持的格式 ${manifest.format}`, `Unknown format ${manifest.format}`, { line: 1 }));
  const entries: BundleEntry[] = [];
  let line = lines.next('日志条目', 'a journal entry');
  for (; line.text.startsWith(ENTRY_HEAD); line = lines.next('日志条目或发现项', 'a journal entry or the findings')) {
    const { body, hash, seq } = read(line, entryLineSchema);
    // The line is canonical, so its body is the text between the first member's name and the second member.
    entries.push({ seq, event: body, body: line.text.slice(ENTRY_HEAD.length, -`,"hash":"${hash}","seq":${seq}}`.length), hash });
  }
  const { findings } = read(line, findingsLineSchema);
  const last = lines.next('签名', 'the signature');
  const { signature } = read(last, signatureLineSchema);
  lines.end();
  return { manifestLine: first.text, manifest, entries, findingsLine: line.text, findings, jws: signature };
}

function read<S extends z.ZodType>(line: Line, schema: S): z.infer<S> {
  const parsed = schema.safeParse(line.value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const path = issue?.path.join('.') ?? '';
  throw new Broken(flaw(`内容不符合格式: ${path}`, `Not in the format at ${path}: ${issue?.message ?? ''}`, placeOf(line)));
}

const placeOf = ({ number, byte, text }: Omit<Line, 'value'>, offset = 0): Place => ({
  line: number,
  ...(text.startsWith(ENTRY_HEAD) && { seq: number - 1 }),
  byte: byte + offset,
});

/** Cuts bytes into lines that are UTF-8, JSON, and canonical. */
class LineReader {
  private at = 0;
  private number = 0;

  constructor(private readonly bytes: Uint8Array) {}

  next(zh: string, en: string): Line {
    this.number += 1;
    const start = this.at;
    const here: Place = { line: this.number, byte: start };
    if (start >= this.bytes.length) throw new Broken(flaw(`文件在此结束，缺少${zh}`, `The file ends here: ${en} is missing`, here));
    const end = this.bytes.indexOf(LF, start);
    if (end === -1) throw new Broken(flaw('文件在此行中断(缺少换行符)', 'The file breaks off in this line (no LF)', here));
    this.at = end + 1;
    const raw = this.bytes.subarray(start, end);
    const text = decode(raw, here);
    const value = parseJson(text, { number: this.number, byte: start, text });
    return { number: this.number, byte: start, text, value };
  }

  end(): void {
    if (this.at === this.bytes.length) return;
    throw new Broken(flaw('签名之后还有内容', 'There is something behind the signature', { line: this.number + 1, byte: this.at }));
  }
}

function decode(raw: Uint8Array, here: Place): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(raw);
  } catch {
    throw new Broken(flaw('不是有效的 UTF-8 文本', 'Not UTF-8 text', here));
  }
}

function parseJson(text: string, line: Omit<Line, 'value'>): unknown {
  let canonical: string;
  let value: unknown;
  try {
    value = JSON.parse(text);
    canonical = canonicalJson(value);
  } catch (error) {
    throw new Broken(flaw('不是有效的 JSON', `Not JSON: ${messageOf(error)}`, placeOf(line)));
  }
  if (canonical === text) return value;
  throw new Broken(flaw('不是规范 JSON(RFC 8785)', 'Not canonical JSON (RFC 8785)', placeOf(line, firstDifference(text, canonical))));
}

/** Bytes before the first character in which two texts differ. */
function firstDifference(text: string, other: string): number {
  let index = 0;
  while (index < text.length && text[index] === other[index]) index += 1;
  return new TextEncoder().encode(text.slice(0, index)).length;
}
