import type { LivenessAct, LivenessMeasurement } from '../rules/event.js';
import { eyeCentre, interocular } from './face-geometry.js';
import type { Point } from './rgb-image.js';

/** What was seen in one frame of a burst. Step 0 is the neutral phase, step n the window of the n-th act. */
export interface FrameObservation {
  readonly step: number;
  readonly clientMonoMs: number;
  readonly faceCount: number;
  /** Landmarks of the face when there is exactly one. */
  readonly landmarks: readonly Point[] | null;
}

export interface LivenessReading {
  readonly acts: LivenessMeasurement['acts'];
  /** Indices of the frames that show the face at rest, spread over the neutral phase. */
  readonly neutralFrames: readonly number[];
  /** For each act the index of the mildest frame that counted for it, or `null` when the act was not seen. */
  readonly actFrames: readonly (number | null)[];
}

/** Inner-lip opening over mouth width: talking stays under 0.4, an open mouth reaches 0.7…0.96. */
const MOUTH_OPEN = 0.5;
const MOUTH_RISE = 0.3;
/** Shift of the nose over the distance between the eyes: a photo held at 45° reaches 0.21. */
const TURN_RISE = 0.25;
/** How far from frontal and closed the neutral phase may lie. */
const MAX_NEUTRAL_TURN = 0.3;
const MAX_NEUTRAL_MOUTH = 0.4;
/** Frames within this of the neutral level count as neutral. */
const NEUTRAL_BAND = 0.12;
const MIN_NEUTRAL_FRAMES = 3;
const MAX_NEUTRAL_FRAMES = 5;
/** How long an act must be held, whatever the rate of the frames; never fewer than two frames. */
const HOLD_MS: Readonly<Record<LivenessAct, number>> = { BLINK: 400, OPEN_MOUTH: 400, TURN_LEFT: 300, TURN_RIGHT: 300, NOD: 300, LEAN_IN: 300 };
const MIN_RUN = 2;
const MAX_RUN = 6;
/** First part of a window in which the act before may still be ending. */
const CARRY_OVER_SHARE = 0.45;

const ACTS: readonly LivenessAct[] = ['OPEN_MOUTH', 'TURN_LEFT', 'TURN_RIGHT'];

interface Signals {
  readonly index: number;
  readonly atMs: number;
  readonly mouth: number;
  /** Positive when the nose lies right of the middle of the eyes in an un-mirrored picture: turned to the own left. */
  readonly turn: number;
}

interface NeutralLevel {
  readonly mouth: number;
  readonly turn: number;
}

/**
 * Reads the asked acts out of a burst: each in its own window, measured against the face's own neutral level.
 * Pure: landmarks in, numbers out.
 */
export function analyseLiveness(frames: readonly FrameObservation[], acts: readonly LivenessAct[]): LivenessReading {
  const windows = [0, ...acts.map((_, index) => index + 1)].map((step) => signalsOf(frames, step));
  const rest = windows[0]!;
  const level = neutralLevel(rest);
  // Without a face at rest no act can be measured, yet whose face it is can.
  const unread = { acts: acts.map(notSeen), neutralFrames: spread(rest, MAX_NEUTRAL_FRAMES).map(({ index }) => index), actFrames: acts.map(() => null) };
  if (level === null) return unread;
  const neutral = rest.filter(({ mouth, turn }) => Math.abs(mouth - level.mouth) <= NEUTRAL_BAND && Math.abs(turn - level.turn) <= NEUTRAL_BAND);
  if (neutral.length < MIN_NEUTRAL_FRAMES) return unread;
  const readings = acts.map((act, index) => readWindow(windows[index + 1]!, act, acts[index - 1] ?? null, level));
  return {
    acts: readings.map(({ measured }) => measured),
    neutralFrames: spread(neutral, MAX_NEUTRAL_FRAMES).map(({ index }) => index),
    actFrames: readings.map(({ mildest }) => mildest),
  };
}

/** Opening of the inner lips over the width of the mouth. */
export function mouthRatio(landmarks: readonly Point[]): number {
  const gap = (distance(landmarks, 61, 67) + distance(landmarks, 62, 66) + distance(landmarks, 63, 65)) / 3;
  const width = distance(landmarks, 60, 64);
  return width === 0 ? 0 : gap / width;
}

/** Offset of the nose tip from the middle of the eyes, along the line of the eyes, over their distance. */
export function turnOffset(landmarks: readonly Point[]): number {
  const left = eyeCentre(landmarks, 36);
  const right = eyeCentre(landmarks, 42);
  const between = interocular(landmarks);
  if (between === 0) return 0;
  const nose = landmarks[30]!;
  const alongX = (right.x - left.x) / between;
  const alongY = (right.y - left.y) / between;
  return ((nose.x - (left.x + right.x) / 2) * alongX + (nose.y - (left.y + right.y) / 2) * alongY) / between;
}

function signalsOf(frames: readonly FrameObservation[], step: number): readonly Signals[] {
  const signals: Signals[] = [];
  frames.forEach((frame, index) => {
    if (frame.step !== step || frame.landmarks === null) return;
    signals.push({ index, atMs: frame.clientMonoMs, mouth: mouthRatio(frame.landmarks), turn: turnOffset(frame.landmarks) });
  });
  return signals.sort((one, other) => one.atMs - other.atMs);
}

/** Median of the neutral phase; `null` when the face was not seen, or was not at rest, in it. */
function neutralLevel(rest: readonly Signals[]): NeutralLevel | null {
  if (rest.length < MIN_NEUTRAL_FRAMES) return null;
  const level = { mouth: median(rest.map(({ mouth }) => mouth)), turn: median(rest.map(({ turn }) => turn)) };
  return level.mouth <= MAX_NEUTRAL_MOUTH && Math.abs(level.turn) <= MAX_NEUTRAL_TURN ? level : null;
}

function readWindow(
  window: readonly Signals[],
  act: LivenessAct,
  previous: LivenessAct | null,
  level: NeutralLevel,
): { readonly measured: LivenessMeasurement['acts'][number]; readonly mildest: number | null } {
  const own = runs(window, act, level);
  const startMs = window[0]?.atMs ?? 0;
  const settledMs = startMs + ((window.at(-1)?.atMs ?? 0) - startMs) * CARRY_OVER_SHARE;
  const otherSeen = ACTS.find((other) => {
    if (other === act) return false;
    const counted = other === previous ? window.filter(({ atMs }) => atMs >= settledMs) : window;
    return runs(counted, other, level).longest.length >= minRun(window, other);
  });
  const seen = own.longest.length >= minRun(window, act);
  const mildest = own.longest.reduce<Signals | null>((best, at) => (best === null || rise(at, act, level) < rise(best, act, level) ? at : best), null);
  return {
    measured: {
      act,
      seen,
      otherSeen: otherSeen ?? null,
      peak: round(Math.max(0, ...window.map((at) => rise(at, act, level)))),
      frames: own.total,
    },
    mildest: seen && mildest !== null ? mildest.index : null,
  };
}

/** Frames that show the act: how many, and the longest run without a frame that shows the face and not the act. */
function runs(window: readonly Signals[], act: LivenessAct, level: NeutralLevel): { readonly total: number; readonly longest: readonly Signals[] } {
  let total = 0;
  let longest: readonly Signals[] = [];
  let current: Signals[] = [];
  for (const at of window) {
    if (!isActing(at, act, level)) {
      current = [];
      continue;
    }
    total += 1;
    current.push(at);
    if (current.length > longest.length) longest = [...current];
  }
  return { total, longest };
}

function isActing(at: Signals, act: LivenessAct, level: NeutralLevel): boolean {
  return act === 'OPEN_MOUTH' ? at.mouth > MOUTH_OPEN && rise(at, act, level) > MOUTH_RISE : rise(at, act, level) > TURN_RISE;
}

function rise(at: Signals, act: LivenessAct, level: NeutralLevel): number {
  if (act === 'OPEN_MOUTH') return at.mouth - level.mouth;
  if (act === 'TURN_LEFT') return at.turn - level.turn;
  // Of the other acts these landmarks show nothing.
  return act === 'TURN_RIGHT' ? level.turn - at.turn : 0;
}

/** Frames an act must last at the actual rate of this window; frames of one instant show nothing. */
function minRun(window: readonly Signals[], act: LivenessAct): number {
  const lastedMs = (window.at(-1)?.atMs ?? 0) - (window[0]?.atMs ?? 0);
  if (window.length < 2 || lastedMs <= 0) return Infinity;
  const framesPerMs = (window.length - 1) / lastedMs;
  return Math.min(MAX_RUN, Math.max(MIN_RUN, Math.round(HOLD_MS[act] * framesPerMs)));
}

/** At most `count` items, evenly from first to last. */
export function spread<T>(items: readonly T[], count: number): readonly T[] {
  if (items.length <= count) return items;
  return Array.from({ length: count }, (_, index) => items[Math.round((index * (items.length - 1)) / (count - 1))]!);
}

const notSeen = (act: LivenessAct): LivenessMeasurement['acts'][number] => ({ act, seen: false, otherSeen: null, peak: 0, frames: 0 });
const round = (value: number): number => Math.round(value * 1000) / 1000;

function distance(landmarks: readonly Point[], from: number, to: number): number {
  return Math.hypot(landmarks[from]!.x - landmarks[to]!.x, landmarks[from]!.y - landmarks[to]!.y);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
