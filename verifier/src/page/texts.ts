import type { MaterialKind } from '../materials.js';
import type { Words } from '../../../src/evidence/proof/result.js';

export type Locale = 'zh' | 'en';

export const TEXTS = {
  brand: { zh: '学监 · 离线核验', en: 'Xuejian · offline verifier' },
  title: { zh: '核验一次学习的证据', en: 'Verify the evidence of one session' },
  intro: {
    zh: '本页在您的浏览器内核验：签名、日志哈希链、随机时刻、公开日志，并用同一判定引擎由日志重算结论。文件不会离开本机；断网也能用，可另存为文件。',
    en: 'This page verifies within your browser: signatures, the hash chain of the journal, the random instants, the public log; and it recomputes the verdict from the journal with the same engine. No file leaves this machine. It works without network and can be saved as a file.',
  },
  files: { zh: '文件', en: 'Files' },
  drop: { zh: '把文件一起拖到本页任意位置，会按内容识别；或逐项选择。', en: 'Drop the files anywhere on this page: each is recognised by its content. Or choose them one by one.' },
  moreFiles: { zh: '更多材料(可选)', en: 'More material (optional)' },
  result: { zh: '核验结果', en: 'Result' },
  footer: { zh: '本页不连接网络，不保存任何内容', en: 'This page connects to nothing and keeps nothing' },
  choose: { zh: '选择文件', en: 'Choose file' },
  remove: { zh: '移除', en: 'Remove' },
  print: { zh: '打印本结果', en: 'Print this result' },
  waiting: { zh: '请先给出证据包。', en: 'Give the evidence bundle first.' },
  checking: { zh: '正在核验…', en: 'Verifying…' },
  unreadable: { zh: '文件无法读取', en: 'A file cannot be read' },
  broken: { zh: '核验程序出错，未得出结果', en: 'The verifier itself failed: there is no result' },
  session: { zh: '学习编号', en: 'Session' },
  verdict: { zh: '所载结论', en: 'Verdict it names' },
  checkedAt: { zh: '核验时间(本机时钟)', en: 'Verified at (clock of this machine)' },
  sessionNamed: { zh: '报告指向的学习', en: 'The report names session' },
  fetch: { zh: '所需文件的地址见下。证据包和报告要凭平台的访问密钥下载，或向平台索取；公钥集向所有人开放。', en: 'Where its files are is said below. Bundle and report are given to the holder of the platform’s access key: ask the platform for them. The key set is open to everyone.' },
  otherSession: { zh: '证据包属于另一次学习，不是报告二维码所指的那一次', en: 'This bundle is about another session than the one the report’s code names' },
  noWebCrypto: {
    zh: '此浏览器在本页面地址下无法核验签名：请经 HTTPS 打开，或把本页另存为文件后打开，或换用新版浏览器(Chrome 137、Firefox 129、Safari 17 起)。',
    en: 'This browser cannot check signatures at this address: open the page over HTTPS, or save it and open the file, or use a newer browser (Chrome 137, Firefox 129, Safari 17 or later).',
  },
} as const satisfies Readonly<Record<string, Words>>;

export const OUTCOME_WORDS = { PASS: { zh: '通过', en: 'passed' }, FAIL: { zh: '未通过', en: 'failed' }, SKIPPED: { zh: '未核验', en: 'not checked' } } as const;

/** Where each file comes from; `{id}` stands for the session. */
export const SOURCES: Readonly<Record<MaterialKind, { readonly path: string | null; readonly words: Words }>> = {
  bundle: { path: '/v1/sessions/{id}/evidence', words: { zh: '必需；.ndjson 或 .ndjson.gz', en: 'required; .ndjson or .ndjson.gz' } },
  report: { path: '/v1/sessions/{id}/report', words: { zh: '核验报告签名与公开日志', en: 'for the signature of the report and the public log' } },
  keys: { path: '/.well-known/jwks.json', words: { zh: '没有它无法核验签名', en: 'without it no signature can be checked' } },
  keptHead: { path: '/v1/log/heads/latest', words: { zh: '您以前保存的公开日志树头', en: 'a head of the public log that you saved before' } },
  consistency: { path: '/v1/log/consistency?from=…&to=…', words: { zh: '两个树头大小不同时需要', en: 'needed when the two trees differ in size' } },
  tsa: { path: null, words: { zh: 'PEM；由时间戳机构公布', en: 'PEM; published by the authority' } },
};
