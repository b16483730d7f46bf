/**
 * Mutation test of the rules: `npm run test:mutation [-- --mutate src/rules/place.ts]`. The report is written to
 * `coverage/mutation/`. Property tests run on a few cases each: an example or a short search has to kill a mutant.
 */
process.env.XUEJIAN_FC_RUNS ??= '5';

export default {
  plugins: ['./scripts/mutation/rules-runner.mjs'],
  testRunner: 'rules',
  mutate: ['src/rules/**/*.ts', '!src/rules/**/*.spec.ts', '!src/rules/**/testing/**', '!src/rules/golden/**'],
  ignorePatterns: ['**', '!src/**', '!protocol/src/**', '!protocol/package.json', '!package.json', '!jest.config.mjs'],
  coverageAnalysis: 'perTest',
  concurrency: 2,
  disableTypeChecks: false,
  timeoutMS: 5_000,
  tempDirName: '.cache/stryker',
  reporters: ['clear-text', 'progress-append-only', 'json', 'html'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false, skipFull: false },
  jsonReporter: { fileName: 'coverage/mutation/mutation.json' },
  htmlReporter: { fileName: 'coverage/mutation/mutation.html' },
  thresholds: { high: 95, low: 90, break: 90 },
  allowEmpty: false,
};
