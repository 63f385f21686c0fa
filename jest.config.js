import { filesWithoutCode } from './test/files-without-code.mjs';

// test/built and test/drills start dist/src/main.js: `make test` builds it first and sets TEST_BUILT.
const needsBuild = process.env.TEST_BUILT ? [] : ['<rootDir>/test/built/', '<rootDir>/test/drills/'];

const isMeasuring = process.argv.some((argument) => argument.startsWith('--coverage'));

/** @type {import('jest').Config} */
export default {
  rootDir: '.',
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['node', 'node-addons', 'module-sync'] },
  roots: ['<rootDir>/src', '<rootDir>/test', '<rootDir>/tools'],
  testRegex: '\\.(spec|e2e-spec)\\.ts$',
  testPathIgnorePatterns: ['/node_modules/', '/test/architecture/fixtures/', ...needsBuild],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.data/'],
  moduleFileExtensions: ['js', 'ts', 'mjs', 'cjs', 'json', 'node'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': ['$1.js', '$1.ts', '$1'] },
  transform: { '^.+\\.(ts|js|mjs)$': '<rootDir>/test/swc-transformer.cjs' },
  transformIgnorePatterns: [],
  extensionsToTreatAsEsm: [],
  globalSetup: '<rootDir>/test/global-setup.mjs',
  globalTeardown: '<rootDir>/test/global-teardown.mjs',
  reporters: [
    'default',
    '<rootDir>/test/support/route-cases-reporter.cjs',
    '<rootDir>/test/support/summary-reporter.cjs',
  ],
  coverageProvider: 'v8',
  coverageReporters: ['text-summary', 'lcovonly', 'json-summary'],
  collectCoverageFrom: [
    'src/**/*.ts',
    '!src/**/*.spec.ts',
    '!src/main.ts',
    '!src/**/dto/**',
    '!src/**/*.dto.ts',
    ...(isMeasuring ? filesWithoutCode() : []),
  ],
  coverageThreshold: {
    global: { lines: 80 },
    './src/core/auth/': { lines: 90 },
    './src/core/marketplace/': { lines: 90 },
  },
  maxWorkers: 2,
  testTimeout: 30000,
  // A worker that has loaded many suites spends its time collecting garbage and coverage of the ones before.
  workerIdleMemoryLimit: '900MB',
};
