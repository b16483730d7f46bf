import sharp from 'sharp';
import type { FaceEngine } from './face-engine.js';
import { findFaces, findFacesSurely } from './face-finder.js';
import { interocular } from './face-geometry.js';
import { decodeImage } from './image-decoder.js';
import type { ReferenceFaceQuality, ReferenceFaceRefusal } from './reference-face.entity.js';
import { measureQuality, type RgbImage } from './rgb-image.js';

const MAX_SIDE_PX = 1024;
const MIN_SIDE_PX = 200;
/** Stricter than for a snapshot: everything later is compared with this one. */
const MIN_INTEROCULAR_PX = 50;
const MIN_FACE_LUMINANCE = 40;
const MIN_FACE_SHARPNESS = 14;

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
export async function readReferencePhoto(engine: FaceEngine, photo: Uint8Array): Promise<ReferencePhotoReading> {
  const decoded = await decodeImage(photo, { maxSidePx: MAX_SIDE_PX, minSidePx: MIN_SIDE_PX });
  if (!decoded.ok) return { refusal: decoded.failure === 'IMAGE_ABSENT' ? 'IMAGE_UNREADABLE' : decoded.failure };
  const { image } = decoded;
  const sure = await findFacesSurely(engine, image);
  const { count, main } = sure.count > 0 ? sure : await findFaces(engine, image);
  if (main === null) return { refusal: 'FACE_ABSENT' };
  if (count > 1) return { refusal: 'FACE_MULTIPLE' };
  const landmarks = await engine.landmarks(image, main);
  const eyes = interocular(landmarks);
  const { luminance, sharpness } = measureQuality(image, main);
  if (eyes < MIN_INTEROCULAR_PX) return { refusal: 'FACE_TOO_SMALL' };
  if (luminance < MIN_FACE_LUMINANCE) return { refusal: 'IMAGE_DARK' };
  if (sharpness < MIN_FACE_SHARPNESS) return { refusal: 'IMAGE_BLURRED' };
  return {
    refusal: null,
    quality: {
      widthPx: decoded.sourceWidth,
      heightPx: decoded.sourceHeight,
      interocularPx: round(eyes),
      luminance: round(luminance),
      sharpness: round(sharpness),
    },
    descriptor: await engine.descriptor(image, landmarks),
    jpeg: await encode(image),
  };
}

const encode = ({ data, width, height }: RgbImage): Promise<Buffer> =>
  sharp(data, { raw: { width, height, channels: 3 } }).jpeg({ quality: 90 }).toBuffer();

const round = (value: number): number => Math.round(value * 10) / 10;
