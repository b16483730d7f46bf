/** Who is it: error rates of the 1:1 match, ours beside plain face-api, on the same decoded pictures. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { descriptorDistance, meanDescriptor } from '../../../dist/faces/face-engine.js';
import { findFaces } from '../../../dist/faces/face-finder.js';
import { decodeImage } from '../../../dist/faces/image-decoder.js';
import { readPairs } from './data-set.mjs';
import { clipsMissing, frameOf, readClips } from './liveness-clips.mjs';
import { equalErrorRate, percent, ratesAt, seeded, shuffled, upperBound } from './statistics.mjs';

const CURVE = Array.from({ length: 25 }, (_, index) => Number((0.3 + index * 0.02).toFixed(2)));
const TEMPLATE_PHOTOS = 3;
const DRAWS_PER_PERSON = 60;
const FRAMES_PER_CLIP = 8;
const SEED = 20260325;
/** Farther than any distance between descriptors. */
const NOT_FOUND = 9;

/** Distances of all pairs and their rates. A face that was not found matches nobody: it counts as an error like any other. */
function ratesOf(pairs, descriptors, thresholds) {
  const genuine = [];
  const impostor = [];
  let withoutFace = 0;
  for (const { a, b, isSame } of pairs) {
    const [one, other] = [descriptors.get(a), descriptors.get(b)];
    const isFound = one !== null && other !== null;
    if (!isFound) withoutFace += 1;
    (isSame ? genuine : impostor).push(isFound ? descriptorDistance(one, other) : NOT_FOUND);
  }
  const curve = [...new Set([...CURVE, ...thresholds])].sort((a, b) => a - b).map((threshold) => ratesAt({ genuine, impostor }, threshold));
  return {
    genuine: genuine.length,
    impostor: impostor.length,
    withoutFace,
    ...equalErrorRate({ genuine, impostor }),
    largestGenuine: genuine.reduce((most, distance) => (distance < NOT_FOUND && distance > most ? distance : most), 0),
    smallestImpostor: impostor.reduce((least, distance) => Math.min(least, distance), NOT_FOUND),
    at: thresholds.map((threshold) => curve.find((point) => point.threshold === threshold)),
    curve,
  };
}

/**
 * As in a check: a template of up to three photos of a person, then other photos of them as tries, accepted when one
 * of the allowed tries is near enough; and one photo of everybody else against the same template.
 */
function attempts(people, descriptors, { tries, threshold }) {
  const random = seeded(SEED);
  const seen = people.map((person) => ({ ...person, faces: person.photos.map((photo) => descriptors.get(photo)).filter((face) => face !== null) }));
  const result = { genuine: 0, accepted: 0, firstTry: 0, templatePhotos: {}, impostor: 0, falseAccepts: 0 };
  for (const person of seen) {
    if (person.faces.length < 2) continue;
    const size = Math.min(TEMPLATE_PHOTOS, person.faces.length - 1);
    for (let draw = 0; draw < DRAWS_PER_PERSON; draw += 1) {
      const faces = shuffled(person.faces, random);
      const template = meanDescriptor(faces.slice(0, size));
      const isNear = (face) => descriptorDistance(face, template) <= threshold(size);
      const shown = faces.slice(size, size + tries);
      result.genuine += 1;
      result.templatePhotos[size] = (result.templatePhotos[size] ?? 0) + 1;
      if (isNear(shown[0])) result.firstTry += 1;
      if (shown.some(isNear)) result.accepted += 1;
      for (const stranger of seen) {
        if (stranger.id === person.id || stranger.faces.length === 0) continue;
        result.impostor += 1;
        if (isNear(stranger.faces[Math.floor(random() * stranger.faces.length)])) result.falseAccepts += 1;
      }
    }
  }
  return { ...result, acceptedShare: result.genuine === 0 ? null : result.accepted / result.genuine };
}

/** Frames of the people in the clips against each other, each clip a person: `[{ a, b, least, median }]`, nearest first. */
async function betweenClips(dataDir, engine, log) {
  const missing = clipsMissing(dataDir);
  if (missing !== null) {
    log(`  people of the clips left out: ${missing}`);
    return [];
  }
  const people = [];
  for (const clip of await readClips(dataDir)) {
    const faces = [];
    for (let index = 0; index < FRAMES_PER_CLIP; index += 1) {
      const face = await describe(engine, frameOf(clip, Math.floor((index * clip.frames) / FRAMES_PER_CLIP)));
      if (face !== null) faces.push(face);
    }
    people.push({ name: clip.name, faces });
  }
  const rows = [];
  people.forEach((one, index) => {
    for (const other of people.slice(index)) {
      const pairs = one.faces.flatMap((face, at) => (one === other ? one.faces.slice(at + 1) : other.faces).map((against) => descriptorDistance(face, against)));
      pairs.sort((a, b) => a - b);
      if (pairs.length > 0) rows.push({ a: one.name, b: other.name, isSame: one === other, least: pairs[0], median: pairs[pairs.length >> 1] });
    }
  });
  return rows.sort((a, b) => a.least - b.least);
}

/** `operating`: `{ single, template, mismatch, tries }`: thresholds for a reference of one photo and of several, from where on it is another person, tries allowed. */
export async function measureIdentity({ dataDir, engine, plain, operating, log }) {
  const set = await readPairs(dataDir);
  if (set === null) return null;
  const ours = new Map();
  const theirs = new Map();
  const photos = [...new Set(set.pairs.flatMap(({ a, b }) => [a, b]))];
  for (const photo of photos) {
    const decoded = await decodeImage(await readFile(join(dataDir, photo)));
    ours.set(photo, decoded.ok ? await describe(engine, decoded.image) : null);
    theirs.set(photo, decoded.ok ? await plain.describe(decoded.image) : null);
    if (ours.size % 20 === 0) log(`  ${ours.size} / ${photos.length} photos`);
  }
  const personOf = new Map(set.people.flatMap((person) => person.photos.map((photo) => [photo, person])));
  const both = (is) => set.pairs.filter(({ a, b }) => is(personOf.get(a)) && is(personOf.get(b)));
  const thresholds = [...new Set([operating.template, operating.single, 0.6])];
  const parts = { lfw: both((person) => person.isLfw), neutral: both((person) => !person.isGrimace), grimaces: both((person) => person.isGrimace), all: set.pairs };
  const byPart = {};
  for (const [name, pairs] of Object.entries(parts)) {
    if (pairs.length === 0) continue;
    byPart[name] = { ours: ratesOf(pairs, ours, thresholds), plain: ratesOf(pairs, theirs, thresholds) };
  }
  const threshold = (photos) => (photos > 1 ? operating.template : operating.single);
  const neutral = attempts(set.people.filter((person) => !person.isGrimace), ours, { tries: operating.tries, threshold });
  const grimaces = attempts(set.people.filter((person) => person.isGrimace), ours, { tries: operating.tries, threshold });
  const count = set.people.length;
  return {
    engine: engine.id,
    plainEngine: plain.id,
    people: count,
    photos: photos.length,
    operating,
    parts: byPart,
    attempts: { neutral, grimaces },
    clips: await betweenClips(dataDir, engine, log),
    // Pictures of one pair of people hang together: the honest bound counts pairs of people, the kind one pairs of pictures.
    fmrBound: { perPicturePair: upperBound(0, byPart.all.ours.impostor), perPeoplePair: upperBound(0, (count * (count - 1)) / 2) },
  };
}

async function describe(engine, image) {
  const { main } = await findFaces(engine, image);
  return main === null ? null : engine.descriptor(image, await engine.landmarks(image, main));
}

export function sayIdentity(result, say) {
  say(`identity: ${result.people} people, ${result.photos} photos`);
  for (const [name, { ours, plain }] of Object.entries(result.parts)) {
    say(`  ${name}: ${ours.genuine} genuine, ${ours.impostor} impostor pairs, ${ours.withoutFace} without a face (plain ${plain.withoutFace}); EER ours ${percent(ours.eer)} at ${ours.threshold?.toFixed(3)}, plain face-api ${percent(plain.eer)} at ${plain.threshold?.toFixed(3)}`);
    ours.at.forEach(({ threshold, fmr, fnmr }, index) => {
      const other = plain.at[index];
      say(`    at ${threshold.toFixed(2)}  FMR ${percent(fmr)}  FNMR ${percent(fnmr)}   (plain: ${percent(other.fmr)}, ${percent(other.fnmr)})`);
    });
  }
  const { neutral, grimaces } = result.attempts;
  say(`  within ${result.operating.tries} tries against a template: neutral ${percent(neutral.acceptedShare)} of ${neutral.genuine}, grimaces ${percent(grimaces.acceptedShare)} of ${grimaces.genuine}; strangers ${neutral.falseAccepts} of ${neutral.impostor}`);
  for (const { a, b, isSame, least, median } of result.clips) {
    if (isSame || least < result.operating.mismatch) say(`  clips ${isSame ? `of ${a} among themselves` : `${a} and ${b}, two people`}: ${least.toFixed(2)} at the least, ${median.toFixed(2)} in the median`);
  }
  say(`  no false accept bounds the rate at 95 %: ${percent(result.fmrBound.perPicturePair)} by pairs of pictures, ${percent(result.fmrBound.perPeoplePair)} by pairs of people`);
}
