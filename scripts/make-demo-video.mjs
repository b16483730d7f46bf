/**
 * Makes the demo lessons: slides drawn as SVG, a moving bar and a clock so that a viewer sees them play, VP9 at 8 frames
 * a second with a keyframe every second (every two in the long lesson) so that seeking is quick and exact. The results are committed; run this after a change of
 * the text. Needs ffmpeg and the font of Debian's fonts-wqy-microhei.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { LESSONS } from './demo-slides.mjs';

const FPS = 8;
const WIDTH = 640;
const HEIGHT = 360;
const MAX_TOTAL_BYTES = 3_000_000;
const FONT = 'WenQuanYi Micro Hei';
const FONT_FILE = '/usr/share/fonts/truetype/wqy/wqy-microhei.ttc';
const MEDIA = join(dirname(fileURLToPath(import.meta.url)), '../src/demo/public/media');

const ICONS = {
  bolt: '<path d="M12 -62 L-34 10 L-4 10 L-16 62 L34 -16 L4 -16 Z" fill="#f2b234"/>',
  hand: '<g fill="#e8b48c"><rect x="-30" y="-10" width="60" height="58" rx="18"/><rect x="-30" y="-52" width="13" height="56" rx="6"/><rect x="-14" y="-62" width="13" height="66" rx="6"/><rect x="2" y="-58" width="13" height="62" rx="6"/><rect x="18" y="-46" width="12" height="50" rx="6"/></g>',
  plug: '<g fill="#3f7fd6"><rect x="-34" y="-20" width="68" height="48" rx="10"/><rect x="-22" y="-54" width="10" height="36"/><rect x="12" y="-54" width="10" height="36"/><rect x="-6" y="26" width="12" height="38"/></g>',
  shield: '<path d="M0 -60 L48 -42 L48 4 Q48 42 0 62 Q-48 42 -48 4 L-48 -42 Z" fill="#2f9e6e"/><path d="M-20 0 L-6 16 L24 -18" stroke="#fff" stroke-width="10" fill="none"/>',
  glove: '<g fill="#d9534f"><path d="M-34 -16 q0 -40 20 -40 l28 0 q20 0 20 40 l0 44 l-68 0 Z"/><rect x="-52" y="-10" width="24" height="40" rx="12"/><rect x="-34" y="34" width="68" height="22" rx="4" fill="#9c2f2b"/></g>',
  check: '<circle r="56" fill="#2f9e6e"/><path d="M-28 0 L-8 22 L30 -22" stroke="#fff" stroke-width="13" fill="none"/>',
  switch: '<g stroke="#44566c" stroke-width="10" fill="none"><path d="M0 62 L0 28"/><path d="M0 28 L36 -28"/><path d="M0 -62 L0 -32"/></g><circle cy="28" r="9" fill="#d9534f"/><circle cy="-32" r="9" fill="#d9534f"/>',
  earth: '<g stroke="#2f9e6e" stroke-width="10"><path d="M0 -60 L0 4"/><path d="M-46 4 L46 4"/><path d="M-30 26 L30 26"/><path d="M-14 48 L14 48"/></g>',
  sign: '<rect x="-54" y="-44" width="108" height="74" rx="6" fill="#d9534f"/><rect x="-46" y="-36" width="92" height="58" fill="#fff"/><path d="M-34 -16 L34 -16 M-34 4 L18 4" stroke="#d9534f" stroke-width="8"/><rect x="-5" y="30" width="10" height="34" fill="#44566c"/>',
  fence: '<g fill="#f2b234"><rect x="-58" y="-26" width="116" height="18"/><rect x="-58" y="14" width="116" height="18"/></g><g fill="#44566c"><rect x="-46" y="-44" width="12" height="100"/><rect x="34" y="-44" width="12" height="100"/></g>',
  heart: '<path d="M0 56 C-92 -8 -44 -72 0 -30 C44 -72 92 -8 0 56 Z" fill="#d9534f"/><path d="M-60 4 L-22 4 L-8 -22 L8 28 L20 4 L60 4" stroke="#fff" stroke-width="6" fill="none"/>',
};

const text = (x, y, size, fill, content, weight = 'normal') =>
  `<text x="${x}" y="${y}" font-family="${FONT}" font-size="${size}" font-weight="${weight}" fill="${fill}">${content}</text>`;

const slideSvg = ({ zh, en, icon, lines }, number, count) => `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}">
  <rect width="100%" height="100%" fill="#f5f7fa"/><rect width="8" height="100%" fill="#1456c8"/>
  ${text(36, 62, 34, '#16202e', zh, 'bold')}${text(36, 92, 18, '#586577', en)}
  ${lines.map(([zhLine, enLine], index) => `<circle cx="46" cy="${144 + index * 58}" r="5" fill="#1456c8"/>${text(64, 151 + index * 58, 22, '#16202e', zhLine)}${text(64, 173 + index * 58, 14, '#586577', enLine)}`).join('')}
  <g transform="translate(540 180)">${ICONS[icon]}</g>
  ${text(36, 334, 14, '#586577', `${number} / ${count}`)}
</svg>`;

async function renderSlides(slides, seconds, folder) {
  // Whole frames each, and the last slide takes what is left.
  const perSlide = Math.floor((seconds * FPS) / slides.length) / FPS;
  const list = [];
  for (const [index, content] of slides.entries()) {
    const file = join(folder, `slide-${index}.png`);
    await sharp(Buffer.from(slideSvg(content, index + 1, slides.length))).png().toFile(file);
    const isLast = index === slides.length - 1;
    list.push(`file '${file}'`, `duration ${isLast ? seconds - perSlide * index : perSlide}`);
    if (isLast) list.push(`file '${file}'`);
  }
  const listFile = join(folder, 'slides.txt');
  writeFileSync(listFile, `${list.join('\n')}\n`);
  return listFile;
}

function encode(listFile, seconds, target) {
  const keyframeEvery = seconds > 120 ? 2 * FPS : FPS;
  const clock = `drawtext=fontfile=${FONT_FILE}:fontsize=16:fontcolor=0x16202e:x=${WIDTH - 120}:y=320:text='%{pts\\:gmtime\\:0\\:%M\\\\\\:%S} / ${String(Math.floor(seconds / 60)).padStart(2, '0')}\\:${String(seconds % 60).padStart(2, '0')}'`;
  const graph = [
    `[0:v]fps=${FPS},format=yuv420p,${clock}[slides]`,
    `color=c=0x1456c8:s=${WIDTH}x6:r=${FPS}[bar]`,
    `[slides][bar]overlay=x='-W+W*t/${seconds}':y=${HEIGHT - 6}:shortest=0[out]`,
  ].join(';');
  const shared = ['-hide_banner', '-loglevel', 'error', '-y', '-f', 'concat', '-safe', '0', '-i', listFile, '-filter_complex', graph, '-map', '[out]', '-frames:v', String(seconds * FPS), '-an',
    '-c:v', 'libvpx-vp9', '-crf', '58', '-b:v', '0', '-g', String(keyframeEvery), '-keyint_min', String(keyframeEvery), '-auto-alt-ref', '0', '-row-mt', '1', '-deadline', 'good', '-cpu-used', '2',
    '-fflags', '+bitexact', '-flags:v', '+bitexact', '-map_metadata', '-1'];
  execFileSync('ffmpeg', [...shared, target], { stdio: 'inherit' });
}

function durationMsOf(file) {
  const seconds = execFileSync('ffprobe', ['-v', 'error', '-show_entries', 'format=duration', '-of', 'csv=p=0', file], { encoding: 'utf8' });
  return Math.round(Number(seconds) * 1000);
}

const media = [];
for (const lesson of LESSONS) {
  const folder = mkdtempSync(join(tmpdir(), 'demo-slides-'));
  const target = join(MEDIA, lesson.file);
  try {
    encode(await renderSlides(lesson.slides, lesson.seconds, folder), lesson.seconds, target);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const bytes = readFileSync(target);
  media.push({
    file: lesson.file,
    title: { zh: lesson.zh, en: lesson.en },
    durationMs: durationMsOf(target),
    bytes: statSync(target).size,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  });
  console.log(`${lesson.file}: ${media.at(-1).durationMs} ms, ${bytes.byteLength} bytes`);
}
const totalBytes = media.reduce((sum, { bytes }) => sum + bytes, 0);
if (totalBytes > MAX_TOTAL_BYTES) throw new Error(`the demo videos take ${totalBytes} bytes; at most ${MAX_TOTAL_BYTES} may be committed`);
writeFileSync(join(MEDIA, 'media.json'), `${JSON.stringify(media, null, 2)}\n`);
