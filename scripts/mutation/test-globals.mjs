/** The part of `@jest/globals` that the specs of the rules use; `expect` is jest's own. */
import { format } from 'node:util';

export { expect } from 'expect';

let file = null;
const scope = [];

/** Loads one spec file and returns its tests in order. */
export async function collect(name, load) {
  file = { name, tests: [], afterAll: [] };
  const collected = file;
  await load();
  file = null;
  return collected;
}

/** What a spec does when its last test is over. */
export async function leaveFile({ afterAll: hooks }) {
  for (const hook of hooks) await hook();
}

/** Rows as jest takes them: an array is spread over the arguments. */
const each = (register) => (table) => (name, body) => {
  for (const [index, row] of table.entries()) {
    const values = Array.isArray(row) ? row : [row];
    const placeholders = name.match(/%[a-z]/g)?.length ?? 0;
    register(`${format(name, ...values.slice(0, placeholders))} #${index}`, () => body(...values));
  }
};

export function describe(name, body) {
  scope.push(name);
  body();
  scope.pop();
}
describe.each = each(describe);

export function it(name, run) {
  const title = [file.name, ...scope, name].join(' › ');
  const isTaken = file.tests.some(({ id }) => id === title);
  file.tests.push({ id: isTaken ? `${title} #${file.tests.length}` : title, run });
}
it.each = each(it);

export const test = it;

export function afterAll(hook) {
  file.afterAll.push(hook);
}
