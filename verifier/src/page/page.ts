/** The page: takes files by picker or drop, has them verified, and shows what came of it. */
import type { Words } from '../../../src/evidence/proof/result.js';
import { kindOf, MATERIALS, type MaterialKind } from '../materials.js';
import { byId, el } from './dom.js';
import { type GivenFile, type GivenFiles, headlineElement, resultDetails } from './result-view.js';
import { type Locale, SOURCES, TEXTS } from './texts.js';
import { Verifying } from './verifying.js';
import type { Answer } from './worker.js';

/** What is to be seen at present. */
type Stage =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'checking' }
  | { readonly kind: 'answered'; readonly answer: Answer; readonly at: Date };

const MAIN_SLOTS = ['bundle', 'report', 'keys'] as const;
const MORE_SLOTS = ['keptHead', 'consistency', 'tsa'] as const;
const LOCALE_NAMES = { zh: 'zh-CN', en: 'en' } as const;

export function startPage(script: string): void {
  new Page(new Verifying(script)).start();
}

class Page {
  private locale: Locale = 'zh';
  private files: GivenFiles = {};
  private stage: Stage = { kind: 'waiting' };

  constructor(private readonly verifying: Verifying) {}

  start(): void {
    byId('language').addEventListener('click', () => {
      this.locale = this.locale === 'zh' ? 'en' : 'zh';
      this.show();
    });
    addEventListener('hashchange', () => this.show());
    this.takeDrops();
    this.show();
  }

  private readonly say = (words: Words): string => words[this.locale];

  private takeDrops(): void {
    const hint = (isOver: boolean): void => void document.body.classList.toggle('dragging', isOver);
    addEventListener('dragover', (event) => {
      event.preventDefault();
      hint(true);
    });
    addEventListener('dragleave', ({ relatedTarget }) => relatedTarget === null && hint(false));
    addEventListener('drop', (event) => {
      event.preventDefault();
      hint(false);
      void this.take([...(event.dataTransfer?.files ?? [])], null);
    });
  }

  /** A file goes where its content belongs; only what cannot be told goes where it was put. */
  private async take(given: readonly File[], slot: MaterialKind | null): Promise<void> {
    const read = await Promise.all(given.map(async (file) => ({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) })));
    for (const file of read) {
      const seen = kindOf(file.bytes);
      this.files = { ...this.files, [seen === 'bundle' && slot !== null ? slot : seen]: file };
    }
    this.verify();
  }

  private drop(kind: MaterialKind): void {
    const { [kind]: _dropped, ...rest } = this.files;
    this.files = rest;
    this.verify();
  }

  private verify(): void {
    this.verifying.stop();
    const { bundle } = this.files;
    if (bundle === undefined) {
      this.turn({ kind: 'waiting' });
      return;
    }
    this.turn({ kind: 'checking' });
    const others = Object.fromEntries(Object.entries(this.files).map(([kind, { bytes }]) => [kind, bytes]));
    this.verifying.start({ ...others, bundle: bundle.bytes }, (answer) => this.turn({ kind: 'answered', answer, at: new Date() }));
  }

  private turn(stage: Stage): void {
    this.stage = stage;
    this.show();
  }

  private show(): void {
    const { say, locale } = this;
    document.documentElement.lang = LOCALE_NAMES[locale];
    document.title = `${say(TEXTS.title)} · ${say(TEXTS.brand)}`;
    const texts: Readonly<Record<string, Words>> = TEXTS;
    for (const element of document.querySelectorAll<HTMLElement>('[data-text]')) {
      const words = texts[element.dataset['text'] ?? ''];
      if (words !== undefined) element.textContent = say(words);
    }
    const other = locale === 'zh' ? 'en' : 'zh';
    Object.assign(byId('language'), { textContent: other === 'en' ? 'English' : '中文', lang: LOCALE_NAMES[other] });
    this.showSession();
    keepFocus(() => {
      byId('slots').replaceChildren(...MAIN_SLOTS.map((kind) => this.slot(kind)));
      byId('more-slots').replaceChildren(...MORE_SLOTS.map((kind) => this.slot(kind)));
    });
    this.showResult();
  }

  private showSession(): void {
    const id = sessionInAddress();
    const box = byId('session');
    box.hidden = id === null;
    if (id === null) return;
    box.replaceChildren(el('p', {}, el('b', {}, `${this.say(TEXTS.sessionNamed)} `), el('code', {}, id)), el('p', {}, this.say(TEXTS.fetch)));
  }

  private slot(kind: MaterialKind): HTMLElement {
    const { say } = this;
    const given = this.files[kind];
    const { words } = SOURCES[kind];
    const input = el('input', { type: 'file', id: `file-${kind}` });
    input.setAttribute('aria-label', `${say(TEXTS.choose)}: ${say(MATERIALS[kind])}`);
    input.addEventListener('change', () => void this.take([...(input.files ?? [])], kind));
    const remove = el('button', { type: 'button', id: `remove-${kind}`, textContent: say(TEXTS.remove), onclick: () => this.drop(kind) });
    remove.setAttribute('aria-label', `${say(TEXTS.remove)}: ${say(MATERIALS[kind])}`);
    return el(
      'li',
      {},
      el(
        'div',
        {},
        el('b', {}, say(MATERIALS[kind])),
        el('span', { className: 'where' }, `${say(words)} · `, addressOf(kind, sessionInAddress())),
        given === undefined ? null : el('div', { className: 'given' }, `✓ ${given.name} (${sizeOf(given)})`),
      ),
      el('div', { className: 'buttons' }, el('label', { className: 'pick' }, say(TEXTS.choose), input), given === undefined ? null : remove),
    );
  }

  private showResult(): void {
    const { stage, say } = this;
    byId('progress').hidden = stage.kind !== 'checking';
    const details = byId('details');
    details.replaceChildren();
    const headline = byId('headline');
    if (stage.kind !== 'answered') {
      headline.replaceChildren(el('p', { className: 'muted' }, say(stage.kind === 'waiting' ? TEXTS.waiting : TEXTS.checking)));
      return;
    }
    headline.replaceChildren(headlineElement(stage.answer, sessionInAddress(), say));
    if (stage.answer.kind === 'verified') details.replaceChildren(...resultDetails({ ...stage.answer, at: stage.at, files: this.files }, say));
  }
}

/** The session that the address names behind `#session=`. */
function sessionInAddress(): string | null {
  const id = new URLSearchParams(location.hash.slice(1)).get('session');
  return id !== null && /^[0-9a-f-]{36}$/.test(id) ? id : null;
}

/** A link where this page was served by the platform, else the path in words. */
function addressOf(kind: MaterialKind, sessionId: string | null): Node | string {
  const { path } = SOURCES[kind];
  if (path === null) return '';
  const isOpen = !path.includes('…') && (sessionId !== null || !path.includes('{id}'));
  const filled = path.replace('{id}', sessionId ?? '{id}');
  return isOpen && location.protocol.startsWith('http') ? el('a', { href: filled, target: '_blank', rel: 'noopener' }, filled) : el('code', {}, filled);
}

const sizeOf = ({ bytes }: GivenFile): string => (bytes.length < 100_000 ? `${(bytes.length / 1000).toFixed(1)} kB` : `${(bytes.length / 1e6).toFixed(2)} MB`);

/** Elements are made anew; whoever uses the keyboard stays where he was. */
function keepFocus(rebuild: () => void): void {
  const id = document.activeElement?.id ?? '';
  rebuild();
  const slot = /^(?:remove|file)-(.+)$/.exec(id)?.[1];
  if (slot !== undefined) (document.getElementById(id) ?? document.getElementById(`file-${slot}`))?.focus();
}
