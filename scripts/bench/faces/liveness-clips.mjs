/** Clips of a data folder as raw frames, and what is done in them and when. */
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { promisify } from 'node:util';

export const CLIP_FPS = 25;
/** A burst's picture, as the SDK sends it. */
export const WIDTH = 320;
export const HEIGHT = 240;
export const FRAME_BYTES = WIDTH * HEIGHT * 3;
/** Longer clips are cut, as for the labels of the blinks. */
const CLIP_SECONDS = 12;

/** Why clips cannot be read here, or null. */
export function clipsMissing(dataDir) {
  if (!existsSync(join(dataDir, 'clips'))) return `no folder clips/ in ${dataDir}`;
  try {
    execFileSync('ffmpeg', ['-version'], { stdio: 'ignore' });
    return null;
  } catch {
    return 'ffmpeg is not installed (Debian, Ubuntu: apt-get install ffmpeg; macOS: brew install ffmpeg)';
  }
}

/** Every clip at 25 frames per second, 320×240, in memory that threads can share: `[{ name, file, frames, pixels }]`. */
export async function readClips(dataDir) {
  const files = readdirSync(join(dataDir, 'clips')).filter((file) => /\.(mp4|gif|webm|mov|mkv|avi)$/i.test(file)).sort();
  return Promise.all(files.map((file) => readClip(join(dataDir, 'clips', file))));
}

/** One clip; `zoom` and `centre` (pixels of the picture without zoom) bring a distant face nearer, as a trainee is asked to come. */
export async function readClip(file, { zoom = 1, centre = { x: WIDTH / 2, y: HEIGHT / 2 } } = {}) {
  const [width, height] = [Math.round(WIDTH * zoom), Math.round(HEIGHT * zoom)];
  const corner = (at, side, whole) => Math.round(Math.min(Math.max(0, at * zoom - side / 2), whole - side));
  const filters = [
    `fps=${CLIP_FPS}`,
    `scale=${width}:${height}:force_original_aspect_ratio=decrease`,
    `pad=${width}:${height}:(ow-iw)/2:(oh-ih)/2`,
    `crop=${WIDTH}:${HEIGHT}:${corner(centre.x, WIDTH, width)}:${corner(centre.y, HEIGHT, height)}`,
  ];
  const args = ['-v', 'error', '-t', String(CLIP_SECONDS), '-i', file, '-vf', filters.join(','), '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-'];
  const { stdout } = await promisify(execFile)('ffmpeg', args, { encoding: 'buffer', maxBuffer: 2 ** 30 });
  const pixels = new Uint8Array(new SharedArrayBuffer(stdout.byteLength));
  pixels.set(stdout);
  return { name: parse(file).name, file, frames: Math.floor(stdout.byteLength / FRAME_BYTES), pixels };
}

export const frameOf = (clip, index) => ({ data: clip.pixels.subarray(index * FRAME_BYTES, (index + 1) * FRAME_BYTES), width: WIDTH, height: HEIGHT });

/** `clips/<file>` of labels, or null. */
export async function readLabels(dataDir, file) {
  const path = join(dataDir, 'clips', file);
  return existsSync(path) ? JSON.parse(await readFile(path, 'utf8')) : null;
}
