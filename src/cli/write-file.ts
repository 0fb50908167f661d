/** Files that are whole or not there: written beside, synced, then renamed into place. */
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Permissions: only the owner may read and write. */
export const SECRET_MODE = 0o600;
export const PUBLIC_MODE = 0o644;

/** Replaces what is there. On disk when it returns. @throws NodeJS.ErrnoException when it can't be written. */
export function writeWholeFile(path: string, content: string | Uint8Array, mode: number): void {
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true, mode: mode === SECRET_MODE ? 0o700 : 0o755 });
  const beside = `${path}.new`;
  rmSync(beside, { force: true });
  const handle = openSync(beside, 'wx', mode);
  try {
    writeFileSync(handle, content);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(beside, path);
  syncFolder(folder);
}

/** Writes it only where nothing is yet; true when it did. */
export function writeFirst(path: string, content: string | Uint8Array, mode: number): boolean {
  if (existsSync(path)) return false;
  writeWholeFile(path, content, mode);
  return true;
}

/** A new name is on disk only when its folder is. */
function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
