import TestSequencer from '@jest/test-sequencer';

/**
 * Specs that take a minute or more, longest first. On a fresh clone jest knows no durations and goes by the size of files,
 * which leaves a lesson in a browser to run alone at the end.
 */
const LONG = [
  'test/e2e/unmet-checks.spec.ts',
  'test/e2e/lesson.spec.ts',
  'test/attacks/server-crash.spec.ts',
  'test/attacks/session-attacks.spec.ts',
  'src/faces/burst-judge.spec.ts',
  'src/rules/properties.spec.ts',
  'src/rules/properties-controls.spec.ts',
];

const rank = ({ path }) => {
  const at = LONG.findIndex((spec) => path.endsWith(`/${spec}`));
  return at < 0 ? LONG.length : at;
};

export default class LongestFirst extends TestSequencer {
  async sort(tests) {
    return [...(await super.sort(tests))].sort((one, other) => rank(one) - rank(other));
  }
}
