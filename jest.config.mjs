/** Levels are folders: `src` holds rules and unit specs, `test/integration` real servers, `test/e2e` browsers. */
const shared = {
  testEnvironment: '<rootDir>/test/support/node-environment.mjs',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^@xuejian/protocol$': '<rootDir>/protocol/src/index.ts',
    '^@xuejian/protocol/schemas$': '<rootDir>/protocol/src/schemas.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          keepClassNames: true,
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
        module: { type: 'es6' },
      },
    ],
  },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/proctor-client/dist/', '<rootDir>/protocol/dist/'],
};

const level = (displayName, testMatch, extra = {}) => ({ ...shared, rootDir: '.', displayName, testMatch, ...extra });

export default {
  testSequencer: '<rootDir>/test/support/longest-first.mjs',
  projects: [
    level('rules', ['<rootDir>/src/rules/**/*.spec.ts']),
    level('unit', ['<rootDir>/src/**/*.spec.ts', '<rootDir>/proctor-client/src/**/*.spec.ts', '<rootDir>/protocol/src/**/*.spec.ts', '<rootDir>/test/verifier/**/*.spec.ts'], {
      testPathIgnorePatterns: ['<rootDir>/src/rules/', '/node_modules/'],
    }),
    level('integration', ['<rootDir>/test/integration/**/*.spec.ts']),
    level('attacks', ['<rootDir>/test/attacks/**/*.spec.ts']),
    level('e2e', ['<rootDir>/test/e2e/**/*.spec.ts']),
  ],
};
