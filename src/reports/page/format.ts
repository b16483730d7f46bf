/** How the page writes numbers, times and two languages. */
import type { Words } from '../report-parts.schema.js';
import { localTime } from '../words.js';
import { html, type Html, type HtmlValue } from './html.js';

/** Chinese with its English beside it. */
export const both = ({ zh, en }: Words): Html => html`<span class="zh">${zh}</span> <span class="en" lang="en">${en}</span>`;

export const DASH = '–';

/** A place in a lesson: `12:05`, `1:02:05`. */
export function clock(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const pad = (value: number): string => String(value).padStart(2, '0');
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h}:${pad(m)}:${pad(s)}` : `${m}:${pad(s)}`;
}

/** A length of time: `640 ms`, `4.2 s`, `12 min 5 s`, `3 h 12 min`. */
export function length(ms: number | null): string {
  if (ms === null) return DASH;
  if (Math.abs(ms) < 1000) return `${Math.round(ms)} ms`;
  if (ms < 100_000) return `${Math.round(ms / 100) / 10} s`;
  if (ms >= 3_600_000) return `${Math.floor(ms / 3_600_000)} h ${Math.floor(ms / 60_000) % 60} min`;
  const seconds = Math.round(ms / 1000);
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

export const decimal = (value: number | null, digits = 3): string => (value === null ? DASH : value.toFixed(digits));
export const percent = (share: number): string => `${Math.round(share * 1000) / 10} %`;
export const shortHash = (hash: string | null): Html => (hash === null ? html`${DASH}` : html`<code title="${hash}">${hash.slice(0, 12)}…</code>`);
export const fullHash = (hash: string): Html => html`<code class="hash">${hash}</code>`;

/** Times of one report: without the date on the day on which the session was opened. */
export class Times {
  private readonly day: string;

  constructor(openedAt: string) {
    this.day = localTime(Date.parse(openedAt)).slice(0, 10);
  }

  text(at: string): string {
    const local = localTime(Date.parse(at));
    return local.startsWith(this.day) ? local.slice(11) : local.slice(5);
  }

  cell(at: string | null): Html {
    return at === null ? html`${DASH}` : html`<time datetime="${at}" title="${localTime(Date.parse(at))} (Asia/Shanghai)">${this.text(at)}</time>`;
  }
}

export interface Column<T> {
  readonly head: Words;
  readonly cell: (row: T) => HtmlValue;
  readonly kind?: 'number' | 'name';
}

/** A table with a caption and scopes, so that it can be read aloud; the first column names the row. */
export function table<T>(caption: Words, columns: readonly Column<T>[], rows: readonly T[], rowClass: (row: T) => string = () => ''): Html {
  if (rows.length === 0) return html`<p class="none">${both({ zh: '无。', en: 'None.' })}</p>`;
  return html`<div class="wide"><table>
<caption>${both(caption)}</caption>
<thead><tr>${columns.map(({ head, kind }) => html`<th scope="col" class="${kind ?? ''}">${both(head)}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr class="${rowClass(row)}">${columns.map((column, index) => cellOf(column, row, index === 0))}</tr>
`)}</tbody></table></div>`;
}

function cellOf<T>({ cell, kind }: Column<T>, row: T, isHead: boolean): Html {
  const content = cell(row);
  return isHead ? html`<th scope="row" class="${kind ?? ''}">${content}</th>` : html`<td class="${kind ?? ''}">${content}</td>`;
}

export const section = (id: string, title: Words, ...content: readonly HtmlValue[]): Html =>
  html`<section aria-labelledby="${id}"><h2 id="${id}">${both(title)}</h2>${content}</section>
`;

const DETAIL_LABELS: Readonly<Record<string, string>> = {
  rate: '倍速 rate', maxRate: '允许倍速 allowed', excessMs: '超出真实时间 excess', advanceMs: '前进 advance', elapsedMs: '用时 elapsed', errorMs: '测量误差 error',
  positionMs: '位置 position', frontierMs: '已学到 frontier', creditedMs: '已计 credited', durationMs: '时长 length', overlapMs: '重叠 overlap',
  toleranceMs: '容许 tolerance', playedMs: '播放 played', missed: '未答次数 missed', maxMissed: '允许次数 allowed', runMs: '连续学习 run', maxGapMs: '上限 limit',
  overrunMs: '违反暂停的播放 overrun', failure: '原因 reason', try: '第几次 try', tries: '允许次数 tries', distance: '距离 distance', index: '序号 no.', part: '课时 part',
  isRetry: '补拍 retry', skewMs: '偏差 skew', overMs: '历时 over', silentMs: '失联 silent', idleMs: '闲置 idle', kind: '事件 event', fromMs: '从 from', toMs: '到 to',
  trusted: '真人操作 trusted', deviceId: '设备 device', from: '原处 from', bySessionId: '另一次学习 session', popupId: '弹窗 popup', checkId: '核验 check',
};

/** Measured values of a finding; lengths and positions in readable units. */
export function detailText(detail: Readonly<Record<string, string | number | boolean | null>>): string {
  const shown = Object.entries(detail).filter(([, value]) => value !== null);
  return shown.map(([key, value]) => `${DETAIL_LABELS[key] ?? key}: ${detailValue(key, value)}`).join(' · ');
}

function detailValue(key: string, value: string | number | boolean | null): string {
  if (key === 'positionMs' || key === 'frontierMs' || key === 'fromMs' || key === 'toMs') return typeof value === 'number' ? clock(value) : String(value);
  if (key.endsWith('Ms') && typeof value === 'number') return length(value);
  if (key === 'index' || key === 'part') return String(Number(value) + 1);
  if (typeof value === 'boolean') return value ? '是 yes' : '否 no';
  return typeof value === 'number' ? String(Math.round(value * 1000) / 1000) : String(value);
}
