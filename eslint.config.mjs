// What a machine can check about the house style. Each rule of our own says what to do instead.
import boundaries from 'eslint-plugin-boundaries';
import tseslint from 'typescript-eslint';
import { boundaryRules, boundarySettings } from './eslint.boundaries.mjs';

const PRODUCT = ['src/**/*.ts', 'migrations/**/*.ts'];
const TESTS = ['**/*.spec.ts', '**/*.e2e-spec.ts', 'test/**/*.ts'];

const restrictedSyntax = [
  {
    selector: 'MemberExpression[object.name="process"][property.name="env"]',
    message:
      'Configuration is read once: inject AppConfig from src/infrastructure/config (architecture, "Configuration").',
  },
  {
    selector: 'CallExpression[callee.name="forwardRef"]',
    message:
      'Two modules that need each other: one emits an event or registers a hook (architecture, direction 2).',
  },
  {
    selector: '[property.name="constructEventWithoutVerification"]',
    message: 'An unsigned webhook is anybody: verify the signature with constructEvent.',
  },
  {
    selector: 'MethodDefinition[kind="constructor"] > FunctionExpression[params.length>6]',
    message: 'More than six constructor dependencies: this class is two classes.',
  },
  {
    selector: 'ClassDeclaration[id.name=/(Manager|Helper|Utils?|Base)$|^Base[A-Z]/]',
    message: 'Name the class after what it does; Manager, Helper, Util and Base say nothing.',
  },
];

export default tseslint.config(
  {
    ignores: ['dist/', 'node_modules/', 'coverage/', '.data/', 'uploads/', 'test/architecture/fixtures/'],
  },
  {
    linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'error' },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-template-curly-in-string': 'error',
      'no-promise-executor-return': 'error',
      'no-unreachable-loop': 'error',
      'no-self-compare': 'error',
      'no-param-reassign': 'error',
      'no-console': 'error',
      'max-lines': ['error', { max: 300 }],
      'max-lines-per-function': ['error', { max: 50 }],
      // Nest's modules are classes that hold nothing but their decorator.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      // A method of an async interface may have nothing to wait for.
      '@typescript-eslint/require-await': 'off',
      // Nest's options and our DTOs are classes that stand for plain objects.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-misused-spread': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
  {
    files: PRODUCT,
    rules: { 'no-restricted-syntax': ['error', ...restrictedSyntax] },
  },
  {
    files: ['src/infrastructure/config/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', ...restrictedSyntax.slice(1)] },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/infrastructure/database/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: [
            {
              name: '@nestjs-cls/transactional',
              message:
                'Take Transactional and Propagation from src/infrastructure/database: it retries 40P01 and 40001.',
            },
            {
              name: '@nestjs/common',
              importNames: ['forwardRef'],
              message: 'Two modules that need each other: one emits an event or registers a hook.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['src/**/*.ts'],
    plugins: { boundaries },
    settings: boundarySettings,
    rules: boundaryRules,
  },
  {
    files: ['migrations/**/*.ts'],
    // One idea is one list of statements; cutting it up hides the schema.
    rules: { 'max-lines-per-function': 'off' },
  },
  {
    files: ['tools/**/*.ts', 'bench/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: TESTS,
    rules: {
      'max-lines': ['error', { max: 600 }],
      // describe() holds a whole suite; the file has its own limit.
      'max-lines-per-function': 'off',
      'no-console': 'off',
      'no-restricted-syntax': 'off',
      'no-restricted-imports': 'off',
      // The JSON of an HTTP answer is untyped; the expectations are its types.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      // expect(object.method) never calls it.
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    files: ['**/*.mjs', '**/*.cjs', '*.js'],
    extends: [tseslint.configs.recommended],
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-unreachable-loop': 'error',
      'no-self-compare': 'error',
      'no-promise-executor-return': 'off',
      'max-lines': ['error', { max: 300 }],
      'max-lines-per-function': ['error', { max: 60 }],
    },
  },
  {
    files: ['**/*.cjs'],
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
);
