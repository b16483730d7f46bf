/**
 * Bursts to be judged, as plans: which frame of which clip is taken when, and what is done to it. Honest ones, and the
 * attacks that a challenge must withstand. A plan is plain data; `render` makes the bytes of its frames.
 */
import { CLIP_FPS, frameOf } from './liveness-clips.mjs';
import { drawn, exposed, jpeg, shifted, swung } from './liveness-pictures.mjs';
import { seeded } from './statistics.mjs';

export const CAPTURE = { fps: 10, windowMs: 2500, neutralMs: 2000 };
const ACTS = ['BLINK', 'OPEN_MOUTH', 'TURN_LEFT', 'TURN_RIGHT', 'NOD'];
/** An honest trainee reads the prompt before acting. */
const REACTION_S = 0.3;
/** Frames at 25 per second for which someone stays where a movement ends. */
const DWELL = 8;
/** A browser's timers are not exact. */
const JITTER_MS = 10;

const between = (random, low, high) => low + random() * (high - low);
const pick = (random, list) => list[Math.floor(random() * list.length)];

/** Three different acts in random order, as the server draws them. */
export function drawChallenge(random, from = ACTS, count = 3) {
  const left = [...from];
  return Array.from({ length: Math.min(count, left.length) }, () => left.splice(Math.floor(random() * left.length), 1)[0]);
}

/** When frames are taken: `[{ step, clientMonoMs, second }]`, `second` counted from the beginning of the step. */
function moments(random, steps, { drop = 0 } = {}) {
  const taken = [];
  let startMs = between(random, 1000, 60_000);
  for (let step = 0; step < steps; step += 1) {
    const lengthMs = step === 0 ? CAPTURE.neutralMs : CAPTURE.windowMs;
    const count = Math.round((CAPTURE.fps * lengthMs) / 1000);
    for (let index = 0; index < count; index += 1) {
      if (random() < drop) continue;
      const atMs = ((index + 0.5) * lengthMs) / count + between(random, -JITTER_MS, JITTER_MS);
      taken.push({ step, clientMonoMs: startMs + atMs, second: atMs / 1000, elapsed: (startMs + atMs) / 1000 });
    }
    // The frames go up and the next act comes down.
    startMs += lengthMs + between(random, 300, 1500);
  }
  return taken;
}

/** Light and compression of one camera, constant over the burst, and its grain. */
function camera(random) {
  return { gain: between(random, 0.8, 1.2), noise: between(random, 0.5, 2.5), quality: Math.round(between(random, 60, 80)) };
}

const playing = (clip, from, second, speed = 1) => {
  const frame = Math.floor(from + second * speed * CLIP_FPS);
  return ((frame % clip.frames) + clip.frames) % clip.frames;
};

/** The frame of `from … to` at `at`, there and back where the clip is shorter than the window, resting `dwell` frames at each end. */
function reflected(at, from, to, dwell = 0) {
  const length = to - from;
  const period = 2 * (length + dwell);
  const turn = (((at - from) % period) + period) % period;
  return Math.floor(from + (turn <= length + dwell ? Math.min(length, turn) : Math.max(0, period - dwell - turn)));
}

/** The person of `clip` looks straight ahead, then does `segments`, one in each window after the time to read the prompt. */
export function honest(random, clip, segments, { drop = 0, look = camera(random) } = {}) {
  const rest = pick(random, clip.rest);
  const length = (CAPTURE.windowMs / 1000) * CLIP_FPS;
  const starts = segments.map(({ from, to }) => {
    const latest = from - REACTION_S * CLIP_FPS;
    return between(random, Math.min(latest, to + 5 - length), latest);
  });
  const restStart = between(random, rest.from, rest.to);
  const frames = moments(random, segments.length + 1, { drop }).map(({ step, clientMonoMs, second }) => {
    const segment = segments[step - 1];
    const frame = segment === undefined ? reflected(restStart + second * CLIP_FPS, rest.from, rest.to) : reflected(starts[step - 1] + second * CLIP_FPS, segment.lo, segment.hi, DWELL);
    return { step, clientMonoMs, clip: clip.name, frame, look };
  });
  return { person: clip.name, acts: segments.map(({ act }) => act), frames };
}

/** A trembling hand: a slow random walk of shift, tilt and scale. */
function tremble(random, strength) {
  let at = { dx: 0, dy: 0, tilt: 0, scale: 1 };
  return () => {
    const step = (value, size, rest = 0) => rest + (value - rest) * 0.8 + between(random, -size, size) * strength;
    at = { dx: step(at.dx, 3), dy: step(at.dy, 3), tilt: step(at.tilt, 0.02), scale: step(at.scale, 0.015, 1) };
    return at;
  };
}

/** 0 … 1 … 0: there and back within the window, or there and held. */
function thereAndBack(random) {
  const start = between(random, 0.2, 0.8);
  const rise = between(random, 0.2, 0.7);
  const hold = between(random, 0.3, 0.9);
  const isHeld = random() < 0.3;
  return (second) => {
    const t = second - start;
    if (t <= 0) return 0;
    if (t < rise) return t / rise;
    return isHeld || t < rise + hold ? 1 : Math.max(0, 1 - (t - rise - hold) / rise);
  };
}

const still = (random, { clip, acts }) => {
  const look = camera(random);
  const frame = Math.floor(between(random, 0, clip.frames));
  return moments(random, acts.length + 1).map(({ step, clientMonoMs }) => ({ step, clientMonoMs, clip: clip.name, frame, look: { ...look, noise: 0 } }));
};

const jitteredStill = (random, { clip, acts }) => {
  const look = camera(random);
  const frame = Math.floor(between(random, 0, clip.frames));
  const shake = tremble(random, between(random, 0.3, 2.5));
  return moments(random, acts.length + 1).map(({ step, clientMonoMs }) => ({
    step, clientMonoMs, clip: clip.name, frame, shift: shake(),
    look: { ...look, gain: look.gain * between(random, 0.95, 1.05), noise: between(random, 0, 4), quality: Math.round(between(random, 50, 85)) },
  }));
};

/** The photo does with its plane what is asked of the head, as far as 60°. */
const turnedPhoto = (random, { clip, acts }) => {
  const look = camera(random);
  const rest = pick(random, clip.rest);
  const frame = Math.floor(between(random, rest.from, rest.to));
  const shake = tremble(random, 0.4);
  const windows = [null, ...acts].map((act) => {
    const angle = (between(random, 15, 60) * Math.PI) / 180;
    const sign = random() < 0.5 ? -1 : 1;
    // Which way round a photo must be held to seem turned to its left is for the attacker to find: both are tried.
    if (act === 'TURN_LEFT' || act === 'TURN_RIGHT') return { yaw: angle * sign, pitch: 0, course: thereAndBack(random) };
    if (act === 'NOD' || act === 'BLINK') return { yaw: 0, pitch: angle * sign, course: thereAndBack(random) };
    return act === null ? { yaw: 0, pitch: 0, course: () => 0 } : { yaw: angle * sign, pitch: angle * between(random, -0.5, 0.5), course: thereAndBack(random) };
  });
  const distance = between(random, 350, 900);
  return moments(random, acts.length + 1).map(({ step, clientMonoMs, second }) => {
    const { yaw, pitch, course } = windows[step];
    const share = course(second);
    return { step, clientMonoMs, clip: clip.name, frame, shift: shake(), swing: { yaw: yaw * share, pitch: pitch * share, distance }, look: { ...look, noise: between(random, 0.5, 2.5) } };
  });
};

const loop = (random, { clip, acts }) => {
  const look = camera(random);
  const from = between(random, 0, clip.frames);
  const speed = between(random, 0.6, 1.5);
  return moments(random, acts.length + 1).map(({ step, clientMonoMs, elapsed }) => ({ step, clientMonoMs, clip: clip.name, frame: playing(clip, from, elapsed, speed), look }));
};

/** Frames of the person among frames of someone who does what is asked, laid over each other or not. */
function mixed(random, { clip, actor, plan }) {
  const share = between(random, 0.15, 0.6);
  const way = pick(random, ['REST', 'ALTERNATE', 'WINDOW_EDGES', 'RANDOM']);
  const rest = pick(random, clip.rest);
  const isLaidOver = random() < 0.5;
  const shift = isLaidOver ? layOver(actor, clip) : undefined;
  return plan.frames.map((frame, index) => {
    const second = (frame.clientMonoMs - plan.frames.find(({ step }) => step === frame.step).clientMonoMs) / 1000;
    const isOwn =
      frame.step === 0 || way === 'REST' ? frame.step === 0
      : way === 'ALTERNATE' ? index % 2 === 0
      : way === 'WINDOW_EDGES' ? second < share || second > CAPTURE.windowMs / 1000 - share
      : random() < share;
    if (!isOwn) return { ...frame, shift };
    const own = Math.floor(rest.from + ((second * CLIP_FPS) % Math.max(1, rest.to - rest.from)));
    return { ...frame, clip: clip.name, frame: own, shift: undefined };
  });
}

/** Shift and scale that put the eyes of `actor` where those of `target` are. */
function layOver(actor, target) {
  const scale = target.eyes.distance / actor.eyes.distance;
  return { dx: target.eyes.x - 160 - (actor.eyes.x - 160) * scale, dy: target.eyes.y - 120 - (actor.eyes.y - 120) * scale, tilt: 0, scale };
}

/** The attacks: each gives `{ person, acts, frames }`, or null where the clips do not allow it; then it is drawn again. */
export const ATTACKS = {
  'still photo': (random, clips) => simple(random, clips, still),
  'jittered still': (random, clips) => simple(random, clips, jitteredStill),
  'photo turned in perspective': (random, clips) => {
    // Half of the challenges are those that suit a photo best.
    const acts = random() < 0.5 ? drawChallenge(random, ['TURN_LEFT', 'TURN_RIGHT', 'NOD']) : drawChallenge(random);
    return simple(random, clips, turnedPhoto, acts);
  },
  'recorded loop of the right person': (random, clips) => simple(random, clips, loop),
  'recorded loop of another person': (random, clips) => {
    const [target, other] = drawTwo(random, clips);
    if (random() < 0.5) {
      const plan = performed(random, other);
      if (plan !== null) return { ...plan, person: target.name };
    }
    const acts = drawChallenge(random);
    return { person: target.name, acts, frames: loop(random, { clip: other, acts }) };
  },
  'mixed frames of two people': (random, clips) => {
    const [target, other] = drawTwo(random, clips);
    const plan = performed(random, other);
    return plan === null ? null : { person: target.name, acts: plan.acts, frames: mixed(random, { clip: target, actor: other, plan }) };
  },
  'wrong act': (random, clips) => {
    const plan = performed(random, pick(random, clips));
    if (plan === null) return null;
    const wrong = Math.floor(random() * plan.acts.length);
    const acts = plan.acts.map((act, index) => (index === wrong ? pick(random, ACTS.filter((other) => other !== act)) : act));
    return { ...plan, acts };
  },
  'right act too late': (random, clips) => {
    const clip = pick(random, clips);
    const segment = clip.acts.length === 0 ? undefined : pick(random, clip.acts);
    const rest = segment === undefined ? null : restBefore(clip, segment);
    if (rest === null) return null;
    const { frames, ...plan } = honest(random, clip, [segment]);
    // Of the act the window shows the first tenths of a second, or nothing: the rest of it comes when the window is over.
    const onset = CAPTURE.windowMs / 1000 - between(random, -1, 0.15);
    const [{ clientMonoMs: windowMs }] = frames.filter(({ step }) => step === 1);
    const late = ({ clientMonoMs }) => {
      const second = (clientMonoMs - windowMs) / 1000 - onset;
      return second < 0 ? reflected(rest.to + second * CLIP_FPS, rest.from, rest.to) : Math.min(clip.frames - 1, Math.floor(segment.from + second * CLIP_FPS));
    };
    return { ...plan, frames: frames.map((frame) => (frame.step === 0 ? frame : { ...frame, frame: late(frame) })) };
  },
};

/** What the clip shows just before an act, without a blink in it; null where that is too little. */
function restBefore({ closed }, { from, lo }) {
  const opened = Math.max(lo, ...closed.filter(([, end]) => end < from).map(([, end]) => end + 2));
  return from - 1 - opened >= 3 ? { from: opened, to: from - 1 } : null;
}

function simple(random, clips, make, acts = drawChallenge(random)) {
  const clip = pick(random, clips);
  return { person: clip.name, acts, frames: make(random, { clip, acts }) };
}

/** An honest burst of some of the different acts that a clip performs, in random order; null where it performs none. */
function performed(random, clip) {
  const acts = [...new Set(clip.acts.map(({ act }) => act))];
  if (acts.length === 0) return null;
  const drawn = drawChallenge(random, acts, 1 + Math.floor(random() * 3));
  return honest(random, clip, drawn.map((act) => pick(random, clip.acts.filter((segment) => segment.act === act))));
}

function drawTwo(random, clips) {
  const target = pick(random, clips);
  return [target, pick(random, clips.filter((clip) => clip !== target))];
}

/** JPEGs of a plan's frames: `[{ step, clientMonoMs, image }]`. */
export async function render({ frames, seed }, clips) {
  const random = seeded(seed);
  const rendered = [];
  for (const { step, clientMonoMs, clip, frame, shift, swing, look } of frames) {
    let picture = frameOf(clips.get(clip), frame);
    if (swing !== undefined) picture = drawn(picture, swung(picture, { ...swing, dx: shift?.dx, dy: shift?.dy }));
    else if (shift !== undefined) picture = drawn(picture, shifted(picture, shift));
    rendered.push({ step, clientMonoMs, image: await jpeg(exposed(picture, look, random), look.quality) });
  }
  return rendered;
}
