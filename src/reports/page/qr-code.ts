import qrcode from 'qrcode-generator';
import { html, type Html } from './html.js';

/** Modules that stay white around the code (ISO/IEC 18004). */
const QUIET = 4;

/** A text as a QR code that survives a bad print (15 % may be lost); `label` says what it is to those who do not see it. */
export function qrSvg(text: string, label: string): Html {
  const code = qrcode(0, 'M');
  code.addData(text);
  code.make();
  const count = code.getModuleCount();
  const size = count + 2 * QUIET;
  const rows = Array.from({ length: count }, (_, row) => rowPath(row, count, (column) => code.isDark(row, column)));
  return html`<svg class="qr" viewBox="0 0 ${size} ${size}" role="img" aria-label="${label}" shape-rendering="crispEdges"><path class="ground" d="M0 0h${size}v${size}h-${size}z"/><path d="${rows.join('')}"/></svg>`;
}

/** Runs of dark modules of one row, as rectangles. */
function rowPath(row: number, count: number, isDark: (column: number) => boolean): string {
  let path = '';
  for (let column = 0; column < count; column += 1) {
    if (!isDark(column)) continue;
    const start = column;
    while (column + 1 < count && isDark(column + 1)) column += 1;
    const length = column - start + 1;
    path += `M${start + QUIET} ${row + QUIET}h${length}v1h-${length}z`;
  }
  return path;
}
