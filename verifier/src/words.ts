/** A verification in words: one line for the whole, the place of a flaw, and what to do about it. */
import type { Check, CheckId, Place, Words } from '../../src/evidence/proof/result.js';
import type { Verification } from '../../src/evidence/proof/verify.js';
import { VERDICT_WORDS } from '../../src/reports/words.js';

export type Tone = 'good' | 'bad' | 'open';

export const SYMBOLS = { PASS: '✓', FAIL: '✗', SKIPPED: '–' } as const;
export const TONE_SYMBOLS = { good: '✓', bad: '✗', open: '–' } as const;

export interface Headline {
  readonly tone: Tone;
  readonly words: Words;
  readonly more: Words;
}

/** What the checks come to. Without the bundle's signature nothing is proved, even where nothing failed. */
export function headlineOf({ ok, checks }: Verification): Headline {
  const failed = checks.filter(({ outcome }) => outcome === 'FAIL').length;
  const skipped = checks.filter(({ outcome }) => outcome === 'SKIPPED').length;
  const passed = checks.length - failed - skipped;
  const counts = { zh: `${passed} 项通过，${failed} 项未通过，${skipped} 项未核验`, en: `${passed} passed, ${failed} failed, ${skipped} not checked` };
  if (failed > 0) return { tone: 'bad', words: { zh: '核验未通过，不可采信', en: 'Verification failed: do not rely on it' }, more: counts };
  if (ok) return { tone: 'good', words: { zh: '核验通过', en: 'Verified' }, more: counts };
  return { tone: 'open', words: { zh: '尚不能确认：签名未核验', en: 'Not proved yet: the signature was not checked' }, more: counts };
}

/** The verdict a bundle names, in words. */
export function verdictWords(verdict: string): Words {
  return Object.hasOwn(VERDICT_WORDS, verdict) ? VERDICT_WORDS[verdict as keyof typeof VERDICT_WORDS] : { zh: verdict, en: verdict };
}

export function placeWords({ line, seq, byte }: Place): Words {
  const zh = [line !== undefined && `第 ${line} 行`, seq !== undefined && `日志第 ${seq} 条`, byte !== undefined && `第 ${byte} 字节`];
  const en = [line !== undefined && `line ${line}`, seq !== undefined && `journal entry ${seq}`, byte !== undefined && `byte ${byte}`];
  return { zh: zh.filter(Boolean).join('，'), en: en.filter(Boolean).join(', ') };
}

const FETCH_AGAIN: Words = {
  zh: '请从平台重新下载证据包再核验；仍不通过，即内容在签署之后被改动，请保留文件并要求平台说明。',
  en: 'Download the bundle from the platform again. If it still fails, it was changed after signing: keep the file and ask the platform to explain.',
};
const ASK_THE_PLATFORM: Words = {
  zh: '此项由平台的签名担保却不成立，不是传输差错。请保留全部文件，按平台问题处理。',
  en: 'The platform vouched for this and it does not hold; this is no error of transmission. Keep all files and treat it as the platform’s.',
};
const SAME_ENGINE: Words = {
  zh: '若上面说引擎版本不同，请用相同版本的核验程序再试；否则结论不是由日志得出的，请保留全部文件，按平台问题处理。',
  en: 'If another engine version is named above, verify with that version. Otherwise the verdict does not follow from the journal: keep all files and treat it as the platform’s.',
};
const CHECK_KEYS: Words = {
  zh: '请确认公钥集取自该平台的 /.well-known/jwks.json(经 HTTPS)；仍不通过，即不是该平台签署的，或在签署之后被改动。',
  en: 'Make sure that the key set is the platform’s own /.well-known/jwks.json (over HTTPS). If it still fails, the platform did not sign this, or it was changed since.',
};

const ADVICE: Readonly<Record<CheckId, Words>> = {
  format: FETCH_AGAIN,
  algorithms: { zh: '请换用支持该算法的新版核验程序。', en: 'Use a newer verifier that knows this algorithm.' },
  signature: CHECK_KEYS,
  chain: FETCH_AGAIN,
  manifest: FETCH_AGAIN,
  policy: ASK_THE_PLATFORM,
  commitment: ASK_THE_PLATFORM,
  schedule: ASK_THE_PLATFORM,
  findings: SAME_ENGINE,
  verdict: SAME_ENGINE,
  images: FETCH_AGAIN,
  'report.signature': CHECK_KEYS,
  'report.agreement': {
    zh: '请在同一时间重新下载报告和证据包(复核之后两者都会更新)；仍不一致，以证据包为准。',
    en: 'Download report and bundle again at the same time (both change after a review). If they still differ, the bundle counts.',
  },
  'log.inclusion': ASK_THE_PLATFORM,
  'log.head': CHECK_KEYS,
  'log.consistency': {
    zh: '请确认一致性证明正是这两个树头之间的；确认后仍不通过，即历史被改写，自存的树头就是证据。',
    en: 'Make sure that the proof is the one between these two heads. If it is, the past was rewritten, and the head you kept is the evidence.',
  },
  'log.timestamp': { zh: '请确认证书是该时间戳机构的；无效的时间戳不影响其他各项。', en: 'Make sure that the certificate is the authority’s. A timestamp that is not valid takes nothing from the other checks.' },
};

/** What to do about the first check that failed; those after it may have failed because of it, and get no advice. */
export const adviceOf = (check: Check, { checks }: Verification): Words | null => (check === checks.find(({ outcome }) => outcome === 'FAIL') ? ADVICE[check.id] : null);
