/** The report as a page a person can read and print: no scripts, no requests, everything inside. */
import type { SessionReport } from '../report.schema.js';
import { both, section, Times } from './format.js';
import { Html, html } from './html.js';
import { attestation, faceChecks, findings, type PagePictures, parts, popups, snapshots } from './page-checks.js';
import { attempts, consents, evidence, incidents, limits, places, randomness } from './page-evidence.js';
import { alarm, facts, heading, ruleCards, timelineFigures, verdictBlock } from './page-head.js';
import { reviews } from './page-reviews.js';
import { PAGE_CSP, STYLE } from './page-style.js';
import { timelineSvg } from './timeline-svg.js';

/** @param origin where this service is reached: its verifier is named on the page */
export function renderReportPage(report: SessionReport, pictures: PagePictures, origin: string): string {
  const times = new Times(report.session.openedAt);
  const json = new Html(`data:application/json;base64,${Buffer.from(JSON.stringify(report), 'utf8').toString('base64')}`);
  const title = `${report.verdict.words.zh} · ${report.lesson.title} · ${report.session.openedAtLocal.slice(0, 10)} · 学习过程有效性报告`;
  return html`<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${PAGE_CSP}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
${heading(report, origin)}<main>
${alarm(report)}${verdictBlock(report, times)}${facts(report)}${ruleCards(report, times)}
${section('line', { zh: '时间线', en: 'Timeline' }, timelineFigures(report), timelineSvg(report))}
${parts(report)}${attestation(report, times)}${popups(report, times)}${faceChecks(report, pictures, times)}${snapshots(report, pictures, times)}
${findings(report, times)}${reviews(report, times)}${places(report, times)}${incidents(report, times)}${attempts(report, times)}${consents(report, times)}
${randomness(report)}${evidence(report, json)}${limits(report)}
</main>
<footer class="foot"><p>${both({
    zh: '本页含人脸影像等敏感个人信息，仅供监管使用，请妥善保管。',
    en: 'This page holds pictures of a face and other sensitive personal information: for supervision only, to be kept safely.',
  })}</p><p>${report.schemaVersion} · Xuejian ${report.engineVersion}</p></footer>
</body>
</html>
`.text;
}
