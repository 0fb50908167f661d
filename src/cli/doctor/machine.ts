/** What doctor asks of this machine: Node, the data folder, the disk. */
import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Config } from '../../config/config.ts';
import { shownPath } from '../../config/secret-reader.ts';
import { broken, fine, warning, type Finding } from './finding.ts';

/** The oldest Node that `dist/` runs on. */
const OLDEST_NODE = [22, 13] as const;
const GB = 1024 ** 3;
const FEW_BYTES = 2 * GB;
const TOO_FEW_BYTES = GB / 4;

export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_NODE;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return fine('node', `Node ${version}`);
  return broken('node', `Node ${version} is too old`, `install Node ${OLDEST_NODE.join('.')} or later`);
}

export function checkMasterKey(config: Config): Finding {
  if (config.masterKey.from === 'environment') return fine('master-key', 'master key (from the environment, 32 bytes)');
  return fine('master-key', `master key ${config.masterKey.shown} (0600, 32 bytes)`);
}

/** The data folder, or where it will be made: writable, with room. */
export function checkDataDir(config: Config, cwd: string): readonly Finding[] {
  const { dir } = config.data;
  const shown = shownPath(cwd, dir);
  const there = nearestFolder(dir);
  try {
    accessSync(there, constants.W_OK | constants.X_OK);
  } catch {
    const fix = `run: chown $USER ${shown} (as the user that runs Gatehouse)`;
    return [broken('data-dir', `data folder ${shown} can't be written`, fix)];
  }
  const made = existsSync(dir) ? '' : ' (made at the first start)';
  return [fine('data-dir', `data folder ${shown}${made}`), checkDisk(there, shown)];
}

function nearestFolder(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearestFolder(dirname(path));
}

function checkDisk(folder: string, shown: string): Finding {
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  const message = `${(free / GB).toFixed(1)} GB free for ${shown}`;
  if (free < TOO_FEW_BYTES)
    return broken('disk', message, 'make room: without it nothing can be recorded, so nothing moves');
  return free < FEW_BYTES
    ? warning('disk', message, 'make room soon: without it nothing can be recorded')
    : fine('disk', message);
}
