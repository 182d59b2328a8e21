/** Typed linting, as strict as typescript-eslint goes, with what numeric code and our style ask for on top. */
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { frameRules } from './eslint-frame-rules.js';

const MAX_FILE = 400;
const MAX_FUNCTION = 60;

export default defineConfig(
  { ignores: ['dist/', 'test-results/', 'test/fixtures/'] },
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    plugins: { frames: frameRules },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    languageOptions: {
      parserOptions: {
        project: ['tsconfig.json', 'tsconfig.worker.json', 'tsconfig.node.json', 'tsconfig.test.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      'frames/safe-operators': 'error',
      'max-lines': ['error', { max: MAX_FILE }],
      'max-lines-per-function': ['error', { max: MAX_FUNCTION, skipBlankLines: true, skipComments: true }],
      'no-restricted-exports': [
        'error',
        {
          restrictDefaultExports: {
            direct: true,
            named: true,
            defaultFrom: true,
            namedFrom: true,
            namespaceFrom: true,
          },
        },
      ],
      eqeqeq: 'error',
      'no-console': 'error',
      'object-shorthand': 'error',
      'prefer-const': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      // `type` is for data, `interface` for ports: the author's choice, which no rule can see.
      '@typescript-eslint/consistent-type-definitions': 'off',
      // Array reads in a loop over the array's own indices: `?? 0` there would hide a mistake, and a check costs time.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', destructuredArrayIgnorePattern: '^_' },
      ],
      // An empty string often means as little as none.
      '@typescript-eslint/prefer-nullish-coalescing': ['error', { ignorePrimitives: { string: true } }],
      // tsconfig's noPropertyAccessFromIndexSignature asks for the brackets that this rule would take away.
      '@typescript-eslint/dot-notation': ['error', { allowIndexSignaturePropertyAccess: true }],
    },
  },
  {
    // Users bundle these with tools of their own, which know `import.meta.url` alone.
    files: ['src/**', 'pipelines/**', 'workers/**'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: 'MemberExpression[object.type="MetaProperty"][property.name!="url"]',
          message: 'Only import.meta.url is known to every bundler.',
        },
      ],
    },
  },
  {
    files: ['test/**'],
    rules: {
      'max-lines-per-function': 'off',
      // A fake has a promise to keep, and nothing to wait for.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      // expect(spy.method) names a method, it doesn't call it.
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    files: ['scripts/**', 'test/bench/**', 'test/conformance/**', 'test/simulate/**', 'test/support/**'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['*.config.ts', 'eslint.config.js'],
    rules: { 'no-restricted-exports': 'off' },
  },
  {
    // CommonJS and configuration objects that come without types.
    files: ['*.cjs', '.*.cjs', 'eslint.config.js'],
    extends: [tseslint.configs.disableTypeChecked],
    rules: { 'frames/safe-operators': 'off' },
  },
);
