import { TEXTS } from './texts.js';

const LOCALE_KEY = 'demo.locale';
const TRAINEE_KEY = 'demo.trainee';

export const locale = localStorage.getItem(LOCALE_KEY) === 'en' ? 'en' : 'zh';
export const texts = TEXTS[locale];
export const query = new URLSearchParams(location.search);
export const traineeRef = query.get('trainee') ?? localStorage.getItem(TRAINEE_KEY);

export function rememberTrainee(ref) {
  localStorage.setItem(TRAINEE_KEY, ref);
}

/** An element with properties, `data-*` attributes and children. */
export function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === 'data') Object.assign(element.dataset, value);
    else if (name === 'onclick') element.addEventListener('click', value);
    else element[name] = value;
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

export const byId = (id) => document.getElementById(id);

/** Answers of the platform's server as data; a refusal becomes an error with its code and facts. */
export async function api(path, { method = 'GET', json, body, type } = {}) {
  const response = await fetch(`/demo/api/${path}`, {
    method,
    headers: json ? { 'content-type': 'application/json' } : type ? { 'content-type': type } : {},
    body: json ? JSON.stringify(json) : body,
  });
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  throw Object.assign(new Error(inLocale(answer.detail ?? response.statusText)), { code: answer.code ?? 'INTERNAL', facts: answer });
}

/** Messages of the server are 'Chinese / English'. */
export function inLocale(message) {
  const [zh, en] = String(message).split(' / ');
  return locale === 'en' ? (en ?? zh) : zh;
}

/** Fills the header, and every element that names its text. */
export function dressPage(overview) {
  document.documentElement.lang = locale === 'zh' ? 'zh-CN' : 'en';
  for (const element of document.querySelectorAll('[data-text]')) element.textContent = texts[element.dataset.text];
  const language = byId('language');
  language.addEventListener('click', () => {
    localStorage.setItem(LOCALE_KEY, locale === 'zh' ? 'en' : 'zh');
    location.reload();
  });
  const select = byId('trainee');
  if (select && overview) {
    select.replaceChildren(...overview.trainees.map(({ ref, name }) => el('option', { value: ref, selected: ref === overview.trainee.ref }, name)));
    select.addEventListener('change', () => {
      rememberTrainee(select.value);
      location.search = '';
    });
  }
}

export const lessonAddress = (lessonId) => `lesson.html?lesson=${lessonId}`;
export const reportAddress = (sessionId) => `/demo/api/sessions/${sessionId}/report`;
