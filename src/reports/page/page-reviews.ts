/** What people decided: who, when, on what question, and why. */
import { FINDING_KINDS } from '../../rules/finding.js';
import type { SessionReport } from '../report.schema.js';
import { DASH, section, table, type Times } from './format.js';
import { html, type Html } from './html.js';

const KIND = { ALTERNATIVE: '人工核验本人 who is studying', SESSION: '复核认定 findings', REFERENCE_FACE: '基准人脸 reference face' } as const;
const STATE = { OPEN: '待受理 waiting', CLAIMED: '已受理 taken', DECIDED: '已决定 decided', MOOT: '不再需要 overtaken' } as const;
const WAY = { HUMAN_VIDEO_CHECK: '视频 video', IN_PERSON: '当面 in person' } as const;
const OUTCOME: Readonly<Record<string, string>> = {
  CONFIRMED: '确认本人 confirmed', REFUSED: '未确认 not confirmed', UPHELD: '维持 upheld', OVERTURNED: '撤销 overturned', IMPOSTOR_CONFIRMED: '认定他人代学 impostor',
};
const ASKED: Readonly<Record<string, string>> = { CANNOT_DO_ACTS: '无法做动作 cannot do the acts', NO_CAMERA: '没有摄像头 no camera', REFUSES_FACE: '不同意人脸核验 refuses face checks' };

export function reviews({ reviews: rows }: SessionReport, times: Times): Html | null {
  if (rows.length === 0) return null;
  return section(
    'reviews',
    { zh: '人工核验与复核', en: 'Decisions of people' },
    table({ zh: '只追加、不修改；问题的答案不留存', en: 'Appended, never edited; answers to questions are not kept' }, [
      { head: { zh: '事项', en: 'about' }, kind: 'name', cell: ({ kind, way }) => html`${KIND[kind]}${way !== null && html`<br>${WAY[way]}`}` },
      { head: { zh: '缘由', en: 'because' }, kind: 'name', cell: ({ reasons }) => reasons.map(reasonText).join('；') || DASH },
      { head: { zh: '提出', en: 'since' }, kind: 'number', cell: ({ openedAt }) => times.cell(openedAt) },
      { head: { zh: '期限', en: 'until' }, kind: 'number', cell: ({ dueAt }) => times.cell(dueAt) },
      { head: { zh: '状态', en: 'state' }, cell: ({ state, outcome }) => html`<span class="state">${outcome === null ? STATE[state] : (OUTCOME[outcome] ?? outcome)}</span>` },
      { head: { zh: '决定人', en: 'decided by' }, kind: 'name', cell: ({ decidedBy }) => (decidedBy === null ? DASH : html`${decidedBy.name}<br><code>${decidedBy.id}</code>`) },
      { head: { zh: '决定时间', en: 'decided' }, kind: 'number', cell: ({ decidedAt }) => times.cell(decidedAt) },
      { head: { zh: '提问', en: 'question' }, kind: 'name', cell: ({ question }) => question ?? DASH },
      { head: { zh: '理由', en: 'grounds' }, kind: 'name', cell: ({ grounds }) => grounds ?? DASH },
    ], rows, ({ state }) => (state === 'OPEN' || state === 'CLAIMED' ? 'warn' : '')),
  );
}

const reasonText = (code: string): string => ASKED[code] ?? (code in FINDING_KINDS ? FINDING_KINDS[code as keyof typeof FINDING_KINDS].zh : code);
