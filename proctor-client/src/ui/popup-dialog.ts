import type { PopupShow } from '@xuejian/protocol';
import { el, modal } from './dom.js';
import type { Locale, Texts } from './texts.js';
import type { AnswerOutcome } from './view.js';

/** The popup of R3: a modal question inside the playing window, answerable by keyboard and screen reader. */
export class PopupDialog {
  #dialog: HTMLDialogElement | null = null;
  #timer: ReturnType<typeof setInterval> | null = null;

  constructor(
    private readonly root: ShadowRoot,
    private readonly texts: Texts,
    private readonly locale: Locale,
    private readonly answer: (answer: string, trusted: boolean) => Promise<AnswerOutcome>,
  ) {}

  show(popup: PopupShow): void {
    this.close();
    const { texts } = this;
    const error = el('p', { class: 'error', role: 'alert' });
    const timer = el('p', { class: 'timer', role: 'timer', 'aria-live': 'off' });
    const prompt = el('p', { id: 'xj-popup-prompt' }, popup.prompt[this.locale]);
    const controls = popup.options ? this.#choices(popup.options, error) : this.#input(error);
    const dialog = modal(
      { 'aria-labelledby': 'xj-popup-title', 'aria-describedby': 'xj-popup-prompt', 'data-xj-popup': popup.popupId },
      el('h2', { id: 'xj-popup-title' }, texts.popup.title),
      prompt,
      ...(popup.imageSvg ? [picture(popup.imageSvg, texts.popup.imageAlt)] : []),
      controls,
      error,
      timer,
    );
    this.#dialog = dialog;
    this.root.append(dialog);
    dialog.showModal();
    dialog.querySelector<HTMLElement>('input, button')?.focus();
    const endsAt = performance.now() + popup.timeoutMs;
    const tick = (): void => {
      timer.textContent = texts.popup.timeLeft(Math.max(0, Math.ceil((endsAt - performance.now()) / 1000)));
    };
    tick();
    this.#timer = setInterval(tick, 500);
  }

  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#dialog?.close();
    this.#dialog?.remove();
    this.#dialog = null;
  }

  #input(error: HTMLElement): HTMLFormElement {
    const { popup } = this.texts;
    const input = el('input', {
      id: 'xj-popup-input', inputmode: 'numeric', autocomplete: 'off', maxlength: '64', required: true, 'data-xj-input': 'popup',
    });
    const form = el(
      'form',
      { novalidate: true },
      el('label', { for: 'xj-popup-input' }, popup.inputLabel),
      input,
      el('button', { type: 'submit', 'data-xj-action': 'answer' }, popup.submit),
    );
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const value = input.value.trim();
      if (value !== '') void this.#send(form, value, event.isTrusted, error).then(() => input.select());
    });
    return form;
  }

  #choices(options: readonly string[], error: HTMLElement): HTMLElement {
    const group = el('div', { class: 'choices', role: 'group', 'aria-labelledby': 'xj-popup-prompt' });
    for (const option of options) {
      const button = el('button', { type: 'button', class: 'choice', 'data-xj-option': option }, option);
      button.addEventListener('click', (event) => void this.#send(group, option, event.isTrusted, error).then(() => button.focus()));
      group.append(button);
    }
    return group;
  }

  async #send(controls: HTMLElement, value: string, trusted: boolean, error: HTMLElement): Promise<void> {
    const { popup } = this.texts;
    const buttons = [...controls.querySelectorAll('button')];
    for (const button of buttons) button.disabled = true;
    error.textContent = popup.sending;
    const outcome = await this.answer(value, trusted);
    for (const button of buttons) button.disabled = outcome === 'ACCEPTED' || outcome === 'LATE';
    error.textContent = { ACCEPTED: '', WRONG: popup.wrong, LATE: popup.late, FAILED: popup.failed }[outcome];
  }
}

/** As an image, so that nothing in the SVG can run. */
const picture = (svg: string, alt: string): HTMLImageElement =>
  el('img', { class: 'picture', alt, src: `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}` });
