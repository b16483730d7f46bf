import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { minutes } from '../../rules/testing/opening.js';
import type { Story } from '../../rules/testing/story.js';
import { honest, missesPopups, sampleFacts, sampleReport, SESSION_ID, tellSession } from '../../../test/support/sample-report.js';
import type { ReportFacts } from '../report-builder.js';
import type { SessionReport, UnsignedReport } from '../report.schema.js';
import { PAGE_CSP } from './page-style.js';
import { renderReportPage } from './report-page.js';

const signed = (report: UnsignedReport): SessionReport => ({ ...report, signature: { algorithm: 'EdDSA', keyId: 'a-key', jws: 'header..signature' } });
const ORIGIN = 'https://xuejian.example';
const ADDRESS = `${ORIGIN}/verify#session=${SESSION_ID}`;
const PIXEL = 'data:image/png;base64,iVBORw0KGgo=';
const EVIL = `</title><script>alert(1)</script><img src=x onerror="alert(2)">'"&\u202e`;

const render = (report: UnsignedReport, pictures: ReadonlyMap<string, string> = new Map()): string => renderReportPage(signed(report), pictures, ORIGIN);
const pageOf = (tell: (story: Story) => unknown, facts: Partial<ReportFacts> = {}): string => render(sampleReport(tellSession(tell).journal, facts));
const textOf = (html: string): string => html.replace(/<style>.*?<\/style>/s, '').replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');

/** Every element that was opened is closed in order. */
function unbalanced(html: string): string | null {
  const open: string[] = [];
  for (const [, slash, name = '', , self] of html.replace(/<style>.*?<\/style>/s, '').matchAll(/<(\/?)([a-z][a-z0-9]*)((?:"[^"]*"|[^">])*?)(\/?)>/gi)) {
    if (['meta', 'br', 'img'].includes(name) || self === '/') continue;
    if (slash === '') open.push(name);
    else if (open.pop() !== name) return name;
  }
  return open.at(-1) ?? null;
}

const SECTIONS = [
  '结论', '六项规则', '时间线', '课时', '管控措施证明', '弹窗', '人脸活体比对', '随机影像照片', '全部发现', '学习地点与设备', '环境事件', '同一课节的全部学习',
  '单独同意', '随机性证明', '证据与签名', '已知局限',
];

const DECIDED: ReportFacts['reviews'][number] = {
  caseId: '01890000-0000-7000-8000-000000000001', kind: 'ALTERNATIVE', subjectId: SESSION_ID, traineeId: SESSION_ID, reasons: ['R4_TRIES_EXHAUSTED', 'NO_CAMERA'],
  ways: ['HUMAN_VIDEO_CHECK'], way: 'HUMAN_VIDEO_CHECK', openedAt: '2026-11-23T00:05:00.000Z', dueAt: '2026-11-23T00:20:00.000Z', state: 'DECIDED',
  claimedBy: { id: 'chen.wei', name: '陈伟' }, claimedAt: '2026-11-23T00:06:00.000Z', decidedAt: '2026-11-23T00:09:00.000Z',
  acts: [
    { at: '2026-11-23T00:05:00.000Z', act: 'OPENED', reviewer: null, detail: {} },
    { at: '2026-11-23T00:09:00.000Z', act: 'DECIDED', reviewer: { id: 'chen.wei', name: '陈伟' }, detail: { outcome: 'CONFIRMED', question: `上一课讲了什么${EVIL}`, answerOk: true, note: '' } },
  ],
};

describe('the page of a report', () => {
  it('says who decided, when and on what question, and nothing where nobody had to', () => {
    const html = pageOf(honest, { reviews: [DECIDED] });
    for (const words of ['人工核验与复核', '陈伟', 'chen.wei', '确认本人 confirmed', '视频 video', '没有摄像头 no camera', '人脸核验次数已用完', '上一课讲了什么']) expect(textOf(html)).toContain(words);
    expect([html.includes('<script>'), unbalanced(html)]).toEqual([false, null]);
    expect(textOf(pageOf(honest))).not.toContain('人工核验与复核');
  });

  it.each([
    ['有效', 'VALID', honest],
    ['无效', 'INVALID', missesPopups],
    ['未完成', 'INCOMPLETE', (story: Story) => story.begins().plays(minutes(2))],
    ['待人工复核', 'PENDING REVIEW', (story: Story) => { story.trainee.isTrusted = false; story.studiesTheLesson(); }],
    ['未完成', 'INCOMPLETE', () => undefined],
  ])('says %s %s first, has every section, and is whole', (zh, en, tell) => {
    const html = pageOf(tell);
    expect(textOf(html)).toMatch(new RegExp(`结论 Verdict . ${zh} ${en}`));
    const headings = [...html.matchAll(/<h2 [^>]*><span class="zh">(.*?)<\/span>/g)].map(([, heading]) => heading);
    expect(headings).toEqual(SECTIONS);
    expect(unbalanced(html)).toBeNull();
    expect(html).not.toMatch(/undefined|NaN|\[object/);
  });

  it('names the class and its number, or says that it has none', () => {
    expect(textOf(pageOf(honest))).toContain('电工（初级）第 3 期 NY-2026-0417');
    expect(textOf(pageOf(honest, { cohort: null }))).toContain('没有人力资源社会保障系统的班级编号，不能上报');
  });

  it('quotes the notice and marks the words that were broken', () => {
    const html = pageOf(missesPopups);
    expect(html).toContain('<mark>连续5分钟内无弹窗管控</mark>');
    expect(textOf(html)).toContain('R3_POPUP_UNANSWERED');
    expect(pageOf(honest)).not.toContain('<mark>');
  });

  it('lets nothing out of its place: names, titles, devices, cameras, consents', () => {
    const { journal } = tellSession((story) => story.begins().plays(minutes(1)), { courseId: EVIL, traineeRef: EVIL, enrolmentId: EVIL });
    const clean = sampleReport(journal, {
      courseTitle: EVIL,
      cohort: { hrssClassId: EVIL, name: EVIL, organisation: EVIL, occupation: { code: EVIL, name: EVIL }, skillLevel: EVIL },
      platform: { id: EVIL, name: EVIL },
      trainee: { nameMasked: EVIL, idNumberMasked: EVIL },
      consents: sampleFacts().consents.map((consent) => ({ ...consent, purpose: EVIL, textVersion: EVIL, textHash: EVIL, locale: EVIL, channel: EVIL })),
    });
    const [place] = clean.places;
    if (place === undefined) throw new Error('nobody joined');
    const html = render({
      ...clean,
      lesson: { ...clean.lesson, title: EVIL, videoSha256: EVIL },
      policy: { ...clean.policy, source: EVIL, id: EVIL },
      places: [{ ...place, userAgent: EVIL, camera: EVIL, sdk: EVIL, deviceId: EVIL, tookOverFrom: EVIL }],
      rules: clean.rules.map((rule) => ({ ...rule, findings: [{ ...finding, code: EVIL, detail: { [EVIL]: EVIL } }] })),
    });
    expect(html).not.toMatch(/<script|<img|\u202e/i);
    expect(html).not.toMatch(/\son\w+="/);
    expect(html.match(/<title[ >]/g)?.length).toBe(html.match(/<\/title>/g)?.length);
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(unbalanced(html)).toBeNull();
  });

  it('needs no script, no request and no style of an element’s own', () => {
    const html = pageOf(missesPopups);
    expect(html.replaceAll(ADDRESS, '')).not.toMatch(/<script|<link|<iframe|<form|\sstyle=|https?:\/\//);
    expect([...html.replace(`<a href="${ADDRESS}">`, '').matchAll(/(?:src|href)="([^"]{0,30})/g)].every(([, address]) => address?.startsWith('data:'))).toBe(true);
  });

  it('allows its own style sheet by its hash and nothing else', () => {
    const style = /<style>(.*?)<\/style>/s.exec(pageOf(honest))?.[1] ?? '';
    expect(PAGE_CSP).toContain(`'sha256-${createHash('sha256').update(style).digest('base64')}'`);
    expect(PAGE_CSP).toContain("default-src 'none'");
    expect(PAGE_CSP).not.toContain('unsafe');
  });

  it('shows kept pictures with words for them, and says why one is not shown', () => {
    const { journal } = tellSession(honest);
    const ids = journal.flatMap(({ event }) => (event.type === 'snapshot.judged' && event.imageId !== null ? [event.imageId] : []));
    const [first = '', second = ''] = ids;
    const html = render(sampleReport(journal, { pictures: new Map([[first, 'PRESENT'], [second, 'DAMAGED']]) }), new Map([[first, PIXEL]]));
    expect(html).toMatch(/<img src="data:image\/png;base64,iVBORw0KGgo=" alt="抓拍 1 snapshot 1.+合格/);
    expect(html.match(/<img/g)).toHaveLength(1);
    expect(textOf(html)).toContain('照片损坏 picture damaged');
    expect(textOf(html)).toContain('照片遗失 picture missing');
  });

  it('puts an alarm above the verdict when the evidence does not hold together', () => {
    const { journal } = tellSession(honest);
    const html = render(sampleReport(journal.filter(({ seq }) => seq !== 12)));
    expect(html.indexOf('role="alert"')).toBeLessThan(html.indexOf('id="verdict"'));
    expect(textOf(html)).toContain('breaks at entry 12');
    expect(pageOf(honest)).not.toContain('role="alert"');
  });

  it('carries the signed report within, byte for byte', () => {
    const report = signed(sampleReport(tellSession(honest).journal));
    const inside = /href="data:application\/json;base64,([^"]+)"/.exec(renderReportPage(report, new Map(), ORIGIN))?.[1] ?? '';
    expect(JSON.parse(Buffer.from(inside, 'base64').toString('utf8')) as SessionReport).toEqual(report);
  });

  it('leads to its verification: as a code with words for it, and as an address to read', () => {
    const html = pageOf(honest);
    expect(html).toContain(`<a href="${ADDRESS}"><code>${ADDRESS}</code></a>`);
    const svg = /<svg class="qr".*?<\/svg>/s.exec(html)?.[0] ?? '';
    expect(svg).toContain(`role="img" aria-label="二维码：核验本报告 QR code: verify this report at ${ADDRESS}"`);
    expect(html.indexOf(svg)).toBeLessThan(html.indexOf('id="verdict"'));
  });

  it('draws the timeline with a title for every mark', () => {
    const html = pageOf(missesPopups);
    const svg = /<svg class="timeline".*?<\/svg>/s.exec(html)?.[0] ?? '';
    const marks = [...svg.matchAll(/<g class="mark [^>]*>(.*?)<\/g>/gs)].map(([, inside]) => inside);
    expect(marks.length).toBeGreaterThan(5);
    expect(marks.every((inside) => inside?.includes('<title>'))).toBe(true);
    expect(svg).toContain('aria-labelledby="timeline-title timeline-desc"');
  });

  it('gives tables captions and scopes', () => {
    const html = pageOf(honest);
    expect(html.match(/<table>/g)?.length).toBe(html.match(/<caption>/g)?.length);
    expect(html).toMatch(/<th scope="col"/);
    expect(html).toMatch(/<th scope="row"/);
  });
});

const finding: UnsignedReport['otherFindings'][number] = {
  rule: 'R1', code: 'X', words: { zh: EVIL, en: EVIL }, effect: 'RECORD_ONLY', attribution: 'UNKNOWN', at: '2026-11-23T00:01:00.000Z', seq: 4, positionMs: 0, detail: {},
};
