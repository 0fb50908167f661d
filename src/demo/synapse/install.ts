/**
 * Installs Synapse, a tool of the demo and the tests, into a virtual environment of its own. What is installed is named
 * with digests in requirements.txt, so that the same bytes run everywhere.
 */
import { spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { access, mkdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { holding } from './install-lock.ts';
import { findPython, type Python } from './python.ts';

const REQUIREMENTS = path.join(import.meta.dirname, 'requirements.txt');
const LAST_LINES = 15;

export interface Installation {
  /** The environment's Python, which has Synapse. */
  readonly python: string;
  readonly dir: string;
}

export interface InstallProgress {
  readonly step: 'waiting' | 'environment' | 'packages' | 'done';
  /** Packages taken up so far, and in all. */
  readonly done: number;
  readonly total: number;
}

export interface InstallOptions {
  /** Usually `.cache/synapse`. */
  readonly cacheDir: string;
  readonly onProgress?: (progress: InstallProgress) => void;
}

/**
 * Installs once; afterwards a look at the disk. Several processes may call it at once: one installs, the others wait.
 * The environment appears under its name only when it is complete, so a killed installation is never taken for one.
 * @throws Error in plain words when Python is missing or a package can't be had.
 */
export async function installSynapse(options: InstallOptions): Promise<Installation> {
  const cacheDir = path.resolve(options.cacheDir);
  const requirements = await readFile(REQUIREMENTS, 'utf8');
  const total = new Set(requirements.match(/^[a-z0-9-]+(?===)/gmu)).size;
  const tell = (step: InstallProgress['step'], done: number): void => options.onProgress?.({ step, done, total });
  const python = await findPython();
  const dir = path.join(cacheDir, `${digest(requirements)}-py${python.version}`);
  const installation = { dir, python: path.join(dir, 'bin', 'python') };
  if (!(await exists(installation.python))) {
    await mkdir(cacheDir, { recursive: true });
    tell('waiting', 0);
    await holding(path.join(cacheDir, 'install.lock'), async () => {
      if (!(await exists(installation.python))) await build(python, dir, tell);
    });
  }
  tell('done', total);
  return installation;
}

async function build(
  python: Python,
  dir: string,
  tell: (step: InstallProgress['step'], done: number) => void,
): Promise<void> {
  const fresh = `${dir}.${randomUUID()}`;
  try {
    tell('environment', 0);
    await runQuietly(python.command, ['-m', 'venv', fresh]);
    let done = 0;
    tell('packages', 0);
    const pip = ['-m', 'pip', 'install', '--require-hashes', '--no-input', '--disable-pip-version-check'];
    await runQuietly(
      path.join(fresh, 'bin', 'python'),
      [...pip, '--progress-bar', 'off', '-r', REQUIREMENTS],
      (line) => {
        if (line.startsWith('Collecting ')) tell('packages', (done += 1));
      },
    );
    await rename(fresh, dir);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    throw new Error(
      `Synapse could not be installed from PyPI. Check the network and the pip settings, then start again.`,
      { cause: error },
    );
  }
}

function runQuietly(command: string, args: readonly string[], onLine?: (line: string) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const last: string[] = [];
    const take = (line: string): void => {
      onLine?.(line);
      last.push(line);
      if (last.length > LAST_LINES) last.shift();
    };
    createInterface({ input: child.stdout }).on('line', take);
    createInterface({ input: child.stderr }).on('line', take);
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${command} ended with ${String(code)}:\n${last.join('\n')}`));
    });
  });
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

async function exists(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch {
    return false;
  }
}
