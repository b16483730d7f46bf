import tseslint from 'typescript-eslint';

/** What a pure function cannot know: time, chance, the machine it runs on. */
const IMPURE_GLOBALS = [
  ...['Date', 'performance', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'requestAnimationFrame'],
  ...['console', 'process', 'globalThis', 'global', 'window', 'document', 'crypto', 'fetch', 'Buffer', 'require', 'structuredClone'],
].map((name) => ({ name, message: 'src/rules is pure: time, chance and the outside come in as data.' }));

const NAMED_EXPORTS = { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' };
const NO_ENUMS = { selector: 'TSEnumDeclaration', message: 'Use a union of string literals.' };
const PURE_SYNTAX = [
  { selector: 'ImportExpression', message: 'src/rules imports nothing at run time.' },
  { selector: 'AwaitExpression', message: 'src/rules is synchronous.' },
  { selector: 'FunctionDeclaration[async=true]', message: 'src/rules is synchronous.' },
];
const FOCUSED_TESTS = [
  {
    selector: 'MemberExpression[object.name=/^(describe|it|test)$/][property.name=/^(only|skip|todo)$/]',
    message: 'Every test runs, on every machine it can run on.',
  },
  { selector: 'CallExpression[callee.name=/^(fdescribe|fit|xdescribe|xit|xtest)$/]', message: 'Every test runs.' },
];

export default tseslint.config(
  { ignores: ['**/dist/', '**/node_modules/', 'coverage/', '.data/', '.cache/', 'src/demo/public/**/*.iife.js'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.base],
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/ban-ts-comment': 'error',
      '@typescript-eslint/no-require-imports': 'error',
      '@typescript-eslint/no-this-alias': 'error',
      'eqeqeq': ['error', 'always', { null: 'ignore' }],
      'no-var': 'error',
      'prefer-const': 'error',
      'no-debugger': 'error',
      'no-constant-binary-expression': 'error',
      'no-empty': ['error', { allowEmptyCatch: false }],
      'no-restricted-syntax': ['error', NAMED_EXPORTS, NO_ENUMS],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: false }],
    },
  },
  {
    files: ['src/**/*.ts', 'protocol/src/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: { 'no-console': 'error' },
  },
  {
    files: ['src/rules/**/*.ts'],
    ignores: ['**/*.spec.ts', 'src/rules/**/testing/**', 'src/rules/golden/**'],
    rules: {
      'no-restricted-syntax': ['error', NAMED_EXPORTS, NO_ENUMS, ...PURE_SYNTAX],
      'no-restricted-globals': ['error', ...IMPURE_GLOBALS],
      'no-restricted-properties': ['error', { object: 'Math', property: 'random', message: 'src/rules is pure: chance comes in as data.' }],
      'no-restricted-imports': ['error', { patterns: [{ regex: '^(?!\\./)|^\\./testing/', message: 'src/rules imports nothing from outside itself.' }] }],
    },
  },
  {
    files: ['src/rules/programme/**/*.ts'],
    ignores: ['**/*.spec.ts', 'src/rules/**/testing/**'],
    rules: {
      'no-restricted-imports': ['error', { patterns: [{ regex: '^(?!\\.{1,2}/[^/]+$)', message: 'src/rules/programme imports its own files and those of src/rules.' }] }],
    },
  },
  {
    files: ['proctor-client/src/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          paths: [
            { name: '@xuejian/protocol/schemas', message: 'Runtime schemas would add their library to the SDK.' },
            { name: 'zod', message: 'The SDK carries no schema library.' },
          ],
          patterns: [{ group: ['**/src/**', '@nestjs/*', 'node:*'], message: 'The SDK shares nothing with the server but the protocol.' }],
        },
      ],
    },
  },
  {
    files: ['**/*.spec.ts', 'test/**/*.ts'],
    rules: {
      'no-restricted-syntax': ['error', NAMED_EXPORTS, NO_ENUMS, ...FOCUSED_TESTS],
    },
  },
  {
    files: ['**/*.mjs', '**/*.js'],
    rules: { 'no-var': 'error', 'prefer-const': 'error', 'eqeqeq': ['error', 'always'], 'no-debugger': 'error' },
  },
);
