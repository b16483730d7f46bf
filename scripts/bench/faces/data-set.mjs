/**
 * A folder of faces, laid out as: `pairs.csv` (`a,b,same`: two paths and 1 or 0), `same-person/`, `multi-face/`,
 * `no-face/`, `spoof/`, `clips/`. People are found from the pairs: whoever is called the same is one person.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** Photos of strong expressions, which nobody is asked to make in a check: told apart by these names. */
const GRIMACES = /^(stock|grimace)/i;

/** `{ pairs: [{ a, b, isSame }], people: [{ id, photos, isLfw, isGrimace }] }`, or null where there are no pairs. */
export async function readPairs(dataDir) {
  const file = join(dataDir, 'pairs.csv');
  if (!existsSync(file)) return null;
  const [, ...lines] = (await readFile(file, 'utf8')).trim().split(/\r?\n/);
  const pairs = lines.map((line) => line.split(',')).map(([a, b, same]) => ({ a, b, isSame: same.trim() === '1' }));
  return { pairs, people: peopleOf(pairs) };
}

function peopleOf(pairs) {
  const ids = new Map();
  for (const { a, b } of pairs) for (const photo of [a, b]) if (!ids.has(photo)) ids.set(photo, photo);
  const idOf = (photo) => (ids.get(photo) === photo ? photo : idOf(ids.get(photo)));
  for (const { a, b, isSame } of pairs) if (isSame) ids.set(idOf(b), idOf(a));
  const people = new Map();
  for (const photo of ids.keys()) {
    const id = idOf(photo);
    const person = people.get(id) ?? { id, photos: [], isLfw: basename(id).startsWith('lfw-'), isGrimace: GRIMACES.test(basename(id)) };
    person.photos.push(photo);
    people.set(id, person);
  }
  return [...people.values()];
}
