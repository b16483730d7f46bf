import sharp from 'sharp';
import { ADVANCE, HEIGHT, pathOf } from './pixel-font.js';

/** Who is shown a picture, when, of which session. */
export interface WatermarkFacts {
  readonly viewer: string;
  readonly at: Date;
  readonly sessionId: string | null;
}

/** As many pixels as the server takes in; nothing larger was ever kept. */
const MAX_PIXELS = 16_000_000;
/** Whatever else was stored is not drawn: a drawing could refer to files. */
const RASTER: ReadonlySet<string> = new Set(['jpeg', 'png', 'webp']);
const LINES_PER_PICTURE = 7;
const SLANT_DEGREES = -20;

/**
 * A copy to look at: who looks, when and at which session is printed across all of it, and nothing else is in the file.
 * `null` for what is no picture. Decoding and drawing run on the library's own threads.
 */
export async function withWatermark(picture: Uint8Array, facts: WatermarkFacts): Promise<Buffer | null> {
  try {
    const image = sharp(picture, { limitInputPixels: MAX_PIXELS, failOn: 'error' });
    if (!RASTER.has((await image.metadata()).format ?? '')) return null;
    const { data, info } = await image.rotate().removeAlpha().toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
    const { width, height, channels } = info;
    const overlay = Buffer.from(overlayOf(textOf(facts), width, height));
    return await sharp(data, { raw: { width, height, channels } }).composite([{ input: overlay }]).jpeg({ quality: 85 }).toBuffer();
  } catch {
    return null;
  }
}

/** Of the session the end of its id, so that the line comes round often. */
export const textOf = ({ viewer, at, sessionId }: WatermarkFacts): string =>
  [viewer, at.toISOString().slice(0, 19).replace('T', ' ') + 'Z', sessionId?.slice(-12) ?? '-'].join('  ');

/** The text again and again on slanted lines, dark beside light so that it can be read on any ground. */
function overlayOf(text: string, width: number, height: number): string {
  const dot = Math.max(1, Math.min(width, height) / 240);
  const [reach, period] = [Math.hypot(width, height), (text.length + 4) * ADVANCE * dot];
  const pitch = Math.max(HEIGHT * dot * 3, reach / LINES_PER_PICTURE);
  const path = pathOf(text);
  const uses: string[] = [];
  for (let row = 0, y = -reach / 2; y < reach / 2; y += pitch, row += 1) {
    for (let x = -reach / 2 - (row % 2) * (period / 2); x < reach / 2; x += period) uses.push(`<use href="#t" x="${x / dot}" y="${y / dot}"/>`);
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><defs><path id="t" d="${path}"/></defs>` +
    `<g transform="translate(${width / 2} ${height / 2}) rotate(${SLANT_DEGREES}) scale(${dot})">` +
    `<g fill="#000" opacity=".35" transform="translate(.6 .6)">${uses.join('')}</g><g fill="#fff" opacity=".45">${uses.join('')}</g></g></svg>`;
}
