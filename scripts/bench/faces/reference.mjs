/**
 * Which photos could be reference faces, and what is measured on them: `node scripts/bench/faces/reference.mjs [FOLDER]`
 * (default: XUEJIAN_FACE_DATA, else ../shared/data).
 */
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findFaces, findFacesSurely } from '../../../dist/faces/face-finder.js';
import { openFaceRuntime } from '../../../dist/faces/face-runtime.js';
import { decodeImage } from '../../../dist/faces/image-decoder.js';
import { signalsOf } from '../../../dist/faces/liveness/face-signals.js';
import { measureReference, refusalOf } from '../../../dist/faces/reference-quality.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const FOLDERS = ['same-person', 'spoof', 'multi-face', 'no-face'];

/** `[{ file, refusal, measured }]` of every photo of the set's folders. */
export async function measureReferences({ dataDir, log }) {
  const { engine, mesh } = await openFaceRuntime('auto', join(ROOT, '.cache/models'));
  const photos = [];
  for (const folder of FOLDERS) {
    for (const name of readdirSync(join(dataDir, folder)).filter((file) => /\.(jpe?g|png|webp)$/i.test(file)).sort()) {
      const file = `${folder}/${name}`;
      photos.push({ file, ...(await measure(engine, mesh, await readFile(join(dataDir, file)))) });
      log(file);
    }
  }
  return photos;
}

async function measure(engine, mesh, bytes) {
  const decoded = await decodeImage(bytes, { maxSidePx: 1024, minSidePx: 200 });
  if (!decoded.ok) return { refusal: decoded.failure, measured: null };
  const { image } = decoded;
  const sure = await findFacesSurely(engine, image);
  const { count, main } = sure.count > 0 ? sure : await findFaces(engine, image);
  if (main === null || count > 1) return { refusal: main === null ? 'FACE_ABSENT' : 'FACE_MULTIPLE', measured: null };
  const face = await mesh.read(image, main);
  if (face === null) return { refusal: 'FACE_ABSENT', measured: null };
  const measured = measureReference(image, main, await engine.landmarks(image, main), signalsOf(face));
  return { refusal: refusalOf(measured), measured };
}

function print(photos) {
  for (const { file, refusal, measured } of photos) {
    const values = measured === null ? '' : Object.entries(measured).map(([name, value]) => `${name} ${Math.round(value * 100) / 100}`).join(', ');
    console.log(`${file.padEnd(40)} ${(refusal ?? 'taken').padEnd(16)} ${values}`);
  }
  for (const folder of FOLDERS) {
    const own = photos.filter(({ file }) => file.startsWith(folder));
    console.log(`${folder}: ${own.filter(({ refusal }) => refusal === null).length} of ${own.length} taken`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const dataDir = resolve(ROOT, process.argv[2] ?? process.env.XUEJIAN_FACE_DATA ?? '../shared/data');
  print(await measureReferences({ dataDir, log: () => undefined }));
}
