import type { AlternativeReason, LivenessRequest, PopupShow, SessionClosed, SessionProgress } from '@xuejian/protocol';
import type { LivenessStep } from '../checks/liveness-run.js';
import { el } from './dom.js';
import { LivenessDialog } from './liveness-dialog.js';
import { PopupDialog } from './popup-dialog.js';
import { STYLES } from './styles.js';
import { minutesAndSeconds, ruleName, TEXTS, type Locale, type NoticeReason, type Texts } from './texts.js';
import type { LivenessState, ProctorView, ViewActions } from './view.js';

/** Where the trainee can do something about it, the button that does it. */
const ACTION_OF: Partial<Record<NoticeReason, 'resume' | 'continueHere' | 'retryCamera'>> = {
  POPUP_MISSED: 'resume',
  CLICK_TO_PLAY: 'resume',
  LEASE: 'continueHere',
  PLACE_TAKEN: 'continueHere',
  CAMERA: 'retryCamera',
  NO_CAMERA: 'retryCamera',
};

/** Where people can stand in for the machine, and why they would. */
const PEOPLE_FOR: Partial<Record<NoticeReason, AlternativeReason>> = {
  ALTERNATIVE: 'CANNOT_DO_ACTS',
  CAMERA: 'NO_CAMERA',
  NO_CAMERA: 'NO_CAMERA',
  CONSENT: 'REFUSES_FACE',
};

/**
 * The panel under the video and its dialogs, in a shadow root of their own. Its host mirrors the state for styling and
 * for scripts of the platform: `data-xj-notice`, `data-xj-act`, `data-xj-popup`, `data-xj-verdict`, `data-xj-credited-ms`.
 */
export class ShadowView implements ProctorView {
  readonly #host: HTMLElement;
  readonly #texts: Texts;
  readonly #popup: PopupDialog;
  readonly #liveness: LivenessDialog;
  readonly #notice = el('div', { class: 'notice', role: 'status', 'aria-live': 'polite', 'data-tone': 'calm' });
  readonly #preview: HTMLVideoElement;
  readonly #lights = el('ul', { class: 'lights' });
  readonly #credited = el('span', {}, '');
  readonly #counts = el('span', {}, '');
  readonly #bar: HTMLProgressElement;
  #durationMs = 0;
  #isFinal = false;

  constructor(
    container: HTMLElement,
    private readonly locale: Locale,
    private readonly actions: ViewActions,
  ) {
    const texts = (this.#texts = TEXTS[locale]);
    this.#host = document.createElement('xuejian-proctor');
    this.#host.lang = locale === 'zh' ? 'zh-CN' : 'en';
    const root = this.#host.attachShadow({ mode: 'open' });
    addStyles(root);
    this.#bar = el('progress', { max: '1', value: '0', 'aria-label': texts.creditedLabel });
    this.#preview = el('video', { class: 'preview', playsinline: true, autoplay: true, 'aria-label': texts.cameraLabel, tabindex: '-1' });
    this.#preview.muted = true;
    root.append(
      el(
        'section',
        { class: 'panel', 'aria-label': texts.panelLabel },
        this.#notice,
        el(
          'div',
          { class: 'body' },
          this.#preview,
          el('div', { class: 'credit' }, this.#credited, this.#bar, this.#counts),
          this.#lights,
        ),
      ),
    );
    this.#popup = new PopupDialog(root, texts, locale, (answer, trusted) => actions.answerPopup(answer, trusted));
    this.#liveness = new LivenessDialog(root, texts, () => actions.beginLiveness(), () => void actions.requestAlternative('CANNOT_DO_ACTS'));
    container.append(this.#host);
    this.notice('CONNECTING');
  }

  progress(progress: SessionProgress): void {
    const texts = this.#texts;
    this.#lights.replaceChildren(
      ...progress.lights.map(({ rule, light, code }) =>
        el(
          'li',
          { class: light, 'data-xj-rule': rule, 'data-xj-light': light, title: code },
          el('span', { class: 'dot', 'aria-hidden': 'true' }),
          el('span', {}, el('b', {}, ruleName(texts, rule)), el('small', {}, texts.lights[light])),
        ),
      ),
    );
    const { popups, faceChecks, snapshots } = progress;
    this.#counts.textContent = texts.counts(
      String(popups.answered),
      `${faceChecks.passed}/${faceChecks.required}`,
      String(snapshots.qualifying),
    );
    this.#durationMs = progress.durationMs;
    this.credited(progress.creditedMs);
    this.#mirror('verdict', progress.verdict);
  }

  credited(creditedMs: number): void {
    this.#credited.textContent = this.#texts.credited(minutesAndSeconds(creditedMs), minutesAndSeconds(this.#durationMs));
    this.#bar.value = this.#durationMs > 0 ? Math.min(1, creditedMs / this.#durationMs) : 0;
    this.#mirror('credited-ms', String(Math.round(creditedMs)));
  }

  notice(reason: NoticeReason | null): void {
    if (this.#isFinal || (this.#host.dataset.xjNotice ?? null) === (reason ?? 'NONE')) return;
    this.#mirror('notice', reason ?? 'NONE');
    if (reason === null) return this.#say(this.#texts.playing, '', 'calm', []);
    const { title, todo } = this.#texts.notices[reason];
    this.#say(title, todo, reason === 'CONNECTING' ? 'calm' : 'warn', this.#buttons(reason));
  }

  camera(stream: MediaStream | null): void {
    this.#preview.srcObject = stream;
    if (stream) void this.#preview.play().catch(() => undefined);
    this.#liveness.camera(stream);
  }

  popup(popup: PopupShow | null): void {
    if (popup) this.#popup.show(popup);
    else this.#popup.close();
    this.#mirror('popup', popup?.popupId ?? null);
  }

  liveness(request: LivenessRequest | null): void {
    if (request) this.#liveness.show(request);
    else this.#liveness.close();
    this.#mirror('act', request ? 'READY' : null);
  }

  livenessStep(step: LivenessStep): void {
    this.#liveness.step(step);
    this.#mirror('act', step.prompt);
  }

  livenessState(state: LivenessState): void {
    this.#liveness.state(state);
    this.#mirror('act', state === 'AGAIN' ? 'READY' : state);
  }

  closed(closed: SessionClosed): void {
    this.#end(closed.message[this.locale], closed.verdict === 'VALID' ? 'calm' : 'bad');
    this.#mirror('verdict', closed.verdict);
    this.#mirror('closed', closed.reason);
  }

  failed(message: string): void {
    this.#end(message, 'bad');
    this.#mirror('closed', 'FAILED');
  }

  destroy(): void {
    this.#popup.close();
    this.#liveness.close();
    this.#host.remove();
  }

  #end(message: string, tone: 'calm' | 'bad'): void {
    this.popup(null);
    this.liveness(null);
    this.#isFinal = true;
    this.#say(message, '', tone, []);
  }

  #say(title: string, todo: string, tone: 'calm' | 'warn' | 'bad', buttons: readonly HTMLButtonElement[]): void {
    this.#notice.dataset.tone = tone;
    this.#notice.replaceChildren(
      el('div', {}, el('strong', {}, title), ...(todo === '' ? [] : [el('p', {}, todo)])),
      ...buttons,
    );
  }

  #buttons(reason: NoticeReason): readonly HTMLButtonElement[] {
    const [action, people] = [ACTION_OF[reason], PEOPLE_FOR[reason]];
    const buttons: HTMLButtonElement[] = [];
    if (action) {
      const button = el('button', { type: 'button', 'data-xj-action': action }, this.#texts[action]);
      button.addEventListener('click', () => this.actions[action]());
      buttons.push(button);
    }
    if (people) {
      const button = el('button', { type: 'button', class: 'quiet', 'data-xj-action': 'ask-people' }, this.#texts.askPeople);
      button.addEventListener('click', () => {
        button.disabled = true;
        button.textContent = this.#texts.peopleAsked;
        void this.actions.requestAlternative(people);
      });
      buttons.push(button);
    }
    return buttons;
  }

  #mirror(name: string, value: string | null): void {
    if (value === null) this.#host.removeAttribute(`data-xj-${name}`);
    else this.#host.setAttribute(`data-xj-${name}`, value);
  }
}

/** A constructed sheet passes strict content security policies; a style element is for older browsers. */
function addStyles(root: ShadowRoot): void {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLES);
    root.adoptedStyleSheets = [sheet];
  } catch {
    root.append(el('style', {}, STYLES));
  }
}
