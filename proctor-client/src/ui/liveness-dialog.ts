import type { LivenessRequest } from '@xuejian/protocol';
import type { LivenessPromptKind, LivenessStep } from '../checks/liveness-run.js';
import { el, modal } from './dom.js';
import type { Texts } from './texts.js';
import type { LivenessState } from './view.js';

/** A sign beside the words, as the mirrored preview shows the act. */
const SIGNS: Readonly<Record<LivenessPromptKind, string>> = {
  NEUTRAL: '🙂', BLINK: '😌', OPEN_MOUTH: '😮', TURN_LEFT: '⬅️', TURN_RIGHT: '➡️', NOD: '⬇️', LEAN_IN: '🔍',
};

/** A check that waits for no other is judged sooner than this. */
const QUEUED_AFTER_MS = 6_000;

/** Guides the trainee through a liveness check: explains, waits for 'Start', prompts each act with its countdown. */
export class LivenessDialog {
  #dialog: HTMLDialogElement | null = null;
  #countdown: ReturnType<typeof setInterval> | null = null;
  #queued: ReturnType<typeof setTimeout> | null = null;
  readonly #prompt = el('p', { class: 'prompt', role: 'alert' });
  readonly #sign = el('p', { class: 'sign', 'aria-hidden': 'true' });
  readonly #detail = el('p', { class: 'center timer', role: 'status' });
  readonly #bar = el('progress', { max: '1', value: '0', 'aria-hidden': 'true' });
  readonly #begin: HTMLButtonElement;
  readonly #cannot: HTMLButtonElement;
  readonly #video = el('video', { playsinline: true, autoplay: true, 'aria-hidden': 'true', tabindex: '-1' });
  readonly #face = el('div', { class: 'face' }, this.#video);
  #stream: MediaStream | null = null;

  constructor(
    private readonly root: ShadowRoot,
    private readonly texts: Texts,
    begin: () => void,
    askPeople: () => void,
  ) {
    this.#video.muted = true;
    this.#begin = el('button', { type: 'button', 'data-xj-action': 'begin-liveness' }, texts.liveness.begin);
    this.#begin.addEventListener('click', begin);
    this.#cannot = el('button', { type: 'button', class: 'quiet', 'data-xj-action': 'cannot-do-acts' });
    this.#cannot.addEventListener('click', () => {
      // Asked twice: waiting for staff is not to be chosen by mistake.
      if (this.#cannot.textContent === texts.liveness.cannotSure) askPeople();
      else this.#cannot.textContent = texts.liveness.cannotSure;
    });
  }

  camera(stream: MediaStream | null): void {
    this.#stream = stream;
    if (this.#dialog) this.#video.srcObject = stream;
  }

  show(request: LivenessRequest): void {
    this.close();
    const { liveness } = this.texts;
    const failure = request.lastFailure === null ? null : (liveness.failures[request.lastFailure] ?? liveness.failureOther);
    this.#prompt.textContent = '';
    this.#detail.textContent = liveness.attempt(request.attempt, request.attempts);
    this.#bar.value = 0;
    this.#sign.textContent = '';
    this.#cannot.textContent = liveness.cannot;
    this.#offer(true);
    const dialog = modal(
      { 'aria-labelledby': 'xj-live-title', 'aria-describedby': 'xj-live-intro', 'data-xj-liveness': request.checkId },
      el('h2', { id: 'xj-live-title' }, liveness.title[request.reason]),
      ...(failure === null ? [] : [el('p', { class: 'error', role: 'alert' }, failure)]),
      el('p', { id: 'xj-live-intro' }, liveness.intro(request.acts)),
      this.#face,
      this.#sign,
      this.#prompt,
      this.#bar,
      this.#detail,
      el('p', { class: 'center' }, this.#begin, ' ', this.#cannot),
    );
    this.#dialog = dialog;
    this.root.append(dialog);
    this.#video.srcObject = this.#stream;
    dialog.showModal();
    void this.#video.play().catch(() => undefined);
    this.#begin.focus();
  }

  step(step: LivenessStep): void {
    const { liveness } = this.texts;
    this.#offer(false);
    this.#face.toggleAttribute('data-running', true);
    this.#sign.textContent = SIGNS[step.prompt];
    this.#prompt.textContent = liveness.prompts[step.prompt];
    this.#detail.textContent = liveness.step(step.step + 1, step.steps);
    const startedAt = performance.now();
    this.#stopTimers();
    this.#countdown = setInterval(() => {
      this.#bar.value = Math.min(1, (performance.now() - startedAt) / step.durationMs);
    }, 50);
  }

  state(state: LivenessState): void {
    const { liveness } = this.texts;
    this.#stopTimers();
    if (state === 'AGAIN') this.#bar.value = 0;
    // Without a value the bar moves for as long as it takes.
    else this.#bar.removeAttribute('value');
    this.#face.toggleAttribute('data-running', false);
    this.#offer(state === 'AGAIN');
    this.#sign.textContent = '';
    this.#prompt.textContent = state === 'JUDGING' ? liveness.judging : '';
    this.#detail.textContent = state === 'SENDING' ? liveness.sending : state === 'AGAIN' ? liveness.again : '';
    if (state === 'JUDGING') this.#queued = setTimeout(() => (this.#detail.textContent = liveness.queued), QUEUED_AFTER_MS);
  }

  close(): void {
    this.#stopTimers();
    this.#face.toggleAttribute('data-running', false);
    this.#dialog?.close();
    this.#dialog?.remove();
    this.#dialog = null;
    this.#video.srcObject = null;
  }

  #offer(isOffered: boolean): void {
    this.#begin.hidden = !isOffered;
    this.#cannot.hidden = !isOffered;
  }

  #stopTimers(): void {
    if (this.#countdown !== null) clearInterval(this.#countdown);
    if (this.#queued !== null) clearTimeout(this.#queued);
    this.#countdown = this.#queued = null;
  }
}
