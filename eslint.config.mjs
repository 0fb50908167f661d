/** The house rules (docs/decisions/0002): each message says what to do instead. */
import js from '@eslint/js';
import jest from 'eslint-plugin-jest';
import tseslint from 'typescript-eslint';

const clock = 'Take the time from a Clock (core/clock.ts).';
const random = 'Take randomness from node:crypto.';
const edge = 'process.* is the edge: only main.ts, writer.ts, demo/ and config/ touch it.';

const restricted = [
  { selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']", message: clock },
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: clock },
  { selector: "CallExpression[callee.object.name='performance']", message: clock },
  { selector: "CallExpression[callee.object.name='Math'][callee.property.name='random']", message: random },
];

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', '.cache/', 'coverage/', 'packages/', '**/*.mjs', '**/*.cjs'] },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { project: './tsconfig.check.json', tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'never' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-floating-promises': ['error', { ignoreVoid: false }],
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/prefer-readonly': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'no-console': 'error',
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 50, skipBlankLines: true, skipComments: true }],
      complexity: ['error', 10],
      'max-params': 'off',
      '@typescript-eslint/max-params': ['error', { max: 4 }],
      'max-depth': ['error', 3],
      'no-restricted-syntax': ['error', ...restricted],
      'no-restricted-properties': [
        'error',
        { object: 'jest', property: 'mock', message: 'Hand the dependency in instead.' },
      ],
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/main.ts', 'src/writer.ts', 'src/config/**', 'src/demo/**'],
    rules: { 'no-restricted-globals': ['error', { name: 'process', message: edge }] },
  },
  // The one place that makes ids of checked strings, and the one that asks the computer for the time.
  { files: ['src/core/ids.ts'], rules: { '@typescript-eslint/consistent-type-assertions': 'off' } },
  { files: ['src/core/clock.ts'], rules: { 'no-restricted-syntax': 'off' } },
  // The demo watches other processes from outside, on the computer's own clock.
  { files: ['src/demo/**'], ignores: ['src/demo/carrier/**'], rules: { 'no-restricted-syntax': 'off' } },
  {
    files: ['test/**/*.ts'],
    extends: [jest.configs['flat/recommended']],
    rules: {
      // A describe block is a list of sentences; its length says nothing.
      'max-lines-per-function': 'off',
      'max-lines': ['error', { max: 450, skipBlankLines: true, skipComments: true }],
      'no-restricted-syntax': 'off',
      'jest/expect-expect': ['error', { assertFunctionNames: ['expect', 'expect*', 'fc.assert'] }],
    },
  },
);
