/** Installs the corpora and the other programs into a folder of their own, once, and loads from there. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '..', '..', '.cache', 'accuracy');
const files = ['package.json', 'package-lock.json'];

/** Needs the npm registry the first time, and after the list of packages has changed. */
export async function install(say: (line: string) => void): Promise<void> {
  const wanted = createHash('sha256');
  for (const file of files) wanted.update(await readFile(join(import.meta.dirname, file)));
  const digest = wanted.digest('hex');
  const mark = join(folder, 'node_modules', '.installed');
  if (existsSync(mark) && (await readFile(mark, 'utf8')) === digest) return;
  say('installing the corpora (once, about 190 MB) ...');
  await mkdir(folder, { recursive: true });
  for (const file of files) await copyFile(join(import.meta.dirname, file), join(folder, file));
  // Nothing of these packages needs its install script.
  const npm = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: folder,
    stdio: 'inherit',
  });
  if (npm.status !== 0) throw new Error('npm could not install the corpora; is the registry within reach?');
  await writeFile(mark, digest);
}

/** What a package of that folder exports; decode it before use. */
export function load(name: string): unknown {
  const exported: unknown = createRequire(join(folder, 'package.json'))(name);
  return exported;
}

/** The version that is installed. */
export function versionOf(name: string): string {
  const found: unknown = createRequire(join(folder, 'package.json'))(
    join(folder, 'node_modules', name, 'package.json'),
  );
  return typeof found === 'object' && found !== null && 'version' in found ? String(found.version) : '?';
}

/** Calls what a package exports as a function. */
export function call(exported: unknown, ...given: readonly unknown[]): unknown {
  if (typeof exported !== 'function') throw new TypeError('the package exports something else than a function');
  const answer: unknown = Reflect.apply(exported, undefined, given);
  return answer;
}

/** The method of an object that a package made. */
export function method(of: object, name: string): (...given: readonly unknown[]) => unknown {
  const found: unknown = Reflect.get(of, name);
  if (typeof found !== 'function') throw new TypeError(`the package's object has no ${name}`);
  return (...given) => {
    const answer: unknown = Reflect.apply(found, of, given);
    return answer;
  };
}

/** A new object of a class that a package exports under `name`. */
export function make(exported: unknown, name: string): object {
  const found: unknown = typeof exported === 'object' && exported !== null ? Reflect.get(exported, name) : undefined;
  if (typeof found !== 'function') throw new TypeError(`the package exports no class ${name}`);
  const made: unknown = Reflect.construct(found, []);
  if (typeof made !== 'object' || made === null) throw new TypeError(`${name} makes no object`);
  return made;
}
