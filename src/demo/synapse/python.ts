/** Finds a Python that can make virtual environments. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { errorCode } from './error-code.ts';

const run = promisify(execFile);

const CANDIDATES = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python'];
const PROBE = 'import sys, venv, ensurepip; print(f"{sys.version_info[0]}.{sys.version_info[1]}")';

export interface Python {
  readonly command: string;
  /** `3.11` */
  readonly version: string;
}

/** @throws Error naming what to install when no Python of 3.10 or later with venv is on PATH. */
export async function findPython(): Promise<Python> {
  const seen: string[] = [];
  for (const command of CANDIDATES) {
    const found = await probe(command);
    if (found.ok && recentEnough(found.version)) return { command, version: found.version };
    if (found.why !== undefined) seen.push(`${command}: ${found.why}`);
  }
  throw new Error(
    `Synapse needs Python 3.10 or later with the venv module (Debian and Ubuntu: apt install python3 python3-venv).` +
      ` Tried ${seen.length === 0 ? `${CANDIDATES.join(', ')}: none is on PATH` : seen.join('; ')}.`,
  );
}

type Probed =
  { readonly ok: true; readonly version: string; readonly why: string } | { readonly ok: false; readonly why?: string };

async function probe(command: string): Promise<Probed> {
  try {
    const { stdout } = await run(command, ['-c', PROBE], { timeout: 20_000 });
    const version = stdout.trim();
    return { ok: true, version, why: `version ${version} is too old` };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return { ok: false };
    return { ok: false, why: 'it has no venv or ensurepip module' };
  }
}

function recentEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 3 || (major === 3 && minor >= 10);
}
