import { api, el, inLocale, locale, texts } from './common.js';

export const PURPOSES = ['FACE_VERIFICATION', 'SNAPSHOT_RETENTION', 'SUPERVISION_TRANSFER'];
export const REQUIRED = ['FACE_VERIFICATION', 'SNAPSHOT_RETENTION'];

const heading = (text) => el('h1', { tabIndex: -1 }, text);

/** Separate, un-ticked boxes; resolves with what was agreed to, by the hash of the words shown. */
export async function consentStep(show, given) {
  const { versionInForce, texts: all } = await (await fetch('/v1/consent-texts')).json();
  const shown = all.filter((text) => text.version === versionInForce && text.locale === (locale === 'zh' ? 'zh-CN' : 'en'));
  return new Promise((resolve) => {
    const boxes = PURPOSES.filter((purpose) => !given.includes(purpose)).map((purpose) => {
      const { title, text, textHash } = shown.find((candidate) => candidate.purpose === purpose);
      const input = el('input', { type: 'checkbox', name: purpose, checked: false });
      return { purpose, textHash, input, label: el('label', { className: 'consent' }, input, el('span', {}, el('b', {}, title), text)) };
    });
    const warning = el('p', { className: 'notice bad', role: 'alert', hidden: true }, texts.consentNeeded);
    const agree = () => {
      const chosen = boxes.filter(({ input }) => input.checked).map(({ purpose, textHash }) => ({ purpose, textHash }));
      const agreed = [...given, ...chosen.map(({ purpose }) => purpose)];
      warning.hidden = REQUIRED.every((purpose) => agreed.includes(purpose));
      if (warning.hidden) resolve(chosen);
    };
    const ask = () =>
      show(
        'consent',
        el(
          'section',
          { className: 'card narrow' },
          heading(texts.consentTitle),
          el('p', { className: 'muted' }, texts.consentIntro),
          ...boxes.map(({ label }) => label),
          warning,
          el(
            'div',
            { className: 'row' },
            el('button', { type: 'button', data: { action: 'agree' }, onclick: agree }, texts.consentAgree),
            el('button', { type: 'button', className: 'plain', data: { action: 'refuse' }, onclick: refuse }, texts.consentRefuse),
          ),
        ),
      );
    const refuse = () =>
      show(
        'refused',
        el(
          'section',
          { className: 'card narrow' },
          heading(texts.refuseTitle),
          el('p', {}, texts.refuseText),
          el('div', { className: 'row' }, el('a', { className: 'button', href: './' }, texts.back), el('button', { type: 'button', className: 'plain', onclick: ask }, texts.refuseBack)),
        ),
      );
    ask();
  });
}

/** The reference face: preview, one picture, the server's word on it; resolves once it is registered. */
export function faceStep(show, traineeRef) {
  return new Promise((resolve) => {
    const video = el('video', { autoplay: true, muted: true, playsInline: true });
    const message = el('p', { className: 'notice', role: 'status', hidden: true });
    const button = el('button', { type: 'button', data: { action: 'take-photo' }, disabled: true }, texts.faceTake);
    let stream = null;
    const tell = (text, isBad) => {
      message.hidden = false;
      message.className = isBad ? 'notice bad' : 'notice';
      message.textContent = text;
    };
    const openCamera = async () => {
      try {
        stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: { width: { ideal: 640 }, height: { ideal: 480 }, facingMode: 'user' } });
        video.srcObject = stream;
        await video.play();
        message.hidden = true;
        button.textContent = texts.faceTake;
        button.disabled = false;
      } catch {
        tell(texts.faceNoCamera, true);
        button.textContent = texts.faceRetry;
        button.disabled = false;
      }
    };
    const take = async () => {
      button.disabled = true;
      if (!stream) return openCamera();
      tell(texts.faceSending, false);
      try {
        const { status } = await api(`reference-face?trainee=${encodeURIComponent(traineeRef)}`, { method: 'PUT', body: await photoOf(video), type: 'image/jpeg' });
        for (const track of stream.getTracks()) track.stop();
        if (status === 'PENDING_REVIEW') tell(texts.facePending, false);
        else resolve();
      } catch (error) {
        tell(texts.faceTodo[error.code] ?? inLocale(error.message), true);
        message.dataset.code = error.code;
        button.disabled = false;
      }
    };
    button.addEventListener('click', () => void take());
    show(
      'face',
      el(
        'section',
        { className: 'card narrow' },
        heading(texts.faceTitle),
        el('p', { className: 'muted' }, texts.faceIntro),
        el('div', { className: 'camera' }, video),
        message,
        el('div', { className: 'row' }, button),
      ),
    );
    void openCamera();
  });
}

async function photoOf(video) {
  const canvas = el('canvas', { width: video.videoWidth, height: video.videoHeight });
  canvas.getContext('2d').drawImage(video, 0, 0);
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.92));
}

/** The rules in plain words; resolves when the trainee starts. */
export function readyStep(show, lesson) {
  return new Promise((resolve) => {
    const start = el('button', { type: 'button', data: { action: 'start' } }, lesson.status === 'UNFINISHED' ? texts.resume : texts.start);
    start.addEventListener('click', () => {
      start.disabled = true;
      start.textContent = texts.starting;
      resolve();
    });
    show(
      'ready',
      el(
        'section',
        { className: 'card narrow' },
        el('p', { className: 'muted small' }, `${texts.lessonOf(lesson.position)} · ${texts.minutes(lesson.durationMs)}`),
        heading(lesson.title[locale]),
        el('h2', {}, texts.readyTitle),
        el('ul', { className: 'rules' }, ...texts.rules.map(([title, text]) => el('li', {}, el('b', {}, title), el('span', { className: 'small muted' }, text)))),
        el('div', { className: 'row' }, start),
      ),
    );
  });
}
