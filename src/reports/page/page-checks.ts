/** Control attestation, checks and pictures. */
import type { ReportFaceCheck, ReportFinding, ReportSnapshot } from '../report-parts.schema.js';
import type { SessionReport } from '../report.schema.js';
import { ACT_WORDS, ATTRIBUTION_WORDS, EFFECT_WORDS, LIVENESS_REASON_WORDS, VERDICT_WORDS } from '../words.js';
import { both, clock, DASH, decimal, detailText, length, section, shortHash, table, type Times } from './format.js';
import { html, type Html, type HtmlValue } from './html.js';

/** Pictures by id as `data:` addresses. */
export type PagePictures = ReadonlyMap<string, string>;

export function attestation({ attestation: lines }: SessionReport, times: Times): Html {
  const state = { IN_FORCE: '有效 in force', NOT_APPLICABLE: '不适用 not applicable', OFF: '未启用 off' } as const;
  return section(
    'attestation',
    { zh: '管控措施证明', en: 'Control attestation' },
    table({ zh: '全程有效的管控措施及其参数', en: 'Controls in force throughout, with their parameters' }, [
      { head: { zh: '规则', en: 'rule' }, cell: ({ rule }) => rule },
      { head: { zh: '管控措施', en: 'control' }, cell: ({ control }) => both(control) },
      {
        head: { zh: '状态', en: 'state' },
        cell: (line) => html`<span class="state">${state[line.state]}</span>${line.since !== null && html`<br>自 since ${times.text(line.since)}`}<br>${line.meetsClause ? '符合通知要求 meets the notice' : '低于通知要求 below the notice'}`,
      },
      { head: { zh: '参数', en: 'parameters' }, kind: 'name', cell: ({ parameters }) => html`<ul class="parameters">${parameters.map(({ name, value }) => html`<li><code>${name} = ${String(value)}</code></li>`)}</ul>` },
      { head: { zh: '实际观察', en: 'observed' }, cell: ({ observed }) => both(observed) },
    ], lines, (line) => (line.state === 'OFF' || !line.meetsClause ? 'bad' : '')),
  );
}

export function parts({ parts: rows }: SessionReport): Html {
  return section(
    'parts',
    { zh: '课时', en: 'Class hours' },
    table({ zh: '本节课所覆盖的课时（或其部分）', en: 'Class hours, or parts of one, that this lesson covers' }, [
      { head: { zh: '课时', en: 'class hour' }, cell: ({ index }) => `第 ${index + 1} 课时` },
      { head: { zh: '课程位置', en: 'position' }, kind: 'number', cell: ({ fromMs, toMs }) => `${clock(fromMs)} – ${clock(toMs)}` },
      { head: { zh: '已计', en: 'credited' }, kind: 'number', cell: ({ creditedMs }) => `${clock(creditedMs)} (${decimal(creditedMs / 60_000, 1)} min)` },
      { head: { zh: '结论', en: 'verdict' }, cell: ({ verdict }) => html`<span class="state">${VERDICT_WORDS[verdict.policy].zh} ${VERDICT_WORDS[verdict.policy].en}</span>${verdict.classHour !== verdict.policy && html`<br><span class="en">按课时 by class hour ${VERDICT_WORDS[verdict.classHour].zh} ${VERDICT_WORDS[verdict.classHour].en}</span>`}${verdict.strict !== verdict.policy && html`<br><span class="en">从严 strict ${VERDICT_WORDS[verdict.strict].zh} ${VERDICT_WORDS[verdict.strict].en}</span>`}` },
      { head: { zh: '发现', en: 'findings' }, cell: ({ findings: found }) => (found.length === 0 ? DASH : html`${found.map(({ code, seq }, index) => html`${index > 0 && ', '}<code>${code}</code> (${seq})`)}`) },
      { head: { zh: '合格照片 / 至少', en: 'qualifying / required' }, kind: 'number', cell: ({ snapshots }) => `${snapshots.qualifying} / ${snapshots.required}` },
      { head: { zh: '随机人脸核验通过 / 应做', en: 'random checks passed / due' }, kind: 'number', cell: ({ faceChecks }) => `${faceChecks.passed} / ${faceChecks.required}` },
    ], rows, ({ snapshots, faceChecks }) => (snapshots.qualifying < snapshots.required || faceChecks.passed < faceChecks.required ? 'warn' : '')),
  );
}

export function popups({ popups: rows }: SessionReport, times: Times): Html {
  const outcome = { ANSWERED: '已答 answered', MISSED: '未答 missed', SHOWN_AGAIN: '断线后重新显示 shown again', OPEN: '未结 open' } as const;
  return section(
    'popups',
    { zh: '弹窗', en: 'Popups' },
    table({ zh: '间隔为按播放时间事先抽定的时长；时间为服务器时间', en: 'Gaps were drawn beforehand on played time; times are the server’s' }, [
      { head: { zh: '序', en: 'no.' }, cell: (row) => rows.indexOf(row) + 1 },
      { head: { zh: '抽定间隔', en: 'gap drawn' }, kind: 'number', cell: ({ gapDrawnMs }) => (gapDrawnMs === null ? '计划外 extra' : length(gapDrawnMs)) },
      { head: { zh: '课程位置', en: 'position' }, kind: 'number', cell: ({ positionMs }) => clock(positionMs) },
      { head: { zh: '发出', en: 'issued' }, kind: 'number', cell: ({ issuedAt }) => times.cell(issuedAt) },
      { head: { zh: '回答', en: 'answered' }, kind: 'number', cell: ({ answeredAt }) => times.cell(answeredAt) },
      { head: { zh: '用时', en: 'took' }, kind: 'number', cell: ({ answerMs }) => length(answerMs) },
      { head: { zh: '答错', en: 'wrong' }, kind: 'number', cell: ({ wrongAnswers }) => wrongAnswers },
      { head: { zh: '真人操作', en: 'trusted act' }, cell: ({ trusted }) => (trusted === null ? DASH : trusted ? '是 yes' : '存疑 doubtful') },
      { head: { zh: '结果', en: 'outcome' }, cell: (row) => html`<span class="state">${outcome[row.outcome]}</span>` },
      { head: { zh: '日志', en: 'entry' }, kind: 'number', cell: ({ seq }) => seq },
    ], rows, (row) => (row.outcome === 'MISSED' ? 'bad' : row.trusted === false ? 'warn' : '')),
  );
}

export function faceChecks({ faceChecks: rows }: SessionReport, pictures: PagePictures, times: Times): Html {
  const shown = rows.filter(({ judgedAt }) => judgedAt !== null);
  return section(
    'faces',
    { zh: '人脸活体比对', en: 'Liveness face matching' },
    shown.length > 0 && html`<div class="gallery">${shown.map((row) => figure(row, pictures, `${LIVENESS_REASON_WORDS[row.reason].zh} ${LIVENESS_REASON_WORDS[row.reason].en}`, row.outcome === 'FAILED', times.text(row.requestedAt)))}</div>`,
    table({ zh: '活体与比对取自同一次连拍；距离越小越相似，不大于阈值为本人', en: 'Liveness and match come from one burst; the smaller the distance the more alike, up to the threshold the same person' }, [
      { head: { zh: '事由', en: 'reason' }, cell: ({ reason, part }) => html`${both(LIVENESS_REASON_WORDS[reason])}${part !== null && html`<br>第 ${part + 1} 课时`}` },
      { head: { zh: '次', en: 'try' }, kind: 'number', cell: ({ attempt }) => attempt },
      { head: { zh: '要求', en: 'requested' }, kind: 'number', cell: ({ requestedAt, positionMs }) => html`${times.cell(requestedAt)}<br><span class="en">@ ${clock(positionMs)}</span>` },
      { head: { zh: '动作', en: 'acts' }, cell: ({ acts }) => acts.map(({ act, seen }, index) => html`${index > 0 && html`<br>`}${ACT_WORDS[act].zh} <span class="en" lang="en">${ACT_WORDS[act].en}</span>${seen !== null && (seen ? ' ✓' : ' ✗')}`) },
      { head: { zh: '结果', en: 'outcome' }, cell: ({ words, failure }) => html`<span class="state">${words.zh}</span> <span class="en" lang="en">${words.en}</span>${failure !== null && html`<br><code>${failure}</code>`}` },
      { head: { zh: '距离 / 阈值', en: 'distance / threshold' }, kind: 'number', cell: ({ distance, threshold }) => `${decimal(distance)} / ${threshold}` },
      { head: { zh: '误识率（实测上限）', en: 'FMR, measured bound' }, kind: 'number', cell: ({ fmr }) => (fmr === null ? DASH : `≤ ${fmr}`) },
      { head: { zh: '帧', en: 'frames' }, kind: 'number', cell: ({ matchedFrames, frames }) => (frames === null ? DASH : `${matchedFrames ?? DASH} / ${frames}`) },
      { head: { zh: '引擎', en: 'engine' }, kind: 'name', cell: ({ engine }) => engine ?? DASH },
      { head: { zh: '日志', en: 'entries' }, kind: 'number', cell: ({ seq, judgedSeq }) => entries(seq, judgedSeq) },
    ], rows, ({ outcome }) => (outcome === 'FAILED' ? 'bad' : outcome === 'UNANSWERED' || outcome === 'PROVIDER_DOWN' ? 'warn' : '')),
  );
}

export function snapshots({ snapshots: rows, erasures }: SessionReport, pictures: PagePictures, times: Times): Html {
  const captured = rows.filter(({ judgedAt }) => judgedAt !== null);
  const storage = { NONE: '未留存 not kept', PRESENT: '在库 present', ERASED: '已应要求删除 erased on request', PURGED: '期满已删除 purged', MISSING: '遗失 missing', DAMAGED: '损坏 damaged' } as const;
  const gone = (imageId: string | null): HtmlValue => {
    const found = erasures.find((erasure) => erasure.imageId === imageId);
    return found !== undefined && html`<br>${times.cell(found.erasedAt)}${found.rule !== null && html`<br><code>${found.rule}</code>`}`;
  };
  return section(
    'snapshots',
    { zh: '随机影像照片', en: 'Random snapshots' },
    captured.length > 0 && html`<div class="gallery">${captured.map((row) => figure(row, pictures, nameOf(row), row.outcome === 'FAILED', row.requestedAt === null ? '' : times.text(row.requestedAt)))}</div>`,
    table({ zh: '计划时刻为按已计学时事先抽定的时刻；无提示抓拍', en: 'Instants were drawn beforehand on credited time; captures without any cue' }, [
      { head: { zh: '序', en: 'no.' }, cell: (row) => html`${row.index + 1}${row.isRetry && html`<br>补拍 retry`}` },
      { head: { zh: '课时', en: 'hour' }, kind: 'number', cell: ({ part }) => part + 1 },
      { head: { zh: '计划', en: 'scheduled' }, kind: 'number', cell: ({ scheduledMs }) => clock(scheduledMs) },
      { head: { zh: '要求', en: 'requested' }, kind: 'number', cell: ({ requestedAt, positionMs }) => html`${times.cell(requestedAt)}${positionMs !== null && html`<br><span class="en">@ ${clock(positionMs)}</span>`}` },
      { head: { zh: '收到', en: 'received after' }, kind: 'number', cell: ({ delayMs }) => length(delayMs) },
      { head: { zh: '结果', en: 'outcome' }, cell: ({ words, failure }) => html`<span class="state">${words.zh}</span> <span class="en" lang="en">${words.en}</span>${failure !== null && html`<br><code>${failure}</code>`}` },
      { head: { zh: '人脸', en: 'faces' }, kind: 'number', cell: ({ faceCount }) => faceCount ?? DASH },
      { head: { zh: '距离 / 阈值', en: 'distance / threshold' }, kind: 'number', cell: ({ distance, threshold }) => (distance === null ? DASH : `${decimal(distance)} / ${threshold}`) },
      { head: { zh: '摘要 HMAC-SHA-256（收到时）', en: 'digest as received' }, cell: ({ digest, bytes }) => html`${shortHash(digest)}${bytes !== null && bytes > 0 && html`<br><span class="en">${Math.round(bytes / 1024)} kB</span>`}` },
      { head: { zh: '存储', en: 'storage' }, cell: (row) => html`${storage[row.storage]}${gone(row.imageId)}` },
      { head: { zh: '日志', en: 'entries' }, kind: 'number', cell: ({ seq, judgedSeq }) => (seq === null ? DASH : entries(seq, judgedSeq)) },
    ], rows, ({ outcome, storage: kept }) => (outcome === 'FAILED' || kept === 'DAMAGED' || kept === 'MISSING' ? 'bad' : kept === 'ERASED' || kept === 'PURGED' ? 'warn' : '')),
  );
}

export function findings({ rules, otherFindings }: SessionReport, times: Times): Html {
  const rows = [...rules.flatMap((rule) => rule.findings), ...otherFindings].sort((a, b) => a.seq - b.seq);
  const tone = (effect: ReportFinding['effect']): string => (effect === 'RECORD_ONLY' ? '' : effect === 'WITHHOLD_INTERVAL' || effect === 'REVIEW' ? 'warn' : 'bad');
  return section(
    'findings',
    { zh: '全部发现', en: 'All findings' },
    html`<p class="note">被阻止的尝试只作记录，不作处罚。 <span lang="en">An attempt that was prevented is a record, never a violation.</span></p>`,
    table({ zh: '日志条目即证据', en: 'The journal entry is the evidence' }, [
      { head: { zh: '日志', en: 'entry' }, kind: 'number', cell: ({ seq }) => seq },
      { head: { zh: '时间', en: 'time' }, kind: 'number', cell: ({ at, positionMs }) => html`${times.cell(at)}<br><span class="en">@ ${clock(positionMs)}</span>` },
      { head: { zh: '规则', en: 'rule' }, cell: ({ rule }) => rule ?? DASH },
      { head: { zh: '发现', en: 'finding' }, cell: ({ words, code }) => html`${both(words)}<br><code>${code}</code>` },
      { head: { zh: '后果', en: 'effect' }, cell: ({ effect }) => html`<span class="state">${both(EFFECT_WORDS[effect])}</span>` },
      { head: { zh: '归属', en: 'lies with' }, cell: ({ attribution }) => both(ATTRIBUTION_WORDS[attribution]) },
      { head: { zh: '数据', en: 'data' }, kind: 'name', cell: ({ detail }) => detailText(detail) || DASH },
    ], rows, ({ effect }) => tone(effect)),
  );
}

const entries = (asked: number, judged: number | null): string => (judged === null ? String(asked) : `${asked}, ${judged}`);
const nameOf = ({ index, isRetry }: ReportSnapshot): string => `抓拍 ${index + 1}${isRetry ? ' 补拍' : ''} snapshot ${index + 1}${isRetry ? ' retry' : ''}`;

type Pictured = Pick<ReportFaceCheck | ReportSnapshot, 'imageId' | 'storage' | 'words' | 'distance'>;

function figure({ imageId, storage, words, distance }: Pictured, pictures: PagePictures, name: string, isBad: boolean, time: string): Html {
  const source = imageId === null ? undefined : pictures.get(imageId);
  const why: Readonly<Record<Pictured['storage'], HtmlValue>> = {
    NONE: '依规不留存\nnot kept', PRESENT: '照片在库\nkept, not shown here', ERASED: '照片已应要求删除\nerased on request', PURGED: '照片期满已删除\nerased, its time was over', MISSING: '照片遗失\npicture missing', DAMAGED: '照片损坏\npicture damaged',
  };
  const picture = source === undefined ? html`<div class="absent">${why[storage]}</div>` : html`<img src="${source}" alt="${name},${time},${words.zh} ${words.en}">`;
  return html`<figure class="${isBad ? 'bad' : ''}">${picture}<figcaption><b>${name}</b><br>${time} · ${words.zh} <span class="en" lang="en">${words.en}</span>${distance !== null && html`<br>距离 distance ${decimal(distance)}`}</figcaption></figure>
`;
}
