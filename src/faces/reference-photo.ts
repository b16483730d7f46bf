import sharp from 'sharp';
import type { FaceEngine } from './face-engine.js';
import { findFaces, findFacesSurely } from './face-finder.js';
import type { FaceMesh } from './face-mesh.js';
import { decodeImage } from './image-decoder.js';
import { signalsOf } from './liveness/face-signals.js';
import type { ReferenceFaceQuality, ReferenceFaceRefusal } from './reference-face.entity.js';
import { measureReference, refusalOf } from './reference-quality.js';
import type { RgbImage } from './rgb-image.js';

const MAX_SIDE_PX = 1024;
const MIN_SIDE_PX = 200;

export type ReferencePhotoReading =
  | { readonly refusal: ReferenceFaceRefusal }
  | {
      readonly refusal: null;
      readonly quality: ReferenceFaceQuality;
      readonly descriptor: Float32Array;
      /** The photo upright, of moderate size and without what cameras write into files (place, device). */
      readonly jpeg: Buffer;
    };

/** Judges whether a photo can stand for a person from now on. */
export async function readReferencePhoto(engine: FaceEngine, mesh: FaceMesh, photo: Uint8Array): Promise<ReferencePhotoReading> {
  const decoded = await decodeImage(photo, { maxSidePx: MAX_SIDE_PX, minSidePx: MIN_SIDE_PX });
  if (!decoded.ok) return { refusal: decoded.failure === 'IMAGE_ABSENT' ? 'IMAGE_UNREADABLE' : decoded.failure };
  const { image } = decoded;
  const sure = await findFacesSurely(engine, image);
  const { count, main } = sure.count > 0 ? sure : await findFaces(engine, image);
  if (main === null) return { refusal: 'FACE_ABSENT' };
  if (count > 1) return { refusal: 'FACE_MULTIPLE' };
  const landmarks = await engine.landmarks(image, main);
  const face = await mesh.read(image, main);
  if (face === null) return { refusal: 'FACE_ABSENT' };
  const measured = measureReference(image, main, landmarks, signalsOf(face));
  const refusal = refusalOf(measured);
  if (refusal !== null) return { refusal };
  return {
    refusal: null,
    quality: { widthPx: decoded.sourceWidth, heightPx: decoded.sourceHeight, ...rounded(measured) },
    descriptor: await engine.descriptor(image, landmarks),
    jpeg: await encode(image),
  };
}

const encode = ({ data, width, height }: RgbImage): Promise<Buffer> =>
  sharp(data, { raw: { width, height, channels: 3 } }).jpeg({ quality: 90 }).toBuffer();

const rounded = <T extends Readonly<Record<string, number>>>(values: T): T =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Math.round(value * 1000) / 1000])) as T;
