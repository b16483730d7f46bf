import type { ImageFailure, LivenessAct, LivenessMeasurement } from '../rules/event.js';
import { descriptorDistance, type FaceBox, type FaceEngine, meanDescriptor } from './face-engine.js';
import { findFaces, findFacesSurely, type FoundFaces, glance } from './face-finder.js';
import type { FaceMesh, MeshFace } from './face-mesh.js';
import { decodeImage } from './image-decoder.js';
import { faceChip } from './liveness/face-chip.js';
import { analyseLiveness, type FrameObservation, type LivenessReading, spread } from './liveness/liveness-analysis.js';
import { passiveLiveness } from './liveness/passive-score.js';
import { type ExactPrint, exactPrintOf, periodOf, type PicturePrint, printOf } from './replay/picture-print.js';
import type { RgbImage } from './rgb-image.js';

export interface BurstFrame {
  /** 0 for the neutral phase, n for the window of the n-th act. */
  readonly step: number;
  /** Capture time, a claim of the client's monotonic clock. */
  readonly clientMonoMs: number;
  readonly image: Uint8Array;
}

export interface Burst {
  /** In the order they were sent. */
  readonly frames: readonly BurstFrame[];
  readonly acts: readonly LivenessAct[];
  readonly reference: Float32Array;
}

export interface JudgedBurst {
  readonly measurement: LivenessMeasurement;
  /** Index, in the frames given, of the neutral frame nearest to the reference: the one to keep as evidence. */
  readonly bestFrame: number | null;
  /** By what the frames with a face are known again, and that one; null without one. */
  readonly prints: readonly ExactPrint[];
  readonly bestPrint: PicturePrint | null;
  /** Shortest time after which the same frame came again with others in between, ms. */
  readonly periodMs: number | null;
}

interface SeenFrame extends FrameObservation {
  /** Position in the burst as sent. */
  readonly index: number;
  readonly image: RgbImage;
  readonly print: ExactPrint;
}

interface Described {
  readonly position: number;
  readonly descriptor: Float32Array;
}

/** Frames judged of each step: a blink is short and needs them all, the rest and the other acts do not. */
const MAX_FRAMES = { rest: 12, act: 18, blink: 30 };
const MIN_FRAMES_PER_STEP = 3;
/** The face is followed by its mesh; every so many frames the detector counts the faces. */
const COUNT_EVERY = 5;
/** Counts that the slow net confirms; the rest follow their majority. */
const MAX_CONFIRMATIONS = 4;
const MAX_FRAME_SIDE_PX = 480;
/** Share of the face's width by which it may move from frame to frame and still be read well where it was. */
const FAR_MOVE = 0.12;
/** A window whose face, at rest or in its act, is farther than this from the neutral phase's shows someone else. */
const MAX_WINDOW_DISTANCE = 0.5;

/** Measures one liveness burst: the acts, each in its window, whose face it is all along, and what the pictures say. */
export async function measureBurst(engine: FaceEngine, mesh: FaceMesh, { frames, acts, reference }: Burst): Promise<JudgedBurst> {
  const { seen, failure, repeated } = await observe(engine, mesh, frames, acts);
  const settled = await confirmCrowd(engine, mesh, await lookAgain(engine, mesh, seen));
  const reading = analyseLiveness(settled, acts);
  const neutral = await describe(engine, settled, reading.neutralFrames);
  const windows = await describeWindows(engine, settled, reading);
  const distances = neutral.map(({ position, descriptor }) => ({ index: settled[position]!.index, distance: descriptorDistance(descriptor, reference) }));
  distances.sort((one, other) => one.distance - other.distance);
  const count = (is: (faces: number) => boolean): number => settled.filter(({ faceCount }) => is(faceCount)).length;
  const bestFrame = distances[0]?.index ?? null;
  // Black frames of a camera that wakes up are alike everywhere: only a face can be shown again.
  const faces = settled.filter(({ faceCount }) => faceCount > 0);
  const best = faces.find(({ index }) => index === bestFrame);
  return {
    measurement: {
      failure,
      frames: settled.length,
      oneFace: count((faces) => faces === 1),
      noFace: count((faces) => faces === 0),
      manyFaces: count((faces) => faces > 1),
      acts: reading.acts.map((act, position) => (act.seen && isSomeoneElse(windows[position]!, neutral) ? { ...act, seen: false, failure: 'FACE_CHANGED' as const } : act)),
      distances: distances.map(({ distance }) => round(distance)),
      spread: spreadOf(neutral, windows.flatMap(({ rest, act }) => [...rest, ...act])),
      repeated,
      passive: passiveLiveness(settled),
    },
    bestFrame,
    prints: faces.map(({ print }) => print),
    bestPrint: best === undefined ? null : printOf(frames[best.index]!.image, best.image),
    periodMs: periodOf(faces),
  };
}

async function observe(
  engine: FaceEngine,
  mesh: FaceMesh,
  frames: readonly BurstFrame[],
  acts: readonly LivenessAct[],
): Promise<{ readonly seen: SeenFrame[]; readonly failure: LivenessMeasurement['failure']; readonly repeated: number }> {
  const seen: SeenFrame[] = [];
  let failure: LivenessMeasurement['failure'] = null;
  let repeated = 0;
  let before: Following = { face: null, box: null };
  let last: RgbImage | null = null;
  for (let step = 0; step <= acts.length; step += 1) {
    const own = frames.map((frame, index) => ({ ...frame, index })).filter((frame) => frame.step === step);
    let unreadable: ImageFailure | null = null;
    let readable = 0;
    for (const [position, { image: bytes, index, clientMonoMs }] of spread(own, mostFrames(acts[step - 1])).entries()) {
      const decoded = await decodeImage(bytes, { maxSidePx: MAX_FRAME_SIDE_PX });
      if (!decoded.ok) {
        unreadable ??= decoded.failure;
        continue;
      }
      const { image } = decoded;
      if (last !== null && isSamePicture(last, image)) {
        repeated += 1;
        continue;
      }
      last = image;
      readable += 1;
      const looked = await look(engine, mesh, image, before, position % COUNT_EVERY === 0);
      before = looked.follow;
      seen.push({ index, step, clientMonoMs, widthPx: image.width, image, print: exactPrintOf(bytes, image), faceCount: looked.faceCount, ...followed(image, looked.follow.face) });
    }
    if (readable < MIN_FRAMES_PER_STEP) failure ??= unreadable ?? 'TOO_FEW_FRAMES';
  }
  return { seen, failure, repeated };
}

function mostFrames(act: LivenessAct | undefined): number {
  if (act === undefined) return MAX_FRAMES.rest;
  return act === 'BLINK' ? MAX_FRAMES.blink : MAX_FRAMES.act;
}

/** Where the face was in the frame before. */
interface Following {
  readonly face: MeshFace | null;
  readonly box: FaceBox | null;
}

/** The face of one frame: followed from the frame before, or found by the detector, which also counts who else is there. */
async function look(engine: FaceEngine, mesh: FaceMesh, image: RgbImage, before: Following, counts: boolean): Promise<{ readonly faceCount: number; readonly follow: Following }> {
  if (!counts && before.face !== null) {
    const face = await follow(mesh, image, before.face);
    if (face !== null) return { faceCount: 1, follow: { ...before, face } };
  }
  const faces = await glance(engine, image, before.box);
  return { faceCount: faces.count, follow: { face: faces.count === 1 ? await mesh.read(image, faces.main!) : null, box: faces.main ?? before.box } };
}

/** Reads the face where it was; one that has moved far is read again where it is now, as the net wants it in the middle. */
async function follow(mesh: FaceMesh, image: RgbImage, before: MeshFace): Promise<MeshFace | null> {
  const face = await mesh.read(image, before);
  return face === null || movedShare(before, face) < FAR_MOVE ? face : mesh.read(image, face);
}

function movedShare(before: MeshFace, after: MeshFace): number {
  const [from, to] = [boxOf(before), boxOf(after)];
  return Math.hypot(to.x + to.width / 2 - from.x - from.width / 2, to.y + to.height / 2 - from.y - from.height / 2) / from.width;
}

const followed = (image: RgbImage, face: MeshFace | null): Pick<FrameObservation, 'face' | 'chip'> => ({ face, chip: face === null ? null : faceChip(image, face) });

/** A neutral phase in which the quick net saw nobody is looked at by the slow one before it is said. */
async function lookAgain(engine: FaceEngine, mesh: FaceMesh, seen: readonly SeenFrame[]): Promise<readonly SeenFrame[]> {
  const rest = seen.filter(({ step }) => step === 0);
  const missed = rest.filter(({ faceCount }) => faceCount === 0);
  if (missed.length <= rest.length / 2) return seen;
  return replace(mesh, seen, spread(missed, MAX_CONFIRMATIONS), (frame) => findFaces(engine, frame.image));
}

/** The quick net invents faces: frames with several are confirmed, and frames not looked at follow the majority. */
async function confirmCrowd(engine: FaceEngine, mesh: FaceMesh, seen: readonly SeenFrame[]): Promise<readonly SeenFrame[]> {
  const crowded = seen.filter(({ faceCount }) => faceCount > 1);
  if (crowded.length === 0) return seen;
  const alone = async (frame: SeenFrame): Promise<FoundFaces> => ({ count: 1, main: (await glance(engine, frame.image)).main });
  const looked = spread(crowded, MAX_CONFIRMATIONS);
  const confirmed = await replace(mesh, seen, looked, async (frame) => {
    const sure = await findFacesSurely(engine, frame.image);
    return sure.count > 0 ? sure : alone(frame);
  });
  const isCrowd = looked.filter((frame) => confirmed.some((other) => other.index === frame.index && other.faceCount > 1)).length > looked.length / 2;
  // Only every few frames are counted: those between share the crowd of the count before them.
  if (isCrowd) return spreadCrowd(confirmed);
  return replace(mesh, confirmed, crowded.filter((frame) => !looked.includes(frame)), alone);
}

function spreadCrowd(seen: readonly SeenFrame[]): readonly SeenFrame[] {
  let crowd = 1;
  return seen.map((frame, position) => {
    if (frame.faceCount > 1) crowd = frame.faceCount;
    const isCounted = position % COUNT_EVERY === 0;
    if (isCounted && frame.faceCount <= 1) crowd = 1;
    return crowd > 1 ? { ...frame, faceCount: crowd, face: null, chip: null } : frame;
  });
}

async function replace(
  mesh: FaceMesh,
  seen: readonly SeenFrame[],
  targets: readonly SeenFrame[],
  find: (frame: SeenFrame) => Promise<FoundFaces>,
): Promise<readonly SeenFrame[]> {
  const replaced = new Map<number, SeenFrame>();
  for (const frame of targets) {
    const faces = await find(frame);
    const face = faces.count === 1 && faces.main !== null ? await mesh.read(frame.image, faces.main) : null;
    replaced.set(frame.index, { ...frame, faceCount: faces.count, ...followed(frame.image, face) });
  }
  return seen.map((frame) => replaced.get(frame.index) ?? frame);
}

interface DescribedWindow {
  readonly rest: readonly Described[];
  readonly act: readonly Described[];
}

async function describeWindows(engine: FaceEngine, seen: readonly SeenFrame[], { windowFrames }: LivenessReading): Promise<readonly DescribedWindow[]> {
  const described: DescribedWindow[] = [];
  for (const { rest, act } of windowFrames) {
    // A window in which nothing was done needs no proof of who did not do it.
    described.push(act === null ? { rest: [], act: [] } : { rest: await describe(engine, seen, rest === null ? [] : [rest]), act: await describe(engine, seen, [act]) });
  }
  return described;
}

async function describe(engine: FaceEngine, seen: readonly SeenFrame[], at: readonly number[]): Promise<readonly Described[]> {
  const described: Described[] = [];
  for (const position of at) {
    const { image, face } = seen[position]!;
    if (face === null) continue;
    const near = boxOf(face);
    const { main } = await glance(engine, image, near);
    described.push({ position, descriptor: await engine.descriptor(image, await engine.landmarks(image, main ?? near)) });
  }
  return described;
}

/** The box a detector would draw: brows to chin. */
function boxOf({ points, confidence }: MeshFace): FaceBox {
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y, score: confidence };
}

function isSomeoneElse({ rest, act }: DescribedWindow, neutral: readonly Described[]): boolean {
  if (neutral.length === 0) return false;
  const own = meanDescriptor(neutral.map(({ descriptor }) => descriptor));
  return [...rest, ...act].some(({ descriptor }) => descriptorDistance(descriptor, own) > MAX_WINDOW_DISTANCE);
}

/**
 * Largest distance between two neutral frames, or between a neutral one and one of a window. Two opposite acts are not
 * compared: of all frames of one person they differ most.
 */
function spreadOf(neutral: readonly Described[], windows: readonly Described[]): number | null {
  let largest: number | null = null;
  neutral.forEach(({ descriptor }, index) => {
    for (const other of [...neutral.slice(index + 1), ...windows]) largest = Math.max(largest ?? 0, descriptorDistance(descriptor, other.descriptor));
  });
  return largest === null ? null : round(largest);
}

const isSamePicture = (one: RgbImage, other: RgbImage): boolean =>
  one.width === other.width && Buffer.compare(one.data, other.data) === 0;

const round = (value: number): number => Math.round(value * 1e4) / 1e4;
