/** Where secrets come from: a file that only its owner reads, a variable of the environment, or the config's own text. */
import { readFileSync, statSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { z } from 'zod';
import { err, ok, type Result } from '../core/result.ts';
import { say } from './problem.ts';
import { Secret } from './secret.ts';

type SecretSource = string | { readonly file: string } | { readonly env: string };

/** Reads one secret; an error is a `say`. What is `open` (a certificate) may be in a file that others read too. */
export type SecretReader = (source: SecretSource, open?: 'open') => Result<Secret, string>;

export interface Surroundings {
  /** Relative paths start here. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const MOST_BYTES = 64 * 1024;

export function secretReader(surroundings: Surroundings): SecretReader {
  return (source, open) => {
    if (typeof source === 'string') return present(source, 'the text is empty', 'write the secret, or {file: path}');
    if ('env' in source) return fromEnvironment(surroundings, source.env);
    return fromFile(surroundings, source.file, open === 'open');
  };
}

function present(value: string, empty: string, fix: string): Result<Secret, string> {
  return value === '' ? err(say(empty, fix)) : ok(new Secret(value));
}

function fromEnvironment(surroundings: Surroundings, name: string): Result<Secret, string> {
  const fix = `set ${name} for the process, or use {file: path}`;
  const value = surroundings.env[name];
  return value === undefined
    ? err(say(`the environment has no variable ${name}`, fix))
    : present(value, `the variable ${name} is empty`, fix);
}

function fromFile(surroundings: Surroundings, file: string, open: boolean): Result<Secret, string> {
  const path = resolve(surroundings.cwd, file);
  const readable = ownersFile(path, { shown: file, mostBytes: MOST_BYTES, open });
  if (!readable.ok) return readable;
  const text = readFileSync(path, 'utf8').replace(/\r?\n$/u, '');
  return present(text, `${file} is empty`, `write the secret into ${file}`);
}

/** Whether `path` is a file that its owner alone may read; an error is a `say` with the command that mends it. */
export function ownersFile(
  path: string,
  given: { readonly shown: string; readonly mostBytes: number; readonly open?: boolean },
): Result<true, string> {
  const { shown } = given;
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined)
    return err(say(`${shown} doesn't exist`, `write the secret into it and run: chmod 600 ${shown}`));
  if (!stat.isFile()) return err(say(`${shown} is not a file`, 'name a file that holds the secret'));
  if (given.open !== true && (stat.mode & 0o077) !== 0) {
    const mode = (stat.mode & 0o777).toString(8).padStart(4, '0');
    return err(say(`others on this machine may read ${shown} (mode ${mode})`, `run: chmod 600 ${shown}`));
  }
  if (stat.size > given.mostBytes) return err(say(`${shown} is too large for a secret`, 'name the right file'));
  return readable(path, shown);
}

function readable(path: string, shown: string): Result<true, string> {
  try {
    readFileSync(path);
    return ok(true);
  } catch {
    return err(say(`${shown} can't be read`, `run: chown $USER ${shown} (as the user that runs Gatehouse)`));
  }
}

/** How `path` is shown to a person who stands in `cwd`. */
export function shownPath(cwd: string, path: string): string {
  const short = relative(cwd, resolve(cwd, path));
  return short === '' || short.startsWith('..') ? resolve(cwd, path) : short;
}

/** A secret in the config; what comes out is read already. */
export function secretSchema(read: SecretReader) {
  const what = say('is not a secret as the config writes one', 'write a text, {file: path} or {env: NAME}');
  return z
    .union([z.string(), z.strictObject({ file: z.string().min(1) }), z.strictObject({ env: z.string().min(1) })], {
      error: what,
    })
    .transform((source, ctx) => {
      const secret = read(source);
      if (secret.ok) return secret.value;
      ctx.addIssue({ code: 'custom', message: secret.error });
      return z.NEVER;
    });
}
export type SecretSchema = ReturnType<typeof secretSchema>;
