import { api, byId, dressPage, el, inLocale, lessonAddress, locale, query, rememberTrainee, reportAddress, texts, traineeRef } from './common.js';
import { consentStep, faceStep, readyStep, REQUIRED } from './steps.js';

const SYMBOL = { VALID: '✓', INVALID: '✕' };

function show(step, content) {
  document.body.dataset.step = step;
  byId('step').replaceChildren(content);
  content.querySelector('h1')?.focus();
}

const card = (...children) => el('section', { className: 'card narrow' }, ...children);
const heading = (text) => el('h1', { tabIndex: -1 }, text);
const link = (text, href, className = 'button', target = '') => el('a', { className, href, target }, text);

async function load() {
  const overview = await api(`overview${traineeRef ? `?trainee=${encodeURIComponent(traineeRef)}` : ''}`);
  rememberTrainee(overview.trainee.ref);
  const lessons = overview.courses.find((course) => course.lessons.some(({ lessonId }) => lessonId === query.get('lesson')))?.lessons ?? [];
  const lesson = lessons.find(({ lessonId }) => lessonId === query.get('lesson'));
  if (!lesson) throw Object.assign(new Error('NOT_FOUND'), { code: 'NOT_FOUND' });
  return { overview, lesson, next: lessons.find(({ position }) => position === lesson.position + 1) ?? null };
}

/** Takes the trainee through what the server asks for before it opens the session. */
async function open({ overview, lesson }) {
  const trainee = overview.trainee.ref;
  const given = [...overview.consents];
  let hasAsked = lesson.status === 'LOCKED' || lesson.status === 'COMPLETED';
  for (;;) {
    if (!hasAsked && !REQUIRED.every((purpose) => given.includes(purpose))) await askConsents(trainee, given);
    if (!hasAsked) await readyStep(show, lesson);
    hasAsked = true;
    try {
      return await api('sessions', { method: 'POST', json: { trainee, lessonId: lesson.lessonId } });
    } catch (error) {
      if (error.code === 'CONSENT_REFUSED') {
        given.length = 0;
        await askConsents(trainee, given);
      } else if (error.code === 'REFERENCE_FACE_MISSING') await faceStep(show, trainee);
      else throw error;
    }
  }
}

async function askConsents(trainee, given) {
  const consents = await consentStep(show, given);
  await api('consents', { method: 'POST', json: { trainee, consents } });
  given.push(...consents.map(({ purpose }) => purpose));
}

/** The monitored lesson: this is all a platform has to write. */
async function study(context, session) {
  const { lesson, overview } = context;
  const video = el('video', { src: lesson.videoUrl, controls: true, playsInline: true, preload: 'auto' });
  const container = el('aside', {});
  show('lesson', el('div', {}, el('div', { className: 'stage' }, el('div', {}, el('h1', { tabIndex: -1 }, lesson.title[locale]), video), container)));
  document.body.dataset.session = session.sessionId;
  const reopen = () => api('sessions', { method: 'POST', json: { trainee: overview.trainee.ref, lessonId: lesson.lessonId } });
  const { token, socketUrl, commitment } = session;
  const proctor = Xuejian.createProctor({ video, container, token, socketUrl, commitment, locale, reopen });
  const leave = (event) => event.preventDefault();
  window.addEventListener('beforeunload', leave);
  const end = (closed) => {
    window.removeEventListener('beforeunload', leave);
    proctor.stop();
    void showEnd(context, session.sessionId, closed, receipt);
  };
  let receipt = null;
  proctor.on('receipt', (given) => (receipt = given));
  proctor.on('closed', end);
  proctor.on('error', (error) => {
    if (error.code === 'TOKEN_INVALID') end({ message: { zh: texts.elsewhere, en: texts.elsewhere } });
    else if (error.code === 'SESSION_CLOSED' || error.code === 'UNAVAILABLE') end(null);
  });
  await proctor.start().catch(() => undefined);
}

async function showEnd({ lesson, next }, sessionId, closed, receipt) {
  const session = await api(`sessions/${sessionId}`).catch(() => null);
  const verdict = closed?.verdict ?? session?.verdict ?? 'INCOMPLETE';
  const rule = closed?.rule ?? session?.failed?.rule ?? null;
  const code = closed?.code ?? session?.failed?.code ?? null;
  const again = verdict === 'INVALID' ? texts.makeup : verdict === 'INCOMPLETE' ? texts.goOn : null;
  const isDone = verdict === 'VALID' || verdict === 'PENDING_REVIEW';
  const content = card(
    el('div', { className: 'verdict' }, el('span', { className: 'mark', ariaHidden: 'true' }, SYMBOL[verdict] ?? '…'), el('div', {}, heading(texts.endTitle[verdict] ?? verdict), el('div', { className: 'muted' }, lesson.title[locale]))),
    el('p', {}, texts.endText[verdict] ?? ''),
    el(
      'dl',
      { className: 'facts' },
      ...(closed?.message && verdict !== 'VALID' ? [el('dt', {}, texts.reason), el('dd', { data: { fact: 'reason' } }, closed.message[locale])] : []),
      ...(code && verdict === 'INVALID' ? [el('dt', {}, texts.code), el('dd', { data: { fact: 'code' } }, [rule, code].filter(Boolean).join(' · '))] : []),
      ...(session ? [el('dt', {}, texts.credited), el('dd', {}, `${texts.minutes(session.creditedMs)} / ${texts.minutes(session.durationMs)}`)] : []),
      ...(receipt ? [el('dt', {}, texts.schedule), el('dd', { data: { fact: 'receipt' } }, receipt.kept ? texts.scheduleKept : texts.scheduleBroken)] : []),
      el('dt', {}, texts.session),
      el('dd', { className: 'small' }, sessionId),
    ),
    el(
      'div',
      { className: 'row' },
      isDone && next ? link(texts.nextLesson, lessonAddress(next.lessonId)) : null,
      again ? el('button', { type: 'button', data: { action: 'again' }, onclick: () => location.reload() }, again) : null,
      link(texts.seeReport, reportAddress(sessionId), again || (isDone && next) ? 'button plain' : 'button', '_blank'),
      link(texts.back, './', 'button plain'),
    ),
  );
  content.dataset.verdict = verdict;
  content.dataset.code = code ?? '';
  show('end', content);
}

function showRefusal(error, lesson) {
  const first = error.facts?.lessonToDoFirst;
  const isCompleted = error.code === 'LESSON_ALREADY_COMPLETED';
  const title = first ? texts.blockedTitle : isCompleted ? texts.completedTitle : texts.problem;
  const content = card(
    heading(title),
    el('p', {}, inLocale(error.message)),
    el(
      'div',
      { className: 'row' },
      first ? link(texts.blockedGo(first.title), lessonAddress(first.lessonId)) : null,
      isCompleted && lesson?.sessionId ? link(texts.seeReport, reportAddress(lesson.sessionId), 'button', '_blank') : null,
      first || isCompleted ? null : el('button', { type: 'button', onclick: () => location.reload() }, texts.retry),
      link(texts.back, './', 'button plain'),
    ),
  );
  content.dataset.code = error.code;
  show('blocked', content);
}

dressPage(null);
let context = null;
try {
  context = await load();
  document.title = `${context.lesson.title[locale]} · ${texts.brand}`;
  await study(context, await open(context));
} catch (error) {
  showRefusal(error, context?.lesson);
}
