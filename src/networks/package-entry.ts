/** Where an installed npm package begins: the file that its name stands for. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { parseJson } from '../core/json.ts';
import { err, ok, type Result } from '../core/result.ts';

const target = z.union([z.string(), z.object({ import: z.string().optional(), default: z.string().optional() })]);
const manifest = z.object({
  main: z.string().optional(),
  exports: z.union([z.object({ '.': target }), target]).optional(),
});

/** A package's name, or a file's beginning with `./`, `../` or `/`. */
export function isPath(name: string): boolean {
  return /^(?:\.{1,2}\/|\/)/u.test(name);
}

/**
 * Looked for below the working directory, then beside Gatehouse itself. The error is undefined where nothing of this name
 * is installed, else words.
 */
export function packageEntry(name: string, cwd: string): Result<string, string | undefined> {
  if (isPath(name)) {
    const file = resolve(cwd, name);
    return existsSync(file) ? ok(file) : err(undefined);
  }
  for (const from of [join(cwd, 'package.json'), import.meta.filename]) {
    const folders = createRequire(from).resolve.paths(name) ?? [];
    const folder = folders.map((each) => join(each, name)).find((each) => existsSync(join(each, 'package.json')));
    if (folder !== undefined) return entryOf(name, folder);
  }
  return err(undefined);
}

function entryOf(name: string, folder: string): Result<string, string> {
  const parsed = manifest.safeParse(parseJson(readFileSync(join(folder, 'package.json'), 'utf8')));
  if (!parsed.success) return err(`the package.json of ${name} does not say where it begins`);
  const { exports, main = 'index.js' } = parsed.data;
  const root = typeof exports === 'object' && '.' in exports ? exports['.'] : exports;
  const file = typeof root === 'object' ? (root.import ?? root.default) : root;
  const entry = join(folder, file ?? main);
  return existsSync(entry) ? ok(entry) : err(`${name} begins in ${file ?? main}, which is not there: build it`);
}
