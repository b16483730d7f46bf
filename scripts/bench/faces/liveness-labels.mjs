/**
 * What each clip performs, and when. `clips/act-labels.json` says it (`{ "<clip>": [{ "act", "from", "to" }], … }`, frames at
 * 25 per second) where it exists. Otherwise mouth, turns and nods are found by a dense reading of face-api's 68 landmarks:
 * the judge reads MediaPipe's mesh, another net trained on other pictures, so that the measure is not the judge's own
 * echo. Blinks, which the 68 points cannot see, come from `clips/blink-labels.json`, labelled by eye.
 */
import { CLIP_FPS, frameOf, readClip, readLabels } from './liveness-clips.mjs';

/**
 * A blink done on purpose: closed for four frames at 25 per second, so that ten a second take one of them that is not its
 * edge. Shorter ones are nature's, and may fall between two frames. Two of them within so many frames are the act.
 */
const BLINK_FRAMES = 4;
const BLINKS_WITHIN = Math.round(1.4 * CLIP_FPS);
/**
 * An act asked for is done plainly: well past what talk and a glance aside reach. `mouth` and `turn` hold over the frames
 * of the act, `mouthPeak` in one of them.
 */
const PLAIN = { mouth: 0.42, mouthPeak: 0.55, turn: 0.25, nod: 0.25, aside: 0.15, glance: 0.1 };
const HOLD = Math.round(0.4 * CLIP_FPS);
/** Eyes nearer to each other than this, px, are brought to the second: nearer clips are left as they are. */
const DISTANT_EYES = [36, 46];
/** At rest: near the clip's own median. */
const REST = { mouth: 0.15, turn: 0.08, nod: 0.15 };
const MIN_REST = Math.round(0.5 * CLIP_FPS);

/** The clips with what is done in them: `{ …clip, acts: [{ act, from, to }], closed: [[from, to]], rest: [{ from, to }], eyes: { x, y, distance } }`. */
export async function labelClips(clips, dataDir, finder) {
  const written = await readLabels(dataDir, 'act-labels.json');
  const blinks = (await readLabels(dataDir, 'blink-labels.json')) ?? {};
  const labelled = [];
  for (const distant of clips) {
    const { clip, signals } = await comeNear(distant, finder);
    const found = [...segments(signals), ...blinkActs(blinks[clip.name] ?? [])].sort((one, other) => one.from - other.from);
    const acts = (written?.[clip.name] ?? found).map((act) => ({ ...act, ...aloneAround(act, signals, clip) }));
    labelled.push({ ...clip, acts, closed: blinks[clip.name] ?? [], rest: restOf(signals, clip), eyes: meanEyes(signals) });
  }
  return labelled;
}

async function comeNear(clip, finder) {
  const signals = await readSignals(clip, finder);
  const { distance, ...centre } = meanEyes(signals);
  if (distance >= DISTANT_EYES[0]) return { clip, signals };
  const near = await readClip(clip.file, { zoom: DISTANT_EYES[1] / distance, centre });
  return { clip: near, signals: await readSignals(near, finder) };
}

async function readSignals(clip, { engine, glance }) {
  const signals = [];
  let before = null;
  for (let index = 0; index < clip.frames; index += 1) {
    const image = frameOf(clip, index);
    const { main } = await glance(engine, image, before);
    before = main ?? before;
    signals.push(main === null ? null : signalsOf(await engine.landmarks(image, main)));
  }
  return signals;
}

function signalsOf(points) {
  const centre = (first) => {
    const six = points.slice(first, first + 6);
    return { x: six.reduce((sum, { x }) => sum + x, 0) / 6, y: six.reduce((sum, { y }) => sum + y, 0) / 6 };
  };
  const [left, right] = [centre(36), centre(42)];
  const eyes = Math.hypot(right.x - left.x, right.y - left.y);
  const [ax, ay] = [(right.x - left.x) / eyes, (right.y - left.y) / eyes];
  const [mx, my] = [(left.x + right.x) / 2, (left.y + right.y) / 2];
  const apart = (one, other) => Math.hypot(points[one].x - points[other].x, points[one].y - points[other].y);
  const nose = points[30];
  return {
    mouth: (apart(61, 67) + apart(62, 66) + apart(63, 65)) / 3 / apart(60, 64),
    turn: ((nose.x - mx) * ax + (nose.y - my) * ay) / eyes,
    nod: ((nose.y - my) * ax - (nose.x - mx) * ay) / eyes,
    x: mx, y: my, eyes,
  };
}

/** The part of the clip around an act, `lo … hi`, in which no other act is begun: what an honest trainee shows in the window. */
function aloneAround({ act, from, to }, signals, { frames }) {
  const level = levelOf(signals);
  const isOther = (at) =>
    at === null ||
    (act !== 'OPEN_MOUTH' && at.mouth > PLAIN.mouth) ||
    (act !== 'TURN_LEFT' && at.turn - level.turn > PLAIN.glance) ||
    (act !== 'TURN_RIGHT' && level.turn - at.turn > PLAIN.glance) ||
    (act !== 'NOD' && at.nod - level.nod > PLAIN.nod && Math.abs(at.turn - level.turn) < PLAIN.aside);
  let [lo, hi] = [from, to];
  while (lo > 0 && !isOther(signals[lo - 1])) lo -= 1;
  while (hi < frames - 1 && !isOther(signals[hi + 1])) hi += 1;
  return { lo, hi };
}

function segments(signals) {
  const level = levelOf(signals);
  const tests = {
    OPEN_MOUTH: (at) => at.mouth > PLAIN.mouth,
    // In a picture that is no mirror the nose goes right when the head turns to its own left.
    TURN_LEFT: (at) => at.turn - level.turn > PLAIN.turn,
    TURN_RIGHT: (at) => level.turn - at.turn > PLAIN.turn,
    NOD: (at) => at.nod - level.nod > PLAIN.nod && Math.abs(at.turn - level.turn) < PLAIN.aside,
  };
  const isPlain = ({ act, from, to }) => act !== 'OPEN_MOUTH' || Math.max(...signals.slice(from, to + 1).map(({ mouth }) => mouth)) > PLAIN.mouthPeak;
  return Object.entries(tests)
    .flatMap(([act, test]) => runs(signals.map((at) => at !== null && test(at)), HOLD).map((run) => ({ act, ...run })))
    .filter(isPlain);
}

/** Pairs of blinks near each other, each long enough to be seen. */
function blinkActs(closed) {
  const plain = closed.filter(([from, to]) => to - from + 1 >= BLINK_FRAMES);
  return plain.slice(1).flatMap(([from, to], index) => {
    const [before] = plain[index];
    return to - before <= BLINKS_WITHIN + 1 && from > before ? [{ act: 'BLINK', from: before, to }] : [];
  });
}

function restOf(signals, { frames }) {
  const level = levelOf(signals);
  const isRest = (at) => at !== null && Object.entries(REST).every(([name, band]) => Math.abs(at[name] - level[name]) <= band);
  const found = runs(signals.map(isRest), 2);
  const long = found.filter(({ from, to }) => to - from + 1 >= MIN_REST);
  const longest = found.reduce((best, run) => (run.to - run.from > best.to - best.from ? run : best), { from: 0, to: 0 });
  return long.length > 0 ? long : [longest.to > longest.from ? longest : { from: 0, to: frames - 1 }];
}

/** A clip may show little else than turns: a face straight ahead has its nose in the middle, whoever it is. */
const levelOf = (signals) => ({
  mouth: quantile(signals, 'mouth', 0.2),
  turn: Math.min(0.08, Math.max(-0.08, quantile(signals, 'turn'))),
  nod: quantile(signals, 'nod'),
});

const meanEyes = (signals) => ({ x: quantile(signals, 'x'), y: quantile(signals, 'y'), distance: quantile(signals, 'eyes') });

function runs(flags, least) {
  const found = [];
  let from = null;
  [...flags, false].forEach((flag, index) => {
    if (flag) from ??= index;
    else if (from !== null) {
      if (index - from >= least) found.push({ from, to: index - 1 });
      from = null;
    }
  });
  return found;
}

function quantile(signals, name, share = 0.5) {
  const sorted = signals.filter((at) => at !== null).map((at) => at[name]).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length * share)];
}
