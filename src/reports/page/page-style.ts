import { createHash } from 'node:crypto';

/** The page's only style sheet; no element carries a style of its own, so its hash is all a browser has to allow. */
export const STYLE = `
:root { --ink: #1b1f24; --soft: #57606a; --line: #d0d7de; --field: #f6f8fa; --good: #116329; --bad: #a40e26; --warn: #7d4e00; --blue: #0a4fa3; }
* { box-sizing: border-box; }
html { font: 15px/1.55 "Noto Sans SC", "PingFang SC", "Microsoft YaHei", "Source Han Sans SC", "WenQuanYi Micro Hei", sans-serif; color: var(--ink); background: #fff; }
body { max-width: 1120px; margin: 0 auto; padding: 22px 28px 40px; }
h1, h2, h3, p, dl, dd, ul, figure, table, blockquote { margin: 0; }
h1 { font-size: 22px; }
h2 { font-size: 18px; margin: 34px 0 10px; padding-bottom: 5px; border-bottom: 2px solid var(--ink); break-after: avoid; }
h3 { font-size: 15px; }
.en { color: var(--soft); font-size: .87em; font-weight: normal; }
[lang=en], tspan.en { font-family: "Segoe UI", "Helvetica Neue", Arial, "DejaVu Sans", sans-serif; }
code { font: 12.5px/1.4 "DejaVu Sans Mono", Consolas, Menlo, monospace; }
code.hash { overflow-wrap: anywhere; }
.top { display: grid; grid-template-columns: 1fr auto; gap: 2px 20px; align-items: center; margin-bottom: 14px; }
.top .ids { font-size: 13px; color: var(--soft); }
.top .ids code { color: var(--ink); }
.top .ids a code { color: inherit; overflow-wrap: anywhere; }
.qr { width: 108px; height: 108px; grid-area: 1 / 2 / 3 / 3; }
.qr .ground { fill: #fff; }
.verdict { border: 2px solid; border-left-width: 14px; border-radius: 6px; padding: 16px 20px; display: grid; grid-template-columns: auto 1fr; gap: 4px 28px; align-items: center; break-inside: avoid; }
.verdict.good { border-color: var(--good); background: #f0f8f2; }
.verdict.bad { border-color: var(--bad); background: #fdf2f3; }
.verdict.warn { border-color: var(--warn); background: #fdf8ec; }
.verdict .word { font-size: 46px; line-height: 1.15; font-weight: 700; white-space: nowrap; }
.verdict .word .en { display: block; font-size: 17px; letter-spacing: .06em; color: inherit; font-weight: 700; }
.good .word, .good > .state { color: var(--good); }
.bad .word, .bad > .state { color: var(--bad); }
.warn .word, .warn > .state { color: var(--warn); }
.verdict .why { font-size: 20px; font-weight: 700; }
.verdict .why .en { display: block; font-size: 14px; }
.verdict .where { font-size: 13.5px; margin-top: 3px; }
.clause { margin: 10px 0 0; padding: 8px 12px; border-left: 4px solid var(--line); background: var(--field); font-size: 14px; break-inside: avoid; }
.clause mark { background: #ffe08a; color: inherit; font-weight: 700; padding: 0 2px; }
.strict { margin-top: 8px; font-size: 14px; }
.history { margin: 10px 0 0; padding-left: 22px; font-size: 14px; }
.alarm { margin: 0 0 12px; padding: 12px 16px; border: 3px double var(--bad); color: var(--bad); font-weight: 700; break-inside: avoid; }
.alarm ul { padding-left: 20px; }
.facts { display: grid; grid-template-columns: repeat(4, 1fr); gap: 0 24px; margin-top: 14px; font-size: 14px; line-height: 1.4; }
.facts div { padding: 5px 0; border-bottom: 1px solid var(--line); break-inside: avoid; }
.facts .broad { grid-column: span 3; }
.facts dt { color: var(--soft); font-size: 12.5px; }
.facts dd { overflow-wrap: anywhere; }
.rules { display: grid; grid-template-columns: repeat(3, 1fr); gap: 12px; list-style: none; padding: 0; }
.rule { border: 1px solid var(--line); border-top: 5px solid; border-radius: 5px; padding: 9px 13px 11px; break-inside: avoid; font-size: 14px; }
.rule.good { border-top-color: var(--good); }
.rule.bad { border-top-color: var(--bad); background: #fdf2f3; }
.rule.warn { border-top-color: var(--warn); }
.rule header { display: flex; justify-content: space-between; gap: 8px; }
.rule .state { font-weight: 700; white-space: nowrap; }
.rule.good .state { color: var(--good); } .rule.bad .state { color: var(--bad); } .rule.warn .state { color: var(--warn); }
.rule q { display: block; margin: 3px 0; font-weight: 600; quotes: "「" "」"; }
.rule ul { margin: 7px 0 0; padding: 6px 0 0 16px; border-top: 1px dotted var(--line); font-size: 13px; }
.figures { display: flex; flex-wrap: wrap; gap: 6px 30px; margin: 0 0 10px; font-size: 14px; }
.figures div { display: flex; flex-direction: column-reverse; }
.figures dt { color: var(--soft); font-size: 12.5px; }
.figures dd { font-size: 19px; font-weight: 600; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 13px; }
caption { text-align: left; font-size: 13px; color: var(--soft); padding-bottom: 5px; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
th, td { text-align: left; vertical-align: top; padding: 4px 10px 4px 2px; border-bottom: 1px solid var(--line); }
tbody th { font-weight: 600; }
thead th { background: var(--field); border-bottom: 1.5px solid var(--soft); line-height: 1.3; white-space: nowrap; }
tr > :first-child { padding-left: 6px; }
thead th .en { display: block; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; padding-right: 14px; white-space: nowrap; }
td.name { overflow-wrap: anywhere; }
tr.bad td, tr.bad th { background: #fdf2f3; }
tr.warn td, tr.warn th { background: #fdf8ec; }
td .state { font-weight: 600; }
.none, .note { font-size: 13.5px; color: var(--soft); }
.note { margin: 6px 0; }
.parameters { display: flex; flex-wrap: wrap; gap: 1px 14px; list-style: none; padding: 0; min-width: 300px; }
#attestation ~ .wide td:nth-child(2) { width: 30%; } #attestation ~ .wide td:nth-child(3) { width: 13%; } #attestation ~ .wide td:nth-child(5) { width: 17%; }
.gallery { display: grid; grid-template-columns: repeat(4, 1fr); gap: 12px; margin: 4px 0 14px; }
.gallery figure { border: 1px solid var(--line); border-radius: 4px; overflow: hidden; break-inside: avoid; font-size: 12.5px; }
.gallery figure.bad { border: 2px solid var(--bad); }
.gallery img, .gallery .absent { display: block; width: 100%; aspect-ratio: 4 / 3; object-fit: contain; background: #22262b; }
.gallery .absent { display: grid; place-content: center; text-align: center; padding: 6px; background: repeating-linear-gradient(135deg, #eef1f4 0 9px, #e3e8ed 9px 18px); color: var(--soft); }
.gallery figcaption { padding: 5px 8px 7px; line-height: 1.4; }
.timeline { display: block; width: 100%; height: auto; }
.timeline text { font-size: 13px; fill: var(--ink); }
.timeline .en { font-size: 11.5px; fill: var(--soft); }
.timeline .field { fill: #fff; stroke: var(--soft); }
.timeline .grid { stroke: #e3e8ed; }
.timeline .part { stroke: var(--soft); stroke-dasharray: 5 4; }
.timeline .fold rect { fill: #eef1f4; }
.timeline .fold path { stroke: var(--soft); fill: none; }
.holds rect { fill: #f2c14e; fill-opacity: .45; }
.credited rect { fill: var(--good); }
.runs line { stroke: var(--blue); stroke-width: 2.6; stroke-linecap: round; }
.end line { stroke-width: 2; stroke: currentColor; }
.timeline .end text { fill: currentColor; font-weight: 700; }
.end.good { color: var(--good); } .end.bad { color: var(--bad); } .end.warn { color: var(--warn); }
.mark { stroke: var(--soft); stroke-width: 1.4; fill: #fff; }
.mark.good { fill: var(--good); stroke: #fff; }
.mark.warn { fill: #f2c14e; stroke: var(--warn); }
.mark.bad { fill: var(--bad); stroke: #fff; }
.mark .cross { stroke: #fff; stroke-width: 1.8; fill: none; }
.legend { list-style: none; padding: 6px 0 0; display: flex; flex-wrap: wrap; gap: 3px 16px; font-size: 12.5px; }
.legend svg { width: 16px; height: 16px; vertical-align: -3px; margin-right: 5px; }
.limits { padding-left: 20px; font-size: 13.5px; }
.limits li { margin-bottom: 5px; break-inside: avoid; }
.limits .en { display: block; }
.proof { display: grid; grid-template-columns: 190px 1fr; gap: 3px 16px; font-size: 13.5px; }
.proof dt { color: var(--soft); }
.proof dd { overflow-wrap: anywhere; }
.foot { margin-top: 34px; padding-top: 9px; border-top: 1px solid var(--line); font-size: 12.5px; color: var(--soft); }
a { color: var(--blue); }
a:focus-visible { outline: 3px solid var(--blue); outline-offset: 2px; }
@media screen and (max-width: 760px) { body { padding: 14px; } .facts, .rules, .gallery { grid-template-columns: 1fr 1fr; } .verdict, .proof { grid-template-columns: 1fr; } }
@page { size: A4; margin: 13mm 12mm 15mm; @bottom-left { content: "学监 Xuejian"; font-size: 8pt; color: #57606a; } @bottom-right { content: counter(page) " / " counter(pages); font-size: 8pt; color: #57606a; } }
@media print {
  html { font-size: 10.2pt; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  body { max-width: none; padding: 0; }
  h1 { font-size: 15pt; white-space: nowrap; }
  .top .ids { font-size: 8.2pt; }
  h2 { font-size: 12.5pt; margin-top: 16pt; }
  h3 { font-size: 10.5pt; }
  .verdict .word { font-size: 30pt; }
  .rules { gap: 7px; }
  .gallery { gap: 8px; }
  .verdict .why { font-size: 13pt; }
  .verdict .where, .clause, .strict, .facts { font-size: 9.2pt; }
  .figures dd { font-size: 12.5pt; }
  .legend, .note, .none, caption, .gallery figure, .figures dt, .foot { font-size: 8.2pt; }
  .legend svg { width: 10pt; height: 10pt; }
  .rule { padding: 6px 9px 8px; }
  .rule header { display: block; }
  .proof { grid-template-columns: 130px 1fr; }
  .parameters { min-width: 190px; }
  .rule, .facts, .proof, .limits { font-size: 9.2pt; }
  .facts dt, .rule ul, .rule .en { font-size: 8.2pt; }
  table { font-size: 7.9pt; }
  code { font-size: 7.4pt; }
  th, td { padding-right: 5px; }
  td.number, th.number { padding-right: 8px; }
  .wide { overflow: visible; }
  .screen { display: none; }
  section { break-inside: auto; }
}
`;

const STYLE_SOURCE = `'sha256-${createHash('sha256').update(STYLE, 'utf8').digest('base64')}'`;

/** What the page needs and nothing else: its own style sheet and pictures inside the page. */
export const PAGE_CSP = `default-src 'none'; style-src ${STYLE_SOURCE}; img-src data:; base-uri 'none'; form-action 'none'`;
