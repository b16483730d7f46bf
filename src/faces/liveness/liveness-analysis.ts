import type { LivenessAct, LivenessMeasurement } from '../../rules/event.js';
import type { MeshFace } from '../face-mesh.js';
import { type Reading, seeAct, seeOther } from './act-detection.js';
import { isCameraTime } from './capture-clock.js';
import { chipCorrelation } from './face-chip.js';
import { type FaceSignals, signalsOf } from './face-signals.js';

/** What was seen in one frame of a burst. Step 0 is the neutral phase, step n the window of the n-th act. */
export interface FrameObservation {
  readonly step: number;
  /** Capture time, a claim of the client's monotonic clock. */
  readonly clientMonoMs: number;
  readonly faceCount: number;
  /** Width of the picture, px. */
  readonly widthPx: number;
  /** The face when there is exactly one, and the little picture by which it is followed. */
  readonly face: MeshFace | null;
  readonly chip: Float32Array | null;
}

export interface LivenessReading {
  readonly acts: LivenessMeasurement['acts'];
  /** Indices of the frames that show the face at rest, spread over the neutral phase. */
  readonly neutralFrames: readonly number[];
  /** For each act the frames by which to tell whose face did it: of those about at rest the one least like the neutral phase, and one of the act. */
  readonly windowFrames: readonly { readonly rest: number | null; readonly act: number | null }[];
}

const MIN_NEUTRAL_FRAMES = 3;
const MAX_NEUTRAL_FRAMES = 5;
/** How far from closed the mouth may be in the neutral phase, and from frontal the face, in degrees of the mesh. */
const MAX_NEUTRAL_MOUTH = 0.4;
const MAX_NEUTRAL_YAW = 25;
/** Frames within these of the median count as rest. */
const NEUTRAL_BAND = { yaw: 7, pitch: 7, mouth: 0.15 };
/** Frames within these, open-eyed, are described well enough to tell whose they are: another face rests in another pose. */
const TELLING_BAND = { yaw: 15, pitch: 15, mouth: 0.15 };
/** Share of the open eyes' readings above which the own open level lies: natural blinks in the rest do not lower it. */
const OPEN_LEVEL = 0.6;
/** Eyes over this share of the own open level are open. */
const OPEN = 0.8;
/** First part of a window in which the act before may still be ending. */
const CARRY_OVER_SHARE = 0.45;
/** Frames as near in time and pose as these show the same picture of the same face: a real one flows on above 0.6. */
const FLOW = { minCorrelation: 0.5, maxGapMs: 250, maxYaw: 6, maxPitch: 6 };

interface Sight extends FaceSignals {
  readonly index: number;
  readonly atMs: number;
  readonly chip: Float32Array | null;
}

interface Rest {
  readonly yaw: number;
  readonly pitch: number;
  readonly size: number;
  readonly mouth: number;
  readonly eyes: number;
  readonly flatness: number;
}

/**
 * Reads the asked acts out of a burst: each in its own window, measured against the face's own rest. Pure: meshes and
 * capture times in, numbers out.
 */
export function analyseLiveness(frames: readonly FrameObservation[], acts: readonly LivenessAct[]): LivenessReading {
  const windows = [0, ...acts.map((_, index) => index + 1)].map((step) => sightsOf(frames, step));
  const neutral = windows[0]!;
  const rest = isCameraTime(timesOf(frames, 0)) ? restOf(neutral) : null;
  const resting = rest === null ? [] : neutral.filter((sight) => isNear(sight, rest));
  if (rest === null || resting.length < MIN_NEUTRAL_FRAMES) {
    // Without a face at rest no act can be measured, yet whose face it is can.
    return {
      acts: acts.map((act) => ({ act, seen: false, otherSeen: null, peak: 0, frames: 0, failure: 'NO_NEUTRAL' })),
      neutralFrames: spread(neutral, MAX_NEUTRAL_FRAMES).map(({ index }) => index),
      windowFrames: acts.map(() => ({ rest: null, act: null })),
    };
  }
  const seen = acts.map((act, position) => {
    const window = readingsOf(windows[position + 1]!, rest);
    const isReadable = isCameraTime(timesOf(frames, position + 1));
    const own = seeAct(window, act);
    const previous = acts[position - 1] ?? null;
    const otherSeen = seeOther(window, act, previous, settled(window));
    const isSeen = own.seen && isReadable;
    const failure = isReadable ? own.failure : ('CLOCK' as const);
    return {
      measured: { act, seen: isSeen, otherSeen, peak: round(own.peak), frames: own.frames, failure },
      rest: strangest(windows[position + 1]!, rest, resting) ?? own.rest,
      doer: isSeen ? own.doer : null,
    };
  });
  return {
    acts: seen.map(({ measured }) => measured),
    neutralFrames: spread(resting, MAX_NEUTRAL_FRAMES).map(({ index }) => index),
    windowFrames: seen.map(({ rest: atRest, doer }) => ({ rest: atRest, act: doer })),
  };
}

const timesOf = (frames: readonly FrameObservation[], step: number): readonly number[] => frames.filter((frame) => frame.step === step).map(({ clientMonoMs }) => clientMonoMs);

function sightsOf(frames: readonly FrameObservation[], step: number): readonly Sight[] {
  return frames.flatMap((frame, index) =>
    frame.step !== step || frame.face === null ? [] : [sightOf(frame.face, frame, index)],
  );
}

function sightOf(face: MeshFace, { widthPx, clientMonoMs, chip }: FrameObservation, index: number): Sight {
  const signals = signalsOf(face);
  return { ...signals, size: signals.size / widthPx, index, atMs: clientMonoMs, chip };
}

/** The face's own level: medians of the neutral phase; `null` when it was not seen, or was not at rest, in it. */
function restOf(neutral: readonly Sight[]): Rest | null {
  if (neutral.length < MIN_NEUTRAL_FRAMES) return null;
  const level = (of: (sight: Sight) => number, share = 0.5): number => quantile(neutral.map(of), share);
  const rest = {
    yaw: level(({ yaw }) => yaw),
    pitch: level(({ pitch }) => pitch),
    size: level(({ size }) => size),
    mouth: level(({ mouth }) => mouth),
    eyes: level(({ eyes }) => eyes, OPEN_LEVEL),
    flatness: level(flatnessOf),
  };
  return rest.mouth <= MAX_NEUTRAL_MOUTH && Math.abs(rest.yaw) <= MAX_NEUTRAL_YAW && rest.size > 0 && rest.eyes > 0 ? rest : null;
}

const flatnessOf = ({ aspect, foreshortening }: FaceSignals): number => aspect - foreshortening;

const isNear = ({ yaw, pitch, mouth }: Sight, rest: Rest, band = NEUTRAL_BAND): boolean =>
  Math.abs(yaw - rest.yaw) <= band.yaw && Math.abs(pitch - rest.pitch) <= band.pitch && Math.abs(mouth - rest.mouth) <= band.mouth;

function readingsOf(sights: readonly Sight[], rest: Rest): readonly Reading[] {
  return sights.map((sight, position) => ({
    index: sight.index,
    atMs: sight.atMs,
    yaw: sight.yaw - rest.yaw,
    pitch: sight.pitch - rest.pitch,
    size: sight.size / rest.size,
    mouth: sight.mouth,
    mouthRise: sight.mouth - rest.mouth,
    eyes: sight.eyes / rest.eyes,
    flatness: flatnessOf(sight) - rest.flatness,
    isCut: position > 0 && isCut(sights[position - 1]!, sight),
  }));
}

function isCut(before: Sight, after: Sight): boolean {
  if (before.chip === null || after.chip === null || after.atMs - before.atMs > FLOW.maxGapMs) return false;
  if (Math.abs(after.yaw - before.yaw) > FLOW.maxYaw || Math.abs(after.pitch - before.pitch) > FLOW.maxPitch) return false;
  return chipCorrelation(before.chip, after.chip) < FLOW.minCorrelation;
}

/** Where another face was let in between the own ones, it is in this frame: of those that tell a face, the one least like any of the neutral phase. */
function strangest(window: readonly Sight[], rest: Rest, neutral: readonly Sight[]): number | null {
  let found: { readonly index: number; readonly likeness: number } | null = null;
  for (const sight of window) {
    const { index, chip, eyes } = sight;
    if (chip === null || !isNear(sight, rest, TELLING_BAND) || eyes < OPEN * rest.eyes) continue;
    const likeness = Math.max(...neutral.flatMap((other) => (other.chip === null ? [] : [chipCorrelation(chip, other.chip)])));
    if (found === null || likeness < found.likeness) found = { index, likeness };
  }
  return found?.index ?? null;
}

/** The window without its first part. */
function settled(window: readonly Reading[]): readonly Reading[] {
  const startMs = window[0]?.atMs ?? 0;
  const settledMs = startMs + ((window.at(-1)?.atMs ?? 0) - startMs) * CARRY_OVER_SHARE;
  return window.filter(({ atMs }) => atMs >= settledMs);
}

/** At most `count` items, evenly from first to last. */
export function spread<T>(items: readonly T[], count: number): readonly T[] {
  if (items.length <= count) return items;
  return Array.from({ length: count }, (_, index) => items[Math.round((index * (items.length - 1)) / (count - 1))]!);
}

const round = (value: number): number => Math.round(value * 1000) / 1000;

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
}
