import { execFileSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

const ROOT = new URL('../../../', import.meta.url).pathname;
let dist: string;
beforeAll(() => {
  dist = mkdtempSync(join(tmpdir(), 'gatehouse-dist-'));
  // Types are checked by `npm run check`, with the same options.
  const tsc = [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.json', '--noCheck', '--outDir', dist];
  execFileSync('node', tsc, { cwd: ROOT });
}, 120_000);
afterAll(() => {
  rmSync(dist, { recursive: true });
});

test('every file that a built file imports is there, dynamic imports included', () => {
  const files = globSync('**/*.js', { cwd: dist });
  expect(files).toContain('main.js');
  const missing = files.flatMap((file) => {
    const code = readFileSync(join(dist, file), 'utf8');
    const imports = code.matchAll(/^import [^;]*?from '(\.[^']+)'|\bimport\('(\.[^']+)'\)/gmu);
    return [...imports]
      .map((found) => found[1] ?? found[2] ?? '')
      .filter((target) => !existsSync(join(dist, dirname(file), target)))
      .map((target) => `${file} imports ${target}`);
  });
  expect(missing).toEqual([]);
});
