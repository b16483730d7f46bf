/**
 * An actor for the camera of tests: a person from the photos inside the face-api package, who rests and does each act
 * of a challenge on request. Frames are made by warping one photo and are kept in `.cache/`.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { FaceApiEngine } from '../../../src/faces/face-api.engine.js';
import { decodeImage } from '../../../src/faces/image-decoder.js';
import type { Point, RgbImage } from '../../../src/faces/rgb-image.js';
import { closedLids, darkenMouth, draw, noddingHead, openedMouth, turnedHead, type Warp, warpThrough } from './face-warp.js';

// Plain bindings: a global is looked up for every pixel where modules run in a context of their own.
const { round, min, max, imul } = Math;

/**
 * JPEG frames of 640×480, un-mirrored, each a little different, for ten frames a second. The frames of an act begin and
 * end at rest: played round and round they do it again and again.
 */
export interface Actor {
  readonly neutral: readonly Buffer[];
  readonly closedEyes: readonly Buffer[];
  readonly openMouth: readonly Buffer[];
  readonly turnLeft: readonly Buffer[];
  readonly turnRight: readonly Buffer[];
  readonly nod: readonly Buffer[];
  readonly leanIn: readonly Buffer[];
}

export type ActorRole = keyof Actor;

/** A turned head: `jaw` deepens the sides of the average head; a mirrored one shows the other side of the photo. */
interface Turn {
  readonly degrees: number;
  readonly jaw: number;
  readonly isMirrored: boolean;
}

interface Person {
  readonly photo: string;
  /** Position of the face in the photo, from left to right. */
  readonly faceIndex: number;
  /** Turn, in degrees, after which the head looks straight ahead. */
  readonly straight: number;
  /** How wide the mouth opens. */
  readonly mouth: number;
  readonly left: Turn;
  readonly right: Turn;
}

/**
 * People with large, nearly frontal faces. The figures were found by search: the mildest warps at which all frames
 * show the act clearly to the product's own analysis. A mirrored face has the same descriptor.
 */
export const PEOPLE = {
  anna: {
    photo: 'sample3.jpg', faceIndex: 0, straight: 12, mouth: 0.8,
    left: { degrees: 29, jaw: 2.1, isMirrored: false },
    right: { degrees: -32, jaw: 1.9, isMirrored: false },
  },
  bea: {
    photo: 'sample5.jpg', faceIndex: 3, straight: 12, mouth: 0.7,
    left: { degrees: 40, jaw: 1.9, isMirrored: false },
    right: { degrees: -36, jaw: 1.9, isMirrored: false },
  },
  cora: {
    photo: 'sample6.jpg', faceIndex: 0, straight: -12, mouth: 0.8,
    left: { degrees: 48, jaw: 1, isMirrored: false },
    right: { degrees: 40, jaw: 1.9, isMirrored: true },
  },
  dora: {
    photo: 'sample5.jpg', faceIndex: 2, straight: -12, mouth: 0.7,
    left: { degrees: 44, jaw: 1.9, isMirrored: false },
    right: { degrees: -44, jaw: 1.9, isMirrored: false },
  },
} as const satisfies Record<string, Person>;

export type PersonName = keyof typeof PEOPLE;

const WIDTH = 640;
const HEIGHT = 480;
const FRAMES = 8;
const EYES_PX = 88;
const ROLES: readonly ActorRole[] = ['neutral', 'closedEyes', 'openMouth', 'turnLeft', 'turnRight', 'nod', 'leanIn'];
/** How far an act has gone in each of its frames. Lids fall faster than a camera sees. */
const COURSE: readonly number[] = [0, 0.5, 1, 1, 1, 1, 0.5, 0];
const LIDS: readonly number[] = [0, 1, 1, 1, 1, 1, 1, 0];
const NOD_DEGREES = 26;
const LEAN = 1.32;
const here = dirname(fileURLToPath(import.meta.url));
const CACHE = join(here, '../../../.cache/camera');

/** Bytes of a photo of the face-api package (`sample1.jpg` … `sample6.jpg`). */
export function samplePhoto(photo: string): Promise<Buffer> {
  const require = createRequire(import.meta.url);
  return readFile(join(dirname(require.resolve('@vladmandic/face-api/package.json')), 'demo', photo));
}

export function actorOf(name: PersonName): Promise<Actor> {
  return makeActor(PEOPLE[name]);
}

/** Frames of one person; made once, then read from the cache. */
export async function makeActor(person: Person): Promise<Actor> {
  const folder = join(CACHE, `${person.photo.replace('.jpg', '')}-${person.faceIndex}-${await recipe(person)}`);
  if (!existsSync(folder)) await produce(person, folder);
  const frames = async (role: ActorRole): Promise<readonly Buffer[]> =>
    Promise.all(Array.from({ length: FRAMES }, (_, index) => readFile(join(folder, `${role}-${index}.jpg`))));
  return {
    neutral: await frames('neutral'),
    closedEyes: await frames('closedEyes'),
    openMouth: await frames('openMouth'),
    turnLeft: await frames('turnLeft'),
    turnRight: await frames('turnRight'),
    nod: await frames('nod'),
    leanIn: await frames('leanIn'),
  };
}

/** Small frames as the SDK sends them in a burst. */
export function burstSize(frame: Buffer): Promise<Buffer> {
  return sharp(frame).resize(320, 240).jpeg({ quality: 70 }).toBuffer();
}

/** A repeatable source of numbers in [0, 1). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A hand-held picture: shifted, tilted and scaled a little, about the middle of the frame. */
export function shaken(random: () => number, strength = 1): Warp {
  const wobble = (size: number): number => (random() * 2 - 1) * size * strength;
  const [shiftX, shiftY, angle, scale] = [wobble(3), wobble(3), wobble(0.02), 1 + wobble(0.012)];
  const cos = Math.cos(angle) / scale;
  const sin = Math.sin(angle) / scale;
  return (x, y) => {
    const dx = x - WIDTH / 2 - shiftX;
    const dy = y - HEIGHT / 2 - shiftY;
    return { x: WIDTH / 2 + cos * dx - sin * dy, y: HEIGHT / 2 + sin * dx + cos * dy };
  };
}

/** JPEG of the picture with the noise and the changing exposure of a cheap camera. */
export function exposed(image: RgbImage, random: () => number): Promise<Buffer> {
  const gain = 1 + (random() - 0.5) * 0.04;
  const data = Uint8Array.from(image.data, (value) => min(255, max(0, round(value * gain + (random() + random() - 1) * 3))));
  return sharp(data, { raw: { width: image.width, height: image.height, channels: 3 } }).jpeg({ quality: 88 }).toBuffer();
}

async function produce(person: Person, folder: string): Promise<void> {
  const engine = new FaceApiEngine();
  const portrait = await portraitOf(engine, person.photo, person.faceIndex);
  const [box] = await engine.detect(portrait, { net: 'SSD', minScore: 0.5 });
  if (box === undefined) throw new Error(`${person.photo} #${person.faceIndex}: no face in the portrait`);
  const landmarks = await engine.landmarks(portrait, box);
  const draft = `${folder}.${process.pid}`;
  await mkdir(draft, { recursive: true });
  for (const role of ROLES) {
    const frames = await framesOf((share) => posed(portrait, landmarks, person, role, share), role === 'closedEyes' ? LIDS : COURSE);
    for (const [index, frame] of frames.entries()) await writeFile(join(draft, `${role}-${index}.jpg`), frame);
  }
  // Suites run side by side: whoever finishes first wins, the others have made the same.
  await rename(draft, folder).catch((error: unknown) => {
    if (!existsSync(folder)) throw error;
  });
}

async function framesOf(pose: (share: number) => RgbImage, course: readonly number[]): Promise<readonly Buffer[]> {
  const random = seeded(1);
  const pictures = new Map([...new Set(course)].map((share) => [share, pose(share)]));
  const frames: Buffer[] = [];
  for (const share of course) frames.push(await exposed(draw(pictures.get(share)!, shaken(random)), random));
  return frames;
}

/** The person with the act of `role` done to `share` of the whole. */
function posed(portrait: RgbImage, landmarks: readonly Point[], person: Person, role: ActorRole, share: number): RgbImage {
  const straight = turnedHead(landmarks, person.straight);
  const warped = (to: readonly Point[]): RgbImage => draw(portrait, warpThrough(landmarks, to, WIDTH, HEIGHT));
  switch (role) {
    case 'neutral':
      return warped(straight);
    case 'closedEyes':
      return share === 0 ? warped(straight) : closedLids(warped(straight), straight);
    case 'openMouth': {
      const open = openedMouth(straight, person.mouth * share);
      return darkenMouth(warped(open), open);
    }
    case 'nod':
      return warped(noddingHead(straight, NOD_DEGREES * share));
    case 'leanIn': {
      const scale = 1 + (LEAN - 1) * share;
      return draw(warped(straight), (x, y) => ({ x: WIDTH / 2 + (x - WIDTH / 2) / scale, y: HEIGHT / 2 + (y - HEIGHT / 2) / scale }));
    }
    case 'turnLeft':
    case 'turnRight': {
      const turn = role === 'turnLeft' ? person.left : person.right;
      const degrees = person.straight + (turn.degrees - person.straight) * share;
      const picture = warped(turnedHead(landmarks, degrees, 1 + (turn.jaw - 1) * share));
      return turn.isMirrored ? mirrored(picture) : picture;
    }
  }
}

function mirrored(image: RgbImage): RgbImage {
  const data = new Uint8Array(image.data.length);
  for (let at = 0; at < image.width * image.height; at += 1) {
    const x = at % image.width;
    const from = at - x + (image.width - 1 - x);
    data.set(image.data.subarray(from * 3, from * 3 + 3), at * 3);
  }
  return { ...image, data };
}

/** The person alone before a blurred background, as in a video call: neighbours in the photo disappear in it. */
async function portraitOf(engine: FaceApiEngine, photo: string, faceIndex: number): Promise<RgbImage> {
  const decoded = await decodeImage(await samplePhoto(photo), { maxSidePx: 2000 });
  if (!decoded.ok) throw new Error(`${photo}: ${decoded.failure}`);
  const boxes = [...(await engine.detect(decoded.image, { net: 'SSD', minScore: 0.5 }))].sort((one, other) => one.x - other.x);
  const box = boxes[faceIndex];
  if (box === undefined) throw new Error(`${photo} has ${boxes.length} faces, no #${faceIndex}`);
  const points = await engine.landmarks(decoded.image, box);
  const eyes = Math.hypot(points[45]!.x + points[42]!.x - points[36]!.x - points[39]!.x, points[45]!.y + points[42]!.y - points[36]!.y - points[39]!.y) / 2;
  const scale = EYES_PX / eyes;
  const centre = { x: points[30]!.x, y: points[30]!.y };
  const { image } = decoded;
  const raw = { width: image.width, height: image.height, channels: 3 as const };
  const sharpPart = cropAround(image, centre, scale);
  const soft = await sharp(image.data, { raw }).blur(60).raw().toBuffer();
  const softPart = cropAround({ ...image, data: soft }, centre, scale);
  const data = new Uint8Array(WIDTH * HEIGHT * 3);
  for (let y = 0; y < HEIGHT; y += 1) {
    for (let x = 0; x < WIDTH; x += 1) {
      const share = personShare(x, y);
      for (let channel = 0; channel < 3; channel += 1) {
        const at = (y * WIDTH + x) * 3 + channel;
        data[at] = round(sharpPart.data[at]! * share + softPart.data[at]! * (1 - share));
      }
    }
  }
  return { data, width: WIDTH, height: HEIGHT };
}

/** 1 on head and shoulders, 0 beside them. */
function personShare(x: number, y: number): number {
  const halfWidth = y < 330 ? 118 : 118 + (y - 330) * 0.35;
  const side = (Math.abs(x - WIDTH / 2) - halfWidth) / 34;
  const above = (30 - y) / 34;
  return min(1, max(0, 1 - max(side, above, 0)));
}

/** The part of `image` around `centre`, scaled, with the centre a little below the middle of the frame. */
function cropAround(image: RgbImage, centre: Point, scale: number): RgbImage {
  const frame: RgbImage = { data: new Uint8Array(WIDTH * HEIGHT * 3), width: WIDTH, height: HEIGHT };
  for (let y = 0; y < HEIGHT; y += 1) {
    for (let x = 0; x < WIDTH; x += 1) {
      const px = round(min(max(0, centre.x + (x - WIDTH / 2) / scale), image.width - 1));
      const py = round(min(max(0, centre.y + (y - HEIGHT * 0.5) / scale), image.height - 1));
      frame.data.set(image.data.subarray((py * image.width + px) * 3, (py * image.width + px) * 3 + 3), (y * WIDTH + x) * 3);
    }
  }
  return frame;
}

/** The frames are made anew when the way they are made changes. */
async function recipe(person: Person): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(person));
  for (const file of ['actor.ts', 'face-warp.ts']) hash.update(await readFile(join(here, file)));
  return hash.digest('hex').slice(0, 8);
}
