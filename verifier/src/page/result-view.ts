import { hasWebCrypto } from '../../../src/evidence/proof/digest.js';
import type { Check, Words } from '../../../src/evidence/proof/result.js';
import { MATERIALS, type MaterialKind } from '../materials.js';
import { adviceOf, type Headline, headlineOf, placeWords, SYMBOLS, TONE_SYMBOLS, verdictWords } from '../words.js';
import { el } from './dom.js';
import { OUTCOME_WORDS, TEXTS } from './texts.js';
import type { Answer } from './worker.js';

export interface GivenFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}
export type GivenFiles = Readonly<Partial<Record<MaterialKind, GivenFile>>>;

type Say = (words: Words) => string;
type Verified = Extract<Answer, { readonly kind: 'verified' }>;

const SECONDS_AND_ZONE = { dateStyle: 'short', timeStyle: 'long' } as const;
const TONES = { PASS: 'good', FAIL: 'bad', SKIPPED: 'open' } as const;

/** The one line that counts, for the eye and for the live region. */
export function headlineElement(answer: Answer, namedSession: string | null, say: Say): HTMLElement {
  const { tone, words, more } = headlineFor(answer, namedSession);
  return el('div', { className: `headline ${tone}` }, el('p', { className: 'word' }, `${TONE_SYMBOLS[tone]} ${say(words)}`), el('p', {}, say(more)));
}

function headlineFor(answer: Answer, namedSession: string | null): Headline {
  if (answer.kind === 'unreadable') {
    const { zh, en } = MATERIALS[answer.material];
    return { tone: 'bad', words: TEXTS.unreadable, more: { zh: `${zh}: ${answer.words.zh}`, en: `${en}: ${answer.words.en}` } };
  }
  if (answer.kind === 'broken') return { tone: 'bad', words: TEXTS.broken, more: { zh: answer.message, en: answer.message } };
  const headline = headlineOf(answer.verification);
  const { sessionId } = answer.verification;
  if (namedSession !== null && sessionId !== null && sessionId !== namedSession) return { ...headline, tone: 'bad', words: TEXTS.otherSession };
  return headline.tone === 'open' && !hasWebCrypto() ? { ...headline, more: TEXTS.noWebCrypto } : headline;
}

/** Facts, checks and the button to print them. */
export function resultDetails({ verification, hashes, at, files }: Verified & { readonly at: Date; readonly files: GivenFiles }, say: Say): readonly HTMLElement[] {
  const { sessionId, verdict, checks } = verification;
  const facts: readonly (readonly [string, string | HTMLElement])[] = [
    ...(sessionId === null ? [] : [[say(TEXTS.session), el('code', {}, sessionId)] as const]),
    ...(verdict === null ? [] : [[say(TEXTS.verdict), say(verdictWords(verdict))] as const]),
    [say(TEXTS.checkedAt), at.toLocaleString('sv-SE', SECONDS_AND_ZONE)],
    ...(Object.keys(MATERIALS) as MaterialKind[]).flatMap((kind) => {
      const [file, hash] = [files[kind], hashes[kind]];
      return file === undefined || hash === undefined ? [] : [[say(MATERIALS[kind]), fileFacts(file.name, hash)] as const];
    }),
  ];
  return [
    el('dl', { className: 'facts' }, ...facts.flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, value)])),
    el('ol', { className: 'checks' }, ...checks.map((check) => checkElement(check, adviceOf(check, verification), say))),
    el('p', { className: 'tools' }, el('button', { type: 'button', textContent: say(TEXTS.print), onclick: () => print() })),
  ];
}

const fileFacts = (name: string, hash: string): HTMLElement => el('span', {}, name, el('br'), el('code', { className: 'muted' }, `SHA-256 ${hash}`));

function checkElement(check: Check, advice: Words | null, say: Say): HTMLElement {
  const { id, outcome, at, detail } = check;
  const item = el(
    'li',
    { className: TONES[outcome] },
    el('span', { className: 'symbol' }, el('span', { ariaHidden: 'true' }, SYMBOLS[outcome]), el('span', { className: 'unseen' }, say(OUTCOME_WORDS[outcome]))),
    el('span', { className: 'name' }, say(check)),
    el(
      'div',
      { className: 'detail' },
      say(detail),
      at === undefined ? null : el('p', { className: 'place' }, say(placeWords(at))),
      advice === null ? null : el('p', {}, `→ ${say(advice)}`),
    ),
  );
  Object.assign(item.dataset, { check: id, outcome });
  return item;
}
