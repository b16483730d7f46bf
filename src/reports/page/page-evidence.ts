/** Where it was studied, what else belongs to it, and how everything can be checked. */
import type { SessionReport } from '../report.schema.js';
import { VERDICT_WORDS } from '../words.js';
import { both, DASH, fullHash, section, shortHash, table, type Times } from './format.js';
import { html, type Html, type HtmlValue } from './html.js';

const yesNo = (value: boolean | null, yes: string, no: string): Html =>
  value === null ? html`尚不能核验 <span lang="en">not yet</span>` : value ? html`<b class="good"><span class="state">✓ ${yes}</span></b>` : html`<b class="bad"><span class="state">✗ ${no}</span></b>`;

export function places({ places: rows }: SessionReport, times: Times): Html {
  return section(
    'places',
    { zh: '学习地点与设备', en: 'Places and devices' },
    table({ zh: '每一次连接', en: 'Every connection' }, [
      { head: { zh: '接入', en: 'joined' }, kind: 'number', cell: ({ joinedAt }) => times.cell(joinedAt) },
      { head: { zh: '离开', en: 'left' }, kind: 'number', cell: ({ leftAt }) => times.cell(leftAt) },
      { head: { zh: '设备', en: 'device' }, kind: 'name', cell: ({ deviceId }) => html`<code>${deviceId}</code>` },
      { head: { zh: '浏览器', en: 'user agent' }, kind: 'name', cell: ({ userAgent, sdk }) => html`${userAgent}<br><span class="en">SDK ${sdk}</span>` },
      { head: { zh: '摄像头', en: 'camera' }, kind: 'name', cell: ({ camera }) => camera ?? '未报告 not reported' },
      { head: { zh: '多屏', en: 'more screens' }, cell: ({ screenExtended }) => (screenExtended === null ? '未知 unknown' : screenExtended ? '是 yes' : '否 no') },
      { head: { zh: '接替', en: 'took over' }, kind: 'name', cell: ({ tookOverFrom }) => (tookOverFrom === null ? DASH : html`<code>${tookOverFrom}</code>`) },
      { head: { zh: '日志', en: 'entry' }, kind: 'number', cell: ({ seq }) => seq },
    ], rows, ({ tookOverFrom }) => (tookOverFrom === null ? '' : 'warn')),
  );
}

export function incidents({ incidents: rows }: SessionReport, times: Times): Html {
  return section(
    'incidents',
    { zh: '环境事件', en: 'Incidents of the environment' },
    table({ zh: '不归责于学员', en: 'Not laid to the trainee' }, [
      { head: { zh: '时间', en: 'time' }, kind: 'number', cell: ({ at }) => times.cell(at) },
      { head: { zh: '事件', en: 'incident' }, cell: ({ words, code }) => html`${both(words)} <code>${code}</code>` },
      { head: { zh: '日志', en: 'entry' }, kind: 'number', cell: ({ seq }) => seq },
    ], rows),
  );
}

export function attempts({ attempts: rows, makeup }: SessionReport, times: Times): Html {
  return section(
    'attempts',
    { zh: '同一课节的全部学习', en: 'Every attempt at this lesson' },
    html`${makeup.supersedes !== null && html`<p class="note">本次为补学，原学习 <code>${makeup.supersedes}</code> <span lang="en">This attempt makes up for that one.</span></p>`}${makeup.supersededBy !== null && html`<p class="note">已另行补学 <code>${makeup.supersededBy}</code> <span lang="en">That attempt made up for this one.</span></p>`}`,
    table({ zh: '包括放弃的和无效的；补学另起一次，原记录保留', en: 'Abandoned and invalid ones too; a make-up is a new attempt, the old one stays' }, [
      { head: { zh: '次', en: 'attempt' }, cell: ({ attempt, isThis }) => html`${attempt}${isThis && ' (本次 this)'}` },
      { head: { zh: '学习编号', en: 'session' }, kind: 'name', cell: ({ sessionId }) => html`<code>${sessionId}</code>` },
      { head: { zh: '开始', en: 'opened' }, kind: 'number', cell: ({ openedAt }) => times.cell(openedAt) },
      { head: { zh: '结束', en: 'closed' }, kind: 'number', cell: ({ closedAt }) => times.cell(closedAt) },
      { head: { zh: '结论', en: 'verdict' }, cell: ({ verdict, failedRule, reasonCode }) => html`<span class="state">${VERDICT_WORDS[verdict].zh} ${VERDICT_WORDS[verdict].en}</span>${reasonCode !== null && html` · ${failedRule} <code>${reasonCode}</code>`}` },
      { head: { zh: '承诺值', en: 'commitment' }, cell: ({ commitment }) => shortHash(commitment) },
    ], rows),
  );
}

export function consents({ consents: rows }: SessionReport, times: Times): Html {
  return section(
    'consents',
    { zh: '单独同意', en: 'Separate consents' },
    table({ zh: '《个人信息保护法》第二十九条', en: 'PIPL art. 29' }, [
      { head: { zh: '目的', en: 'purpose' }, cell: ({ words }) => both(words) },
      { head: { zh: '文本', en: 'text' }, cell: ({ textVersion, textHash, locale }) => html`${textVersion} (${locale}) ${shortHash(textHash)}` },
      { head: { zh: '渠道', en: 'channel' }, cell: ({ channel }) => channel },
      { head: { zh: '同意于', en: 'given' }, kind: 'number', cell: ({ at }) => times.cell(at) },
      { head: { zh: '撤回于', en: 'withdrawn' }, kind: 'number', cell: ({ withdrawnAt }) => times.cell(withdrawnAt) },
      { head: { zh: '学习开始时有效', en: 'in force at opening' }, cell: ({ isActiveAtOpening }) => (isActiveAtOpening ? '是 yes' : '否 no') },
    ], rows),
  );
}

const list = (entries: readonly (readonly [string, string, HtmlValue])[]): Html =>
  html`<dl class="proof">${entries.map(([zh, en, value]) => html`<dt>${zh} <span lang="en">${en}</span></dt><dd>${value}</dd>`)}</dl>
`;

export function randomness({ randomness: facts }: SessionReport): Html {
  return section(
    'randomness',
    { zh: '随机性证明', en: 'Proof of randomness' },
    html`<p class="note">开始前先公布承诺值 C，再由学员浏览器给出随机数 N；结束后公开种子 S，任何人可重新计算全部时刻。 <span lang="en">C was published before the trainee’s browser drew N; S is revealed at the end, so anyone can recompute every instant.</span></p>`,
    list([
      ['核验', 'recomputed', yesNo(facts.scheduleMatchesCommitment, '全部时刻与承诺一致 every instant as committed', '与承诺不符 not as committed')],
      ['方法', 'scheme', html`<code>${facts.scheme}</code>`],
      ['承诺值 C', 'commitment', fullHash(facts.commitment)],
      ['种子 S', 'seed', facts.seed === null ? '会话结束后公开 revealed when the session is closed' : fullHash(facts.seed)],
      ['浏览器随机数 N', 'client nonce', facts.clientNonce === null ? DASH : fullHash(facts.clientNonce)],
      ['信标 B', 'beacon', facts.beacon === null ? DASH : /^0+$/.test(facts.beacon) ? '未使用（全零） none (zeros)' : fullHash(facts.beacon)],
    ]),
  );
}

export function evidence({ evidence: facts, signature, policy, session, trainee, lesson, reportId }: SessionReport, json: Html): Html {
  return section(
    'evidence',
    { zh: '证据与签名', en: 'Evidence and signature' },
    list([
      ['哈希链', 'hash chain', yesNo(facts.chainIntact, `${facts.entries} 条完整 entries intact`, `在第 ${facts.firstBrokenSeq ?? 0} 条断裂 breaks at entry ${facts.firstBrokenSeq ?? 0}`)],
      ['封存', 'sealed', facts.isSealed ? yesNo(facts.verdictMatchesSeal, '结论与封存时一致 verdict as sealed', '结论与封存时不同 verdict differs') : '尚未封存 not sealed yet'],
      ['策略哈希', 'policy hash', yesNo(policy.hashMatches, '一致 matches', '不一致 does not match')],
      ['算法', 'algorithm', facts.algorithm],
      ['视频 SHA-256', 'video', fullHash(lesson.videoSha256)],
      ['策略 SHA-256', 'policy', fullHash(policy.hash)],
      ['报名编号', 'enrolment', html`<code>${session.enrolmentId}</code>`],
      ['学员代号', 'pseudonym', html`<code>${trainee.pseudonym}</code>`],
      ['链首哈希', 'head hash', fullHash(facts.headHash)],
      ['证据包', 'evidence bundle', facts.bundle === null ? '正在生成 being made' : html`<code>GET /v1/sessions/${session.sessionId}/evidence</code><br>清单哈希 manifest ${fullHash(facts.bundle.manifestHash)}`],
      ['公开日志', 'public log', facts.log === null ? '待收录 not in it yet' : html`第 ${facts.log.leafIndex} 号叶，共 ${facts.log.treeSize} 叶 · leaf ${facts.log.leafIndex} of ${facts.log.treeSize}<br>${fullHash(facts.log.rootHash)}<br><code>GET /v1/log/proof?sessionId=${session.sessionId}</code>`],
      ['第三方时间戳', 'time stamp', facts.log?.treeHead.timestampToken == null ? '无 none' : '有（RFC 3161，见 JSON）RFC 3161, within the JSON'],
      ['签名', 'signature', html`${signature.algorithm} · 公钥 key <code>${signature.keyId}</code><br>${fullHash(signature.jws)}`],
      ['已签名的原文', 'signed original', html`<a class="screen" download="session-report-${reportId}.json" href="${json}">下载 JSON <span lang="en">download the signed JSON</span></a> <span class="en">本页内含 within this page</span>`],
      ['自行核验', 'verify', html`公钥 public key <code>GET /.well-known/jwks.json</code> · 日志 journal <code>GET /v1/sessions/${session.sessionId}/journal</code>`],
    ]),
  );
}

export function limits({ knownLimits }: SessionReport): Html {
  return section('limits', { zh: '已知局限', en: 'Known limits' }, html`<ul class="limits">${knownLimits.map(({ zh, en }) => html`<li>${zh}<span class="en" lang="en">${en}</span></li>`)}</ul>`);
}
