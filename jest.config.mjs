import { join } from 'node:path';
import { tmpdirInMemory } from './test/support/memory-disk.mjs';

// Tests start hundreds of processes: what Node compiled once need not be compiled each time.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, '.cache/node');
tmpdirInMemory();

/** Projects of DESIGN 16. Sources run as ES modules; types are checked by `tsc`. */
const base = {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' }, module: { type: 'es6' } },
    ],
  },
  setupFilesAfterEnv: [],
};

function project(name, more = {}) {
  return { ...base, displayName: name, testMatch: [`<rootDir>/test/${name}/**/*.test.ts`], ...more };
}

export default {
  cacheDirectory: '.cache/jest',
  // Two busy cores: a time-out is for what hangs, never a measurement.
  testTimeout: 120_000,
  maxWorkers: 2,
  projects: [
    ...['unit', 'contract', 'property', 'integration'].map((name) => project(name)),
    ...['synapse', 'crash'].map((name) => project(name, { runner: '<rootDir>/test/support/longest-first.mjs' })),
  ],
};
