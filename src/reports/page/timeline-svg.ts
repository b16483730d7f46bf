/** The session drawn: wall time to the right, place in the lesson upwards, checks and findings in lanes below. */
import type { ReportFinding } from '../report-parts.schema.js';
import type { SessionReport } from '../report.schema.js';
import { localTime } from '../words.js';
import { clock, length } from './format.js';
import { html, type Html } from './html.js';
import { timeScale, type TimeScale } from './time-scale.js';

const WIDTH = 920;
const LEFT = 116;
const RIGHT = WIDTH - 14;
const TOP = 26;
const CHART = 210;
const BOTTOM = TOP + CHART;
const LANE = 24;
const LANES_TOP = BOTTOM + 30;
const HEIGHT = LANES_TOP + 4 * LANE + 10;

type Shape = 'circle' | 'diamond' | 'square' | 'triangle';
type Tone = 'good' | 'bad' | 'warn' | 'plain';
interface Mark {
  readonly at: string;
  readonly tone: Tone;
  readonly title: string;
}
interface Lane {
  readonly zh: string;
  readonly en: string;
  readonly shape: Shape;
  readonly marks: readonly Mark[];
}

export function timelineSvg(report: SessionReport): Html {
  const { timeline, lesson } = report;
  const lanes = lanesOf(report);
  const scale = scaleOf(report, lanes);
  const y = (ms: number): number => round(BOTTOM - (Math.min(ms, lesson.durationMs) / lesson.durationMs) * CHART);
  const x = (at: string): number => round(scale.x(Date.parse(at)));
  return html`<svg class="timeline" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="timeline-title timeline-desc">
<title id="timeline-title">学习时间线 Timeline of the session</title>
<desc id="timeline-desc">${description(report)}</desc>
${frame(report, scale, y)}
<g class="holds">${timeline.holds.map(({ words, from, to }) => {
    const [x0, x1] = [x(from), x(to ?? timeline.to)];
    const span = Date.parse(to ?? timeline.to) - Date.parse(from);
    return html`<rect x="${x0}" y="${TOP}" width="${Math.max(1, round(x1 - x0))}" height="${CHART}"><title>暂停计时：${words.zh} · hold: ${words.en} · ${localTime(Date.parse(from)).slice(11)} · ${length(span)}</title></rect>`;
  })}</g>
<g class="credited">${timeline.coverage.map(([from, to]) => html`<rect x="${LEFT - 9}" y="${y(to)}" width="6" height="${round(y(from) - y(to))}"><title>已计学时 credited ${clock(from)}–${clock(to)}</title></rect>`)}</g>
<g class="runs">${timeline.runs.map(({ from, to, fromMs, toMs }) => html`<line x1="${x(from)}" y1="${y(fromMs)}" x2="${x(to)}" y2="${y(toMs)}"><title>播放 played ${clock(fromMs)}–${clock(toMs)} · ${localTime(Date.parse(from)).slice(11)}–${localTime(Date.parse(to)).slice(11)}</title></line>`)}</g>
${drawFolds(scale)}
${ending(report, x)}
${lanes.map((lane, index) => drawLane(lane, LANES_TOP + index * LANE, x))}
</svg>
${legend()}`;
}

function scaleOf({ timeline }: SessionReport, lanes: readonly Lane[]): TimeScale {
  const active = [
    ...timeline.runs.flatMap(({ from, to }) => [Date.parse(from), Date.parse(from) / 2 + Date.parse(to) / 2, Date.parse(to)]),
    ...lanes.flatMap(({ marks }) => marks.map(({ at }) => Date.parse(at))),
  ];
  // Within a long run nothing need happen for a while, yet all of it was study: it is never folded.
  const inRuns = timeline.runs.flatMap(({ from, to }) => stepsBetween(Date.parse(from), Date.parse(to), 300_000));
  return timeScale(Date.parse(timeline.from), Date.parse(timeline.to), [...active, ...inRuns], LEFT, RIGHT);
}

const stepsBetween = (from: number, to: number, stepMs: number): number[] =>
  Array.from({ length: Math.max(0, Math.floor((to - from) / stepMs)) }, (_, index) => from + (index + 1) * stepMs);

function lanesOf({ popups, faceChecks, snapshots, rules, otherFindings }: SessionReport): readonly Lane[] {
  const popupTone = { ANSWERED: 'good', MISSED: 'bad', SHOWN_AGAIN: 'plain', OPEN: 'plain' } as const;
  const faceTone = { PASSED: 'good', FAILED: 'bad', UNANSWERED: 'warn', PROVIDER_DOWN: 'warn', ASKED_AGAIN: 'plain', OPEN: 'plain' } as const;
  const snapshotTone = { QUALIFIED: 'good', FAILED: 'bad', ASKED_AGAIN: 'plain', OPEN: 'plain', NOT_REACHED: 'plain' } as const;
  const findingTone = (effect: ReportFinding['effect']) => (effect === 'RECORD_ONLY' ? 'plain' : effect === 'WITHHOLD_INTERVAL' || effect === 'REVIEW' ? 'warn' : 'bad');
  const findings = [...rules.flatMap((rule) => rule.findings), ...otherFindings].sort((a, b) => a.seq - b.seq);
  return [
    {
      zh: '弹窗', en: 'popups', shape: 'circle',
      marks: popups.map(({ issuedAt, outcome, answerMs }, index) => ({
        at: issuedAt, tone: popupTone[outcome],
        title: `弹窗 ${index + 1} popup · ${outcome === 'ANSWERED' ? `已答 answered ${length(answerMs)}` : outcome === 'MISSED' ? '未答 missed' : '重新显示或未结 shown again or open'}`,
      })),
    },
    {
      zh: '人脸', en: 'face checks', shape: 'diamond',
      marks: faceChecks.map(({ requestedAt, outcome, words }) => ({ at: requestedAt, tone: faceTone[outcome], title: `人脸核验 face check · ${words.zh} ${words.en}` })),
    },
    {
      zh: '抓拍', en: 'snapshots', shape: 'square',
      marks: snapshots.flatMap(({ requestedAt, outcome, words, index, isRetry }) =>
        requestedAt === null ? [] : [{ at: requestedAt, tone: snapshotTone[outcome], title: `抓拍 ${index + 1}${isRetry ? ' 补拍 retry' : ''} snapshot · ${words.zh} ${words.en}` }],
      ),
    },
    {
      zh: '发现', en: 'findings', shape: 'triangle',
      marks: findings.map(({ at, effect, code, words }) => ({ at, tone: findingTone(effect), title: `${code} · ${words.zh} ${words.en}` })),
    },
  ];
}

function frame({ lesson, parts }: SessionReport, scale: TimeScale, y: (ms: number) => number): Html {
  const stepMs = [5, 10, 15, 30, 60, 120, 300, 600, 1200, 2400, 3600].map((seconds) => seconds * 1000).find((step) => lesson.durationMs / step <= 6) ?? 7_200_000;
  const levels = Array.from({ length: Math.floor(lesson.durationMs / stepMs) + 1 }, (_, index) => index * stepMs);
  const hasSeconds = scale.ticks.some((at) => at % 60_000 !== 0);
  return html`<g class="axes">
<rect class="field" x="${LEFT}" y="${TOP}" width="${RIGHT - LEFT}" height="${CHART}"/>
<text x="${LEFT - 13}" y="14" text-anchor="end">课程位置 <tspan class="en">position</tspan></text><text x="${LEFT}" y="14">→ 北京时间 <tspan class="en">time of day, Asia/Shanghai</tspan></text>
${levels.map((ms) => html`<line class="grid" x1="${LEFT}" x2="${RIGHT}" y1="${y(ms)}" y2="${y(ms)}"/><text x="${LEFT - 13}" y="${y(ms) + 4}" text-anchor="end">${clock(ms)}</text>`)}
${parts.slice(1).map(({ index, fromMs }) => html`<line class="part" x1="${LEFT}" x2="${RIGHT}" y1="${y(fromMs)}" y2="${y(fromMs)}"/><text class="en" x="${LEFT + 5}" y="${y(fromMs) - 4}">第 ${index + 1} 课时 class hour ${index + 1}</text>`)}
${scale.ticks.map((at) => html`<line class="grid" x1="${round(scale.x(at))}" x2="${round(scale.x(at))}" y1="${TOP}" y2="${BOTTOM}"/><text x="${round(scale.x(at))}" y="${BOTTOM + 16}" text-anchor="middle">${localTime(at).slice(11, hasSeconds ? 19 : 16)}</text>`)}
</g>`;
}

/** Over the holds: a fold cuts through whatever lasted. */
function drawFolds(scale: TimeScale): Html {
  return html`<g class="folds">${scale.folds.map((fold) => html`<g class="fold"><rect x="${round(fold.x - 9)}" y="${TOP}" width="18" height="${CHART}"/><path d="M${round(fold.x - 6)} ${BOTTOM + 5}l5 -10M${round(fold.x + 1)} ${BOTTOM + 5}l5 -10"/><text class="en" x="${round(fold.x)}" y="${TOP + CHART / 2}" text-anchor="middle" transform="rotate(-90 ${round(fold.x)} ${TOP + CHART / 2})">间隔 pause ${length(fold.ms)}</text></g>`)}</g>`;
}

function ending({ session, timeline, verdict }: SessionReport, x: (at: string) => number): Html {
  if (session.closedAt === null) return html``;
  const tone = verdict.policy === 'VALID' ? 'good' : verdict.policy === 'INVALID' ? 'bad' : 'warn';
  return html`<g class="end ${tone}"><line x1="${x(timeline.to)}" x2="${x(timeline.to)}" y1="${TOP - 6}" y2="${BOTTOM}"/><text x="${x(timeline.to)}" y="${TOP - 9}" text-anchor="end">结束 · ${verdict.words.zh}</text></g>`;
}

function drawLane({ zh, en, shape, marks }: Lane, top: number, x: (at: string) => number): Html {
  const middle = top + LANE / 2;
  return html`<g class="lane"><line class="grid" x1="${LEFT}" x2="${RIGHT}" y1="${middle}" y2="${middle}"/>
<text x="2" y="${middle + 4}">${zh}</text><text class="en" x="31" y="${middle + 4}">${en}</text>
${marks.map(({ at, tone, title }) => html`<g class="mark ${tone}" transform="translate(${x(at)} ${middle})">${drawShape(shape, tone)}<title>${localTime(Date.parse(at)).slice(11)} · ${title}</title></g>`)}</g>
`;
}

/** Tone is told by fill and by a stroke through it, so that it survives a black-and-white print. */
function drawShape(shape: Shape, tone: Tone): Html {
  const cross = tone === 'bad' ? html`<path class="cross" d="M-3 -3L3 3M-3 3L3 -3"/>` : null;
  switch (shape) {
    case 'circle':
      return html`<circle r="6"/>${cross}`;
    case 'diamond':
      return html`<path d="M0 -7.5L7.5 0L0 7.5L-7.5 0Z"/>${cross}`;
    case 'square':
      return html`<rect x="-6" y="-6" width="12" height="12"/>${cross}`;
    case 'triangle':
      return html`<path d="M0 -7L7 6H-7Z"/>${tone === 'bad' ? html`<path class="cross" d="M0 -3V2M0 3.6V4.6"/>` : null}`;
  }
}

function legend(): Html {
  const item = (shape: Shape, tone: Tone, zh: string, en: string): Html =>
    html`<li><svg viewBox="-9 -9 18 18" aria-hidden="true"><g class="mark ${tone}">${drawShape(shape, tone)}</g></svg>${zh} <span class="en" lang="en">${en}</span></li>`;
  return html`<ul class="legend" aria-label="图例 Legend">
<li><svg viewBox="0 0 18 18" aria-hidden="true"><g class="runs"><line x1="2" y1="15" x2="16" y2="3"/></g></svg>播放 <span class="en" lang="en">played</span></li>
<li><svg viewBox="0 0 18 18" aria-hidden="true"><g class="credited"><rect x="6" y="1" width="6" height="16"/></g></svg>已计学时 <span class="en" lang="en">credited</span></li>
<li><svg viewBox="0 0 18 18" aria-hidden="true"><g class="holds"><rect x="2" y="2" width="14" height="14"/></g></svg>暂停计时 <span class="en" lang="en">credit held</span></li>
${item('circle', 'good', '弹窗已答', 'popup answered')}${item('circle', 'bad', '弹窗未答', 'popup missed')}
${item('diamond', 'good', '人脸通过', 'face check passed')}${item('diamond', 'bad', '人脸未通过', 'face check failed')}
${item('square', 'good', '照片合格', 'snapshot qualifies')}${item('square', 'bad', '照片不合格', 'snapshot does not')}
${item('triangle', 'plain', '记录', 'record')}${item('triangle', 'warn', '不计时或复核', 'withheld or review')}${item('triangle', 'bad', '导致无效', 'invalidates')}
</ul>`;
}

function description({ timeline, lesson, popups, faceChecks, snapshots }: SessionReport): string {
  const [zh, en] = [
    `课程共 ${clock(lesson.durationMs)}，已计 ${clock(timeline.creditedMs)}；弹窗 ${popups.length} 次，人脸核验 ${faceChecks.length} 次，抓拍 ${snapshots.length} 次。详见下列各表。`,
    `Lesson of ${clock(lesson.durationMs)}, ${clock(timeline.creditedMs)} credited; ${popups.length} popups, ${faceChecks.length} face checks, ${snapshots.length} snapshots. The tables below hold every value.`,
  ];
  return `${zh} ${en}`;
}

const round = (value: number): number => Math.round(value * 10) / 10;
