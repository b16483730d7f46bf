import { api, byId, dressPage, el, lessonAddress, locale, reportAddress, texts, traineeRef } from './common.js';

const overviewOf = (ref) => api(`overview${ref ? `?trainee=${encodeURIComponent(ref)}` : ''}`);

function lessonRow(lesson) {
  const { status, sessionId } = lesson;
  const toReport = status === 'COMPLETED';
  return el(
    'li',
    { data: { status, lesson: lesson.lessonId, position: String(lesson.position) } },
    el('span', { className: 'number', ariaHidden: 'true' }, status === 'COMPLETED' ? '✓' : String(lesson.position)),
    el(
      'div',
      {},
      el('div', { className: 'lesson-title' }, lesson.title[locale]),
      el('div', { className: 'row small muted' }, el('span', { className: `badge ${status}` }, texts.status[status]), texts.minutes(lesson.durationMs)),
    ),
    el(
      'div',
      { className: 'row' },
      sessionId && !toReport ? el('a', { className: 'button plain', href: reportAddress(sessionId), target: '_blank' }, texts.report) : null,
      el(
        'a',
        { className: `button${status === 'LOCKED' || toReport ? ' plain' : ''}`, href: toReport ? reportAddress(sessionId) : lessonAddress(lesson.lessonId), target: toReport ? '_blank' : '' },
        texts.action[status],
      ),
    ),
  );
}

const courseCard = (course) =>
  el(
    'section',
    { className: 'card', data: { course: course.ref } },
    el('div', { className: 'course-head' }, el('h2', {}, course.title[locale]), el('span', { className: 'small muted' }, texts.policy(course.policyId))),
    el('ol', { className: 'lessons' }, ...course.lessons.map(lessonRow)),
  );

try {
  // A trainee remembered from another database is not known any more: begin with the first one.
  const overview = await overviewOf(traineeRef).catch((error) => (traineeRef ? overviewOf(null) : Promise.reject(error)));
  dressPage(overview);
  byId('courses').replaceChildren(...overview.courses.map(courseCard));
} catch (error) {
  dressPage(null);
  byId('courses').replaceChildren(el('p', { className: 'notice bad' }, `${texts.problem}: ${error.message}`));
}
