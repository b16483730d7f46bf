/** First page of the report: verdict, the words of the notice, who and what, the rules. */
import type { RuleResult } from '../report-parts.schema.js';
import type { SessionReport } from '../report.schema.js';
import { CLAUSE, localTime, ruleWords, VERDICT_WORDS } from '../words.js';
import { both, clock, DASH, length, percent, section, type Times } from './format.js';
import { html, type Html, type HtmlValue } from './html.js';
import { qrSvg } from './qr-code.js';

const SYMBOL = { VALID: '✓', INVALID: '✗', NOT_RECOGNISED: '✗', INCOMPLETE: '…', PENDING_REVIEW: '?' } as const;
export const TONE = { VALID: 'good', INVALID: 'bad', NOT_RECOGNISED: 'bad', INCOMPLETE: 'warn', PENDING_REVIEW: 'warn' } as const;

/** What this is, and where it can be verified offline: an address to read, and a code for a phone. */
export function heading({ reportId, generatedAtLocal, session }: SessionReport, origin: string): Html {
  const address = `${origin}/verify#session=${session.sessionId}`;
  return html`<header class="top">
<h1>学习过程有效性报告 <span class="en" lang="en">Session validity report</span></h1>
<p class="ids">报告 report <code>${reportId}</code><br>学习 session <code>${session.sessionId}</code><br>生成于 generated ${generatedAtLocal} (Asia/Shanghai)<br>核验 verify <a href="${address}"><code>${address}</code></a></p>
${qrSvg(address, `二维码：核验本报告 QR code: verify this report at ${address}`)}
</header>
`;
}

/** A warning above the verdict when what it rests on does not hold together. */
export function alarm({ evidence }: SessionReport): Html | null {
  if (evidence.isReliable) return null;
  return html`<div class="alarm" role="alert"><p>证据核验未通过，以下结论不可采信。 <span lang="en">The evidence does not verify: the verdict below must not be relied on.</span></p>
<ul>${evidence.problems.map((problem) => html`<li>${problem.zh} · <span lang="en">${problem.en}</span></li>`)}</ul></div>
`;
}

export function verdictBlock({ verdict, rules }: SessionReport, times: Times): Html {
  const { failed } = verdict;
  const strictTone = TONE[verdict.strict];
  return html`<section aria-labelledby="verdict">
<h2 id="verdict">${both({ zh: '结论', en: 'Verdict' })}</h2>
<div class="verdict ${TONE[verdict.policy]}">
<p class="word">${SYMBOL[verdict.policy]} ${verdict.words.zh}<span class="en" lang="en">${verdict.words.en}</span></p>
<div><p class="why">${verdict.reason.zh}<span class="en" lang="en">${verdict.reason.en}</span></p>
${failed && html`<p class="where">${failed.rule !== null && html`规则 rule <b>${failed.rule}</b> ${ruleWords(failed.rule as `R${number}`).short.zh} · `}原因代码 code <code>${failed.code}</code> · ${times.cell(failed.at)} · 证据 evidence: 日志第 ${failed.seq} 条 journal entry ${failed.seq}</p>`}</div>
</div>
${clause(rules, failed?.rule ?? null)}
${verdict.history.length > 1 && html`<ol class="history">${verdict.history.map(({ at, seq, verdict: then, words }) => html`<li>${times.cell(at)} · <span class="state">${VERDICT_WORDS[then].zh} ${VERDICT_WORDS[then].en}</span> · ${both(words)} · 日志第 ${seq} 条 entry ${seq}</li>`)}</ol>`}
<p class="strict">按课时解读 <span class="en" lang="en">by class hour</span>：<b class="${TONE[verdict.classHour]}"><span class="state">${VERDICT_WORDS[verdict.classHour].zh} ${VERDICT_WORDS[verdict.classHour].en}</span></b>
<br>从严解读 <span class="en" lang="en">strict reading</span>：<b class="${strictTone}"><span class="state">${VERDICT_WORDS[verdict.strict].zh} ${VERDICT_WORDS[verdict.strict].en}</span></b>
${verdict.strictBecause.length > 0 && html` · ${verdict.strictBecause.map((code, index) => html`${index > 0 && ', '}<code>${code}</code>`)}`}
<br><span class="en">凡导致不计时、复核或无效的情形，从严解读均视同整个培训（报名）无效；供监管部门参考。 <span lang="en">Under the strict reading any finding that withholds credit, calls for review or invalidates voids the whole enrolment; for the authority to weigh.</span></span></p>
</section>
`;
}

function clause(rules: readonly RuleResult[], failedRule: string | null): Html {
  const listed = rules.map((result, index): HtmlValue => [index > 0 && '、', result.rule === failedRule ? html`<mark>${result.clause}</mark>` : result.clause]);
  return html`<blockquote class="clause" cite="${CLAUSE.source}">${CLAUSE.source}:「${CLAUSE.before}${listed}${CLAUSE.after}」 <span class="en" lang="en">${CLAUSE.english}</span></blockquote>
`;
}

export function facts(report: SessionReport): Html {
  const { session, trainee, platform, cohort, course, lesson, policy, timeline, engineVersion } = report;
  const type = course.courseType === 'PROFESSIONAL' ? '专业课程 professional' : '通用课程 general';
  const entries: readonly (readonly [zh: string, en: string, value: HtmlValue, isBroad?: boolean])[] = [
    ['学员', 'Trainee', html`<bdi>${trainee.nameMasked}</bdi><br><bdi>${trainee.idNumberMasked}</bdi>${trainee.isAccessible && html`<br>无障碍延时 longer times`}`],
    ['平台', 'Platform', html`<bdi>${platform.name}</bdi>`],
    ['班级', 'Class', html`<bdi>${cohort.name ?? DASH}</bdi><br>${cohort.notReportable === null ? html`<code>${cohort.hrssClassId}</code>` : both(cohort.notReportable.words)}`],
    ['培训机构', 'Organisation', html`<bdi>${cohort.organisation ?? DASH}</bdi>`],
    ['职业（工种）', 'Occupation', cohort.occupation === null ? DASH : html`<bdi>${cohort.occupation.name}</bdi> <code>${cohort.occupation.code}</code>${cohort.skillLevel !== null && html`<br><bdi>${cohort.skillLevel}</bdi>`}`],
    ['课程', 'Course', html`<bdi>${course.title}</bdi><br>${type} · 大纲 syllabus v${course.syllabusVersion}`],
    ['课节', 'Lesson', html`${lesson.position}. <bdi>${lesson.title}</bdi><br>${clock(lesson.durationMs)}`],
    ['开始', 'Opened', session.openedAtLocal],
    ['结束', 'Closed', session.closedAtLocal ?? '尚未结束 not closed'],
    ['第几次学习', 'Attempt', session.attempt],
    ['已计学时', 'Credited', html`${clock(timeline.creditedMs)} / ${clock(lesson.durationMs)}<br>${percent(timeline.coverageShare)}`],
    ['判定引擎', 'Engine', `Xuejian ${engineVersion}`],
    ['监管策略', 'Policy', html`<code>${policy.id}@${policy.version}</code> · ${policy.source}`, true],
  ];
  return html`<dl class="facts">${entries.map(([zh, en, value, isBroad]) => html`<div class="${isBroad === true && 'broad'}"><dt>${zh} <span lang="en">${en}</span></dt><dd>${value}</dd></div>`)}</dl>
`;
}

const OUTCOME = {
  PASSED: { tone: 'good', symbol: '✓', zh: '符合', en: 'passed' },
  FAILED: { tone: 'bad', symbol: '✗', zh: '未通过', en: 'failed' },
  REVIEW: { tone: 'warn', symbol: '?', zh: '待复核', en: 'review' },
  INCOMPLETE: { tone: 'warn', symbol: '…', zh: '未完成', en: 'incomplete' },
} as const;

export function ruleCards({ rules }: SessionReport, times: Times): Html {
  return section('rules', { zh: '六项规则', en: 'The rules' }, html`<ul class="rules">${rules.map((result) => ruleCard(result, times))}</ul>`);
}

function ruleCard(result: RuleResult, times: Times): Html {
  const { tone, symbol, zh, en } = OUTCOME[result.outcome];
  return html`<li class="rule ${tone}"><header><h3>${result.rule} ${both(ruleWords(result.rule as `R${number}`).short)}</h3><span class="state">${symbol} ${zh} <span lang="en">${en}</span></span></header>
<q cite="${CLAUSE.source}">${result.clause}</q>
<p class="${result.outcome === 'FAILED' ? 'why' : ''}">${both(result.words)}</p>
${result.findings.length > 0 && html`<ul>${grouped(result, times)}</ul>`}</li>
`;
}

/** Findings of one code together: a card says what and how often, the table of findings says everything. */
function grouped({ findings }: RuleResult, times: Times): readonly Html[] {
  const codes = [...new Set(findings.map(({ code }) => code))];
  return codes.map((code) => {
    const own = findings.filter((found) => found.code === code);
    const first = own[0];
    return html`<li><code>${code}</code>${own.length > 1 && ` × ${own.length}`} · ${first === undefined ? DASH : times.text(first.at)}<br>${first?.words.zh} <span class="en" lang="en">${first?.words.en}</span></li>`;
  });
}

export function timelineFigures({ timeline, session }: SessionReport): Html {
  const wallMs = Date.parse(timeline.to) - Date.parse(timeline.from);
  const entries: readonly (readonly [string, string, string])[] = [
    ['已计学时', 'credited', clock(timeline.creditedMs)],
    ['播放时长', 'played', clock(timeline.playedMs)],
    ['不计时长', 'withheld', clock(timeline.withheldMs)],
    ['覆盖率', 'coverage', percent(timeline.coverageShare)],
    ['历时', session.closedAt === null ? 'so far' : 'from open to close', length(wallMs)],
  ];
  return html`<dl class="figures">${entries.map(([zh, en, value]) => html`<div><dt>${zh} <span lang="en">${en}</span></dt><dd>${value}</dd></div>`)}</dl>
<p class="note">从 ${localTime(Date.parse(timeline.from))} 到 ${localTime(Date.parse(timeline.to))}，北京时间。 <span lang="en">Times of day are Asia/Shanghai.</span></p>
`;
}
