/**
 * The panel's looks. A platform themes it with custom properties on `xuejian-proctor`:
 * --xj-accent, --xj-accent-text, --xj-surface, --xj-text, --xj-muted, --xj-line, --xj-radius, --xj-font.
 */
export const STYLES = `
:host { display: block; --_accent: var(--xj-accent, #1456c8); --_accent-text: var(--xj-accent-text, #fff);
  --_surface: var(--xj-surface, #fff); --_text: var(--xj-text, #16202e); --_muted: var(--xj-muted, #586577);
  --_line: var(--xj-line, #d9e0ea); --_radius: var(--xj-radius, 12px);
  --_green: #12804a; --_amber: #9a5b00; --_red: #b42318;
  font: 15px/1.55 var(--xj-font, system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans SC", "WenQuanYi Micro Hei", sans-serif); color: var(--_text); }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
.panel { background: var(--_surface); border: 1px solid var(--_line); border-radius: var(--_radius); overflow: hidden; }
.notice { display: flex; gap: 12px; align-items: center; padding: 12px 16px; background: #fff6e5; border-bottom: 1px solid #f0d9a8; color: #4a3200; }
.notice[data-tone=calm] { background: #eaf6ef; border-color: #c4e4d1; color: #0d4a2b; }
.notice[data-tone=bad] { background: #fdecea; border-color: #f3c0ba; color: #6b140c; }
.notice div { flex: 1; } .notice strong { display: block; } .notice p { margin: 2px 0 0; }
.body { display: grid; grid-template-columns: 120px minmax(0, 1fr); gap: 14px 16px; padding: 14px 16px; align-items: center; }
.preview { width: 120px; height: 90px; border-radius: 8px; background: #10161f; object-fit: cover; transform: scaleX(-1); }
.lights { grid-column: 1 / -1; list-style: none; display: grid; grid-template-columns: repeat(auto-fit, minmax(96px, 1fr)); gap: 8px; margin: 0; padding: 0; }
.lights li { display: flex; gap: 8px; align-items: center; border: 1px solid var(--_line); border-radius: 8px; padding: 5px 8px; }
.lights b { font-weight: 600; font-size: 13px; display: block; line-height: 1.3; overflow-wrap: anywhere; }
.lights small { font-size: 12px; line-height: 1.2; white-space: nowrap; }
.dot { width: 12px; height: 12px; flex: none; border-radius: 50%; background: var(--_amber); }
.GREEN .dot { background: var(--_green); } .RED .dot { background: var(--_red); border-radius: 2px; }
.AMBER .dot { background: transparent; border: 3px solid var(--_amber); }
.GREEN small { color: var(--_green); } .AMBER small { color: var(--_amber); } .RED small { color: var(--_red); }
.credit { display: grid; gap: 6px; font-variant-numeric: tabular-nums; }
.credit span:first-child { font-weight: 600; } .credit span:last-child { color: var(--_muted); font-size: 13px; }
progress { width: 100%; height: 8px; border: 0; border-radius: 4px; overflow: hidden; background: #e6ebf2; accent-color: var(--_accent); display: block; }
progress::-webkit-progress-bar { background: #e6ebf2; } progress::-webkit-progress-value { background: var(--_accent); transition: width .4s; }
progress::-moz-progress-bar { background: var(--_accent); }
button { font: inherit; font-weight: 600; min-height: 44px; padding: 8px 20px; border: 1px solid transparent; border-radius: 8px; background: var(--_accent); color: var(--_accent-text); cursor: pointer; }
button.quiet { background: transparent; color: inherit; border-color: currentColor; font-weight: 500; }
button:disabled { opacity: .55; cursor: default; }
button.choice { background: var(--_surface); color: var(--_text); border-color: var(--_line); text-align: left; width: 100%; font-weight: 500; }
button.choice:hover:not(:disabled) { border-color: var(--_accent); }
:focus-visible { outline: 3px solid color-mix(in srgb, var(--_accent) 55%, white); outline-offset: 2px; }
dialog { border: 0; border-radius: calc(var(--_radius) + 4px); padding: 24px; width: min(460px, calc(100vw - 24px)); max-height: calc(100vh - 24px); color: var(--_text); background: var(--_surface); box-shadow: 0 20px 60px #0007; }
dialog::backdrop { background: #0b1422b8; }
h2 { margin: 0 0 8px; font-size: 20px; line-height: 1.3; }
dialog p { margin: 0 0 12px; }
.timer { color: var(--_muted); font-variant-numeric: tabular-nums; font-size: 14px; }
.picture { display: block; max-width: 100%; height: 72px; margin: 0 auto 12px; border-radius: 8px; border: 1px solid var(--_line); background: #fff; }
.choices { display: grid; gap: 8px; }
label { display: block; font-weight: 600; margin-bottom: 4px; }
input { font: inherit; font-size: 20px; letter-spacing: .12em; width: 100%; min-height: 48px; padding: 6px 12px; border: 1px solid var(--_muted); border-radius: 8px; margin-bottom: 12px; color: inherit; background: transparent; }
.error { color: var(--_red); font-weight: 600; min-height: 1.55em; margin: 8px 0 0; }
.face { position: relative; width: min(300px, 70vw); margin: 0 auto 12px; }
.face video { display: block; width: 100%; aspect-ratio: 1; object-fit: cover; border-radius: 50%; transform: scaleX(-1); background: #10161f; border: 5px solid var(--_line); }
.face[data-running] video { border-color: var(--_accent); }
.sign { font-size: 40px; line-height: 1.2; text-align: center; min-height: 1.2em; margin: 0; }
.prompt { text-align: center; font-size: 24px; font-weight: 700; min-height: 1.5em; margin: 0 0 4px; }
.center { text-align: center; }
@media (max-width: 480px) { .body { grid-template-columns: 84px minmax(0, 1fr); } .preview { width: 84px; height: 63px; } .notice { flex-wrap: wrap; } dialog { padding: 18px; } }
@media (prefers-reduced-motion: reduce) { * { transition: none !important; } }
`;
