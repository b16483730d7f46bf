import type { LivenessAct, LivenessWindowFailure } from '../../rules/event.js';

/** One frame of a window, measured against the person's own rest. */
export interface Reading {
  /** Position in the frames analysed. */
  readonly index: number;
  readonly atMs: number;
  /** Degrees from the own rest: to the own left, and chin towards the chest. */
  readonly yaw: number;
  readonly pitch: number;
  /** Size over the size at rest. */
  readonly size: number;
  /** Inner-lip gap over mouth width, and its rise over rest. */
  readonly mouth: number;
  readonly mouthRise: number;
  /** Lid gap of the wider eye over the person's own open level. */
  readonly eyes: number;
  /** Foreshortening that no turn of a head explains (natural logarithm): positive narrowed, negative flattened. */
  readonly flatness: number;
  /** The picture of the face does not flow from the frame before: another face, or another recording. */
  readonly isCut: boolean;
}

export interface ActSeen {
  readonly seen: boolean;
  readonly failure: LivenessWindowFailure | null;
  /** Largest rise of the act's signal, in its own unit: degrees, or a ratio. */
  readonly peak: number;
  /** Frames that show the act. */
  readonly frames: number;
  /** Positions of the frame by which to tell who did the act (the mildest of a movement, the most closed of a blink), and of the one nearest to rest; `null`: none. */
  readonly doer: number | null;
  readonly rest: number | null;
}

interface Run {
  readonly from: number;
  readonly to: number;
}

/** How each act is measured: its signal, where it begins to count, how long it must last and whether it must end. */
interface Measure {
  readonly rise: (at: Reading) => number;
  readonly threshold: number;
  readonly holdMs: number;
  readonly returns: boolean;
}

/**
 * Thresholds measured on real clips and on photos turned to 60° (docs/faces.md): talk stays under a mouth of 0.5; the
 * heads of people who were not asked sway by up to 14°, asked turns of real heads read 30° and more; a photo at 45° reads at
 * most 7°, and beyond that its foreshortening gives it away.
 */
const MEASURES: Readonly<Record<Exclude<LivenessAct, 'BLINK'>, Measure>> = {
  OPEN_MOUTH: { rise: ({ mouth, mouthRise, flatness }) => (Math.abs(flatness) > 0.15 ? 0 : Math.min(mouthRise / 0.3, mouth / 0.5)), threshold: 0.3, holdMs: 300, returns: false },
  TURN_LEFT: { rise: ({ yaw, flatness }) => (flatness > 0.12 ? 0 : yaw / 15), threshold: 15, holdMs: 250, returns: false },
  TURN_RIGHT: { rise: ({ yaw, flatness }) => (flatness > 0.12 ? 0 : -yaw / 15), threshold: 15, holdMs: 250, returns: false },
  NOD: { rise: ({ pitch, flatness }) => (flatness < -0.12 ? 0 : pitch / 10), threshold: 10, holdMs: 150, returns: true },
  LEAN_IN: { rise: ({ size }) => (size - 1) / 0.15, threshold: 0.15, holdMs: 150, returns: true },
};

/** A run goes on while the signal stays over this share of the threshold. */
const STAY = 0.75;
/** At or under this share of the threshold the face is at rest. */
const REST = 0.5;
/** An act that changes by so much of its threshold while it is held is a movement. */
const ALIVE = 0.28;
/** An act that still grows by so much of its threshold in the last two steps of its window is not done in it. */
const GROWING = 0.15;
/** Lids: closed under this share of the own open level, open again over the other. */
const CLOSED = 0.7;
const OPENED = 0.8;
/** Closed eyes in a face that is no tilted picture, and does not look down. */
const MAX_BLINK_FLATNESS = 0.12;
const MAX_BLINK_PITCH = 12;
/** Natural blinks last 200 ms at most; asked is a second. */
const CLOSED_HOLD_MS = 350;
const MIN_CLOSED_GAPS = 2;
const ASKED_BLINKS = 2;
/** In windows of other acts closed eyes count only when no blink is that long. */
const CLOSED_OTHER_MS = 800;
/** Another act must be clearer than an asked one to be held against the trainee. */
const OTHER_CLEARER: Readonly<Record<Exclude<LivenessAct, 'BLINK'>, number>> = { OPEN_MOUTH: 1.25, TURN_LEFT: 1.1, TURN_RIGHT: 1.1, NOD: 1.5, LEAN_IN: 1.5 };
/** Which acts show in another by nature: who nods or turns seems to close the eyes, who leans in lowers the head. */
const NATURAL: Readonly<Record<LivenessAct, readonly LivenessAct[]>> = {
  BLINK: [],
  OPEN_MOUTH: ['NOD'],
  TURN_LEFT: ['BLINK', 'NOD'],
  TURN_RIGHT: ['BLINK', 'NOD'],
  NOD: ['BLINK', 'LEAN_IN'],
  LEAN_IN: ['BLINK', 'NOD'],
};
const ACTS: readonly LivenessAct[] = ['BLINK', 'OPEN_MOUTH', 'TURN_LEFT', 'TURN_RIGHT', 'NOD', 'LEAN_IN'];

/** Looks for `act` in its window. */
export function seeAct(window: readonly Reading[], act: LivenessAct): ActSeen {
  return act === 'BLINK' ? seeBlink(window) : seeRise(window, act);
}

/** An act that was not asked and is clearly done in the window, or null. `settled` leaves out the end of the act before. */
export function seeOther(window: readonly Reading[], act: LivenessAct, previous: LivenessAct | null, settled: readonly Reading[]): LivenessAct | null {
  const others = ACTS.filter((other) => other !== act && !NATURAL[act].includes(other));
  return others.find((other) => isDone(other === previous ? settled : window, other)) ?? null;
}

function isDone(window: readonly Reading[], act: LivenessAct): boolean {
  if (act === 'BLINK') return closures(window).some((run) => lastsMs(window, run) >= CLOSED_OTHER_MS);
  const measure = MEASURES[act];
  const rises = smoothed(window.map(measure.rise));
  return runs(rises, OTHER_CLEARER[act]).some((run) => isHeld(window, run, measure) && (!measure.returns || hasReturned(rises, run)));
}

function seeRise(window: readonly Reading[], act: Exclude<LivenessAct, 'BLINK'>): ActSeen {
  const measure = MEASURES[act];
  const raw = window.map(measure.rise);
  const rises = smoothed(raw);
  const all = runs(rises, 1);
  const held = all.filter((run) => isHeld(window, run, measure) && (measure.returns || !isUnfinished(raw, run)));
  const rest = nearestToRest(window, raw);
  const counted = { peak: Math.max(0, ...raw) * measure.threshold, frames: all.reduce((sum, { from, to }) => sum + to - from + 1, 0), rest };
  const unseen = (failure: LivenessWindowFailure): ActSeen => ({ ...counted, seen: false, failure, doer: null });
  if (held.length === 0) return unseen(all.length > 0 ? 'TOO_SHORT' : 'NOT_SEEN');
  const returned = held.filter((run) => !measure.returns || hasReturned(rises, run));
  if (returned.length === 0) return unseen('NO_RETURN');
  const fromRest = returned.filter((run) => raw.slice(0, run.from).some((rise) => rise <= REST) || raw.slice(run.to + 1).some((rise) => rise <= REST));
  if (fromRest.length === 0) return unseen('NO_REST');
  const flowing = fromRest.find((run) => isContinuous(window, raw, run));
  if (flowing === undefined) return unseen('CUT');
  const members = window.map((reading, position) => ({ reading, rise: raw[position]! })).slice(flowing.from, flowing.to + 1);
  const strong = members.filter(({ rise }) => rise >= 1);
  const mildest = (strong.length > 0 ? strong : members).reduce((best, at) => (at.rise < best.rise ? at : best));
  return { ...counted, seen: true, failure: null, doer: mildest.reading.index };
}

/** Eyes closed for longer than any natural blink, or two blinks. */
function seeBlink(window: readonly Reading[]): ActSeen {
  const all = closures(window);
  const open = window.filter(({ eyes }) => eyes >= OPENED);
  const closed = all.flatMap(({ from, to }) => window.slice(from, to + 1));
  const counted = {
    peak: Math.max(0, ...window.map(({ eyes }) => 1 - eyes)),
    frames: closed.length,
    rest: (open[0] ?? window[0])?.index ?? null,
  };
  const unseen = (failure: LivenessWindowFailure): ActSeen => ({ ...counted, seen: false, failure, doer: null });
  const isLong = all.some((run) => lastsMs(window, run) >= CLOSED_HOLD_MS && run.to - run.from >= MIN_CLOSED_GAPS);
  if (!isLong && all.length < ASKED_BLINKS) return unseen(all.length > 0 ? 'TOO_SHORT' : 'NOT_SEEN');
  if (open.length === 0) return unseen('NO_REST');
  if (all.some((run) => cutsIn(window, run) > 0)) return unseen('CUT');
  return { ...counted, seen: true, failure: null, doer: closed.length === 0 ? null : closed.reduce((best, at) => (at.eyes < best.eyes ? at : best)).index };
}

/** Runs of closed eyes between open ones. */
function closures(window: readonly Reading[]): readonly Run[] {
  const found: Run[] = [];
  let start: number | null = null;
  window.forEach(({ eyes, flatness, pitch }, position) => {
    const isUpright = Math.abs(flatness) <= MAX_BLINK_FLATNESS && Math.abs(pitch) <= MAX_BLINK_PITCH;
    if (start === null) {
      if (eyes < CLOSED && isUpright) start = position;
    } else if (eyes > OPENED || !isUpright) {
      found.push({ from: start, to: position - 1 });
      start = null;
    }
  });
  if (start !== null) found.push({ from: start, to: window.length - 1 });
  return found;
}

/** Runs that begin at `begin` and last while the rise stays over its share. */
function runs(rises: readonly number[], begin: number): readonly Run[] {
  const found: Run[] = [];
  let position = 0;
  while (position < rises.length) {
    if (rises[position]! < begin) {
      position += 1;
      continue;
    }
    let to = position;
    while (to + 1 < rises.length && rises[to + 1]! >= begin * STAY) to += 1;
    found.push({ from: position, to });
    position = to + 1;
  }
  return found;
}

/** From its first to its last frame, and as long as that one stands for. */
const lastsMs = (window: readonly Reading[], { from, to }: Run): number => window[to]!.atMs - window[from]!.atMs + medianGapMs(window);
const isHeld = (window: readonly Reading[], run: Run, { holdMs }: Measure): boolean => run.to > run.from && lastsMs(window, run) >= holdMs;
const isUnfinished = (raw: readonly number[], { to }: Run): boolean => to === raw.length - 1 && raw[to]! - raw[to - 2]! >= GROWING;
const hasReturned = (rises: readonly number[], run: Run): boolean =>
  rises.slice(0, run.from).some((rise) => rise <= REST) && rises.slice(run.to + 1).some((rise) => rise <= REST);

/**
 * A movement passes through its middle on the way there or back, or goes on while the act is held, and its picture
 * flows. Two stills laid end to end do neither: the signal leaps, and stands still again.
 */
function isContinuous(window: readonly Reading[], raw: readonly number[], run: Run): boolean {
  if (cutsIn(window, run) > 0) return false;
  const held = raw.slice(run.from, run.to + 1);
  const peak = Math.max(...held);
  if (peak - Math.min(...held) >= ALIVE) return true;
  const isBetween = (rise: number): boolean => rise > 0.25 * peak && rise < 0.8 * peak;
  const before = raw.slice(0, run.from).findLastIndex((rise) => rise <= REST);
  const after = raw.findIndex((rise, position) => position > run.to && rise <= REST);
  return raw.slice(Math.max(0, before), after < 0 ? raw.length : after + 1).some(isBetween);
}

/** Cuts from one frame before the run to one after it. */
const cutsIn = (window: readonly Reading[], { from, to }: Run): number => window.slice(from, to + 2).filter(({ isCut }) => isCut).length;

function nearestToRest(window: readonly Reading[], raw: readonly number[]): number | null {
  let best: number | null = null;
  raw.forEach((rise, position) => {
    if (best === null || Math.abs(rise) < Math.abs(raw[best]!)) best = position;
  });
  return best === null ? null : window[best]!.index;
}

/** Median of three: one misread frame neither makes an act nor breaks one. */
function smoothed(values: readonly number[]): readonly number[] {
  return values.map((value, position) => {
    const [before, after] = [values[position - 1], values[position + 1]];
    if (before === undefined || after === undefined) return value;
    return Math.max(Math.min(before, value), Math.min(Math.max(before, value), after));
  });
}

/** Time from frame to frame; the acts are timed by it, so that lost frames shorten no act. */
function medianGapMs(window: readonly Reading[]): number {
  const gaps = window.slice(1).map(({ atMs }, position) => atMs - window[position]!.atMs).sort((one, other) => one - other);
  return gaps[gaps.length >> 1] ?? 0;
}
