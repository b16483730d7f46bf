/** `xuejian-verify`: the verification as a command. Reads files, writes a table or JSON, and answers with its exit code. */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { EngineInfo } from '../../src/evidence/proof/replay-checks.js';
import type { Check, Words } from '../../src/evidence/proof/result.js';
import type { Verification } from '../../src/evidence/proof/verify.js';
import { MaterialError, type MaterialKind, type Materials, MATERIALS, verifyMaterials } from './materials.js';
import { adviceOf, headlineOf, placeWords, SYMBOLS, TONE_SYMBOLS, verdictWords } from './words.js';

/** 0: verified. 1: a check failed, or the signature could not be checked. 2: wrong usage, or a file cannot be read. */
export type ExitCode = 0 | 1 | 2;

export interface Output {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

const HELP = `用法 / Usage: xuejian-verify <bundle[.gz]> [--report r.json] [--keys jwks.json] [options]
  --report FILE       签名报告 / the signed report: GET /v1/sessions/{id}/report
  --keys FILE         公钥集 / the key set: GET /.well-known/jwks.json
  --kept-head FILE    自存的树头 / a tree head you kept: GET /v1/log/heads/latest
  --consistency FILE  一致性证明 / the proof between the heads: GET /v1/log/consistency?from=&to=
  --tsa FILE          时间戳机构证书(PEM) / certificates of the time-stamping authority
  --json              输出 JSON / answer in JSON
  --lang zh|en        只用一种语言 / one language only
退出码 / Exit code: 0 核验通过 verified, 1 未通过或签名未核验 failed or signature not checked, 2 用法有误或文件无法读取 wrong usage or unreadable
`;

const OPTIONS = {
  report: { type: 'string' },
  keys: { type: 'string' },
  'kept-head': { type: 'string' },
  consistency: { type: 'string' },
  tsa: { type: 'string' },
  json: { type: 'boolean', default: false },
  lang: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

type Language = 'zh' | 'en' | 'both';
type Files = { readonly bundle: string } & Readonly<Partial<Record<MaterialKind, string>>>;

/** The command line or a file is not what it should be. */
class UsageError extends Error {}

export async function run(argv: readonly string[], engine: EngineInfo, { out, err }: Output): Promise<ExitCode> {
  let language: Language = 'both';
  try {
    const { values, positionals } = parse(argv);
    if (values.help) {
      out(HELP);
      return 0;
    }
    language = languageOf(values.lang);
    const [bundle, ...more] = positionals;
    if (bundle === undefined || more.length > 0) throw new UsageError(HELP);
    const { report, keys, consistency, tsa, 'kept-head': keptHead } = values;
    const materials = await readAll({ bundle, ...(report && { report }), ...(keys && { keys }), ...(keptHead && { keptHead }), ...(consistency && { consistency }), ...(tsa && { tsa }) });
    const verification = await verifyMaterials(materials, engine);
    out(values.json ? `${JSON.stringify({ engineVersion: engine.version, ...verification }, null, 2)}\n` : tableOf(verification, engine, language));
    return verification.ok ? 0 : 1;
  } catch (error) {
    if (error instanceof MaterialError) err(`${say(MATERIALS[error.kind], language)}: ${say(error.words, language)}\n`);
    else if (error instanceof UsageError) err(`${error.message.trimEnd()}\n`);
    else throw error;
    return 2;
  }
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n${HELP}`);
  }
}

function languageOf(lang: string | undefined): Language {
  if (lang === undefined || lang === 'zh' || lang === 'en') return lang ?? 'both';
  throw new UsageError(`--lang zh|en\n${HELP}`);
}

async function readAll(files: Files): Promise<Materials & { readonly bundle: Uint8Array }> {
  const read = await Promise.all(Object.entries(files).map(async ([kind, path]) => [kind, await fileAt(path)] as const));
  return Object.fromEntries(read) as unknown as Materials & { readonly bundle: Uint8Array };
}

async function fileAt(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new UsageError(`无法读取 / Cannot read ${path}: ${(error as NodeJS.ErrnoException).code ?? String(error)}`);
  }
}

const say = ({ zh, en }: Words, language: Language): string => (language === 'zh' ? zh : language === 'en' ? en : `${zh} · ${en}`);
const linesOf = ({ zh, en }: Words, language: Language): readonly string[] => (language === 'zh' ? [zh] : language === 'en' ? [en] : [zh, en]);

function tableOf(verification: Verification, { version }: EngineInfo, language: Language): string {
  const { sessionId, verdict, checks } = verification;
  const { tone, words, more } = headlineOf(verification);
  const names = checks.map((check) => (language === 'both' ? `${check.zh} ${check.en}` : check[language]));
  const width = Math.max(...names.map(columnsOf));
  const rows = checks.flatMap((check, index) => rowsOf(check, { name: names[index] ?? '', width, language, advice: adviceOf(check, verification) }));
  return [
    `${say({ zh: '学监 证据核验', en: 'Xuejian evidence verifier' }, language)} ${version}`,
    ...(sessionId === null ? [] : [`${say({ zh: '学习编号', en: 'Session' }, language)}: ${sessionId}`]),
    ...(verdict === null ? [] : [`${say({ zh: '所载结论', en: 'Verdict it names' }, language)}: ${say(verdictWords(verdict), language)}`]),
    '',
    ...rows,
    '',
    `${TONE_SYMBOLS[tone]} ${say(words, language)}`,
    `  ${say(more, language)}`,
    '',
  ].join('\n');
}

interface Row {
  readonly name: string;
  /** Columns of the longest name. */
  readonly width: number;
  readonly language: Language;
  readonly advice: Words | null;
}

function rowsOf({ outcome, at, detail }: Check, { name, width, language, advice }: Row): readonly string[] {
  const texts = [
    ...linesOf(detail, language),
    ...(at === undefined ? [] : [`${say({ zh: '位置', en: 'at' }, language)}: ${say(placeWords(at), language)}`]),
    ...(advice === null ? [] : linesOf(advice, language).map((line) => `→ ${line}`)),
  ];
  const indent = ' '.repeat(width + 4);
  return texts.map((text, index) => (index === 0 ? `${SYMBOLS[outcome]} ${name}${' '.repeat(width - columnsOf(name) + 2)}${text}` : `${indent}${text}`));
}

/** Columns of a terminal a text takes: Chinese characters take two. */
const columnsOf = (text: string): number => [...text].reduce((sum, char) => sum + (/[\u2e80-\uffe6]/.test(char) ? 2 : 1), 0);
